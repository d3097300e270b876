package dev.millrace.conformance;

import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import dev.millrace.go.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// The goroutines of one program, so that all can be ended when it is over.
final class Crew {
    private static final Duration PARKS_WITHIN = Duration.ofSeconds(1);

    /// How long a goroutine that is told to end may take, in real time.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String program;
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    Crew(String program) {
        this.program = program;
    }

    /// Starts a goroutine that an interrupt may end.
    void start(String name, Task body) {
        Go.go(program + " " + name, () -> {
            threads.add(Thread.currentThread());
            try {
                body.run();
            } catch (InterruptedWaitException _) {
                // the program is over
            } catch (Throwable t) {
                failures.add(t);
            }
        });
    }

    /// What was thrown where nothing should be.
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /// Those that have not ended, each with what it waits for. All count as blocked by now; who is yet to park is given a moment, since only then it shows.
    List<String> waiting() {
        List<GoroutineSnapshot> all = snapshots();
        long start = System.nanoTime();
        while (all.stream().anyMatch(g -> g.waitsFor().isEmpty())
                && System.nanoTime() - start < PARKS_WITHIN.toNanos()) {
            LockSupport.parkNanos(50_000);
            all = snapshots();
        }
        return all.stream().map(Crew::line).sorted().toList();
    }

    private List<GoroutineSnapshot> snapshots() {
        return Go.goroutines().stream()
                .filter(g -> g.name().startsWith(program + " "))
                .toList();
    }

    private static String line(GoroutineSnapshot g) {
        String name = g.name().substring(g.name().indexOf(' ') + 1);
        return name + ": " + (g.waitsFor().isEmpty() ? g.state() : "waits for " + g.waitsFor());
    }

    /// Interrupts whoever has not ended, and waits for that. The clock stands meanwhile: this is no wait of the library's.
    void end() {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            try {
                if (!thread.join(PATIENCE)) {
                    throw new IllegalStateException("cannot be ended: " + waiting());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return; // the bubble says why
            }
        }
    }
}
