package dev.millrace.verify.reliability;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Feeds inputs to one eater, on a thread of its own: so that a hang is a failure too, and can say by which input.
final class Feeding implements Runnable {
    /// Of fewer inputs the heap is not measured.
    private static final long MEASURED = 1000;

    private final Eater.Meal eater;
    private final Mutator mutator;
    private final long inputs;
    private final Path folder;
    private volatile long eaten;
    private volatile String current = "";
    private volatile Throwable failure;
    private volatile long grown;
    private volatile long taken;

    private Feeding(Eater.Meal eater, List<String> right, long seed, long inputs, Path folder) {
        this.eater = eater;
        this.mutator = new Mutator(seed, right);
        this.inputs = inputs;
        this.folder = folder;
    }

    /// What came of it.
    ///
    /// @param taken how many inputs were right
    /// @param grown the heap, in bytes, between the first tenth and the end
    record Outcome(long eaten, long taken, long grown, long nanos) {}

    /// @param most how long one input may take, in nanoseconds
    /// @throws AssertionError when an input was not taken as it should, with the input
    static Outcome feed(Eater.Meal eater, List<String> right, long seed, long inputs, long most) throws Exception {
        Path folder = Files.createTempDirectory("fuzz");
        try {
            var feeding = new Feeding(eater, right, seed, inputs, folder);
            long start = System.nanoTime();
            Thread thread = Thread.ofPlatform().daemon().name("feeding").start(feeding);
            feeding.watch(thread, most);
            if (feeding.failure != null) {
                throw new AssertionError("input " + feeding.eaten + " of seed " + seed + ": " + shown(feeding.current),
                        feeding.failure);
            }
            return new Outcome(feeding.eaten, feeding.taken, feeding.grown, System.nanoTime() - start);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void watch(Thread thread, long most) throws Exception {
        long seen = -1;
        long since = System.nanoTime();
        while (thread.isAlive()) {
            if (eaten != seen) {
                seen = eaten;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > most) {
                var hang = new AssertionError(
                        "input " + seen + " takes longer than " + most / 1_000_000 + " ms: " + shown(current));
                hang.setStackTrace(thread.getStackTrace());
                throw hang;
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Override
    public void run() {
        try {
            long before = 0;
            long rights = 0;
            for (long i = 0; i < inputs; i++) {
                if (i == inputs / 10 && inputs >= MEASURED) {
                    before = Run.heap();
                }
                String input = mutator.next();
                current = input;
                eaten = i;
                rights += eater.eat(input, folder) ? 1 : 0;
            }
            current = "";
            grown = inputs >= MEASURED ? Run.heap() - before : 0;
            taken = rights;
            eaten = inputs;
        } catch (Throwable t) {
            failure = t;
        }
    }

    private static String shown(String input) {
        var text = new StringBuilder().append(input.length()).append(" characters: ");
        input.chars().limit(2000).forEach(c -> {
            if (c >= ' ' && c < 127 && c != '\\') {
                text.append((char) c);
            } else {
                text.append(String.format("\\u%04x", c));
            }
        });
        return text.toString();
    }
}
