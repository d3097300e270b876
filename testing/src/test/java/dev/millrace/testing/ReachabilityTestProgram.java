package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import dev.millrace.internal.Tracked;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/// Plants leaks, and goroutines that only look like some. To be run by a JVM of its own: see [ReachabilityTest].
final class ReachabilityTestProgram {
    private static final Chan<String> STATIC = Chan.unbuffered();
    private static final LinkedBlockingQueue<String> QUEUE = new LinkedBlockingQueue<>();

    private ReachabilityTestProgram() {}

    public static void main(String[] args) throws Exception {
        var scope = Leaks.options().within(ofMillis(20)).open();
        plantLost();
        plantCleanOnes();
        var held = Chan.<String>unbuffered();
        go("held by a local", () -> held.next());
        plantReachable();
        waitUntilAllWait();
        LeakProof proof = scope.prove();
        System.out.println("possible " + proof.possible() + ": " + proof.whyNot());
        for (Leak.Lost lost : proof.lost().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList()) {
            System.out
                    .println("lost " + lost.name() + " | " + lost.waitsFor() + " | " + lost.startedAt().getMethodName()
                            + " | " + lost.stack().stream().anyMatch(f -> f.getFileName() != null
                                    && f.getFileName().equals("ReachabilityTestProgram.java")));
        }
        System.out.println("all of the process " + Leaks.prove().lost().size());
        System.out.println("goroutines " + Go.numGoroutine() + ", listed " + Go.goroutines().size());
        try {
            scope.close();
        } catch (LeakError e) {
            System.out.println("error " + kinds(e.leaks()));
        }
        held.close();
        STATIC.close();

        afterACollection();
        if (proof.possible()) {
            System.out.println("text " + proof.lost().getFirst());
        }
    }

    private static String kinds(List<Leak> leaks) {
        return leaks.stream()
                .map(l -> l.getClass().getSimpleName() + " " + l.name())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /// In a method of its own: no local variable of a caller leads here.
    private static void plantLost() throws Exception {
        var channel = Chan.<String>unbuffered();
        go("lost send", () -> channel.send("x"));

        var one = Chan.<String>unbuffered();
        var two = Chan.<String>unbuffered();
        go("island 1", () -> Select.<String>first().receive(one, v -> v).send(two, "x", () -> "sent").run());
        go("island 2", () -> Select.<String>first().receive(one, v -> v).send(two, "x", () -> "sent").run());

        var mutex = new Mutex();
        var locked = new WaitGroup();
        locked.go(mutex::lock); // and ends
        locked.await();
        go("lost mutex", () -> mutex.lock());

        var wg = new WaitGroup();
        wg.add(1);
        go("lost group", () -> wg.await());

        var ctx = Context.background().withCancel();
        go(ctx, "lost context", c -> c.awaitDone());
    }

    private static void plantCleanOnes() throws Exception {
        var wg = new WaitGroup();
        for (int i = 0; i < 1_000; i++) {
            wg.go(() -> {});
        }
        wg.await();
    }

    private static void plantReachable() {
        go("held by a static", () -> STATIC.next());
        go("sleeps", () -> Context.background().sleep(ofHours(1)));
        go(Context.background().withTimeout(ofHours(1)), "has a deadline", c -> c.awaitDone());
        go("sleeps by the JDK", () -> Thread.sleep(3_600_000));
        go("waits in a queue", QUEUE::take);
        var answer = Chan.<String>unbuffered();
        go("waits for one who sleeps", answer::receive);
        go("sleeps and then answers", () -> {
            Context.background().sleep(ofHours(1));
            answer.send("late");
        });
    }

    private static void waitUntilAllWait() {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!Go.goroutines().stream().map(GoroutineSnapshot::state).allMatch(
                s -> s == Thread.State.WAITING || s == Thread.State.TIMED_WAITING)) {
            if (System.nanoTime() - end > 0) {
                System.out.println("some do not wait: " + Go.goroutines());
                System.exit(3);
            }
            Thread.onSpinWait();
        }
    }

    /// A leak that a collection has taken before anybody looked is one all the same.
    private static void afterACollection() {
        var scope = Leaks.options().within(ofMillis(20)).open();
        int before = Tracked.lost().size();
        plantOne();
        waitUntilAllWait();
        for (int i = 0; i < 100 && Tracked.lost().size() == before; i++) {
            System.gc();
        }
        try {
            scope.close();
        } catch (LeakError e) {
            System.out.println("collected before " + kinds(e.leaks()) + " " + e.leaks().getFirst().stack().size());
        }
    }

    private static void plantOne() {
        var channel = Chan.<String>unbuffered();
        go("early", () -> channel.receive());
    }
}
