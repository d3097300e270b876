package dev.millrace.testing;

import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Pool;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import dev.millrace.time.Retry;
import java.util.ArrayList;
import java.util.List;

/// A program in which much is left to chance, and its trace. Its `main` prints traces: those of two JVMs must be equal.
final class SerialProgram {
    private SerialProgram() {}

    static List<String> trace(long seed) {
        var trace = new ArrayList<String>();
        Bubble.options().serial(seed).run(b -> {
            var a = Chan.<Integer>unbuffered();
            var c = Chan.<Integer>buffered(2);
            var wide = Chan.<Integer>buffered(16);
            var mu = new Mutex();
            var wg = new WaitGroup();
            Pool<String> pool = Pool.of(() -> "new");
            for (int i = 0; i < 4; i++) {
                int me = i;
                wg.go(() -> {
                    pool.put("item " + me);
                    for (int k = 0; k < 4; k++) {
                        int value = 10 * me + k;
                        Select.first()
                                .send(a, value, () -> trace.add(me + " to a: " + value))
                                .send(c, value, () -> trace.add(me + " to c: " + value))
                                .timeout(ofMillis(1 + me), () -> trace.add(me + " gave up at " + b.now()))
                                .run();
                        mu.holding(() -> {
                            trace.add(me + " holds it");
                            Go.yield();
                        });
                    }
                    trace.add(me + " gets " + pool.get());
                });
                wg.go(() -> {
                    for (int k = 0; k < 6; k++) {
                        wide.send(me);
                        Select.<Object>first()
                                .receive(a, v -> trace.add(me + " from a: " + v))
                                .receive(c, v -> trace.add(me + " from c: " + v))
                                .receive(wide, v -> trace.add(me + " from wide: " + v))
                                .orElse(() -> trace.add(me + " found nothing"))
                                .run();
                        Context.background().sleep(ofMillis(1));
                    }
                });
                After.afterFunc(ofMillis(2), () -> trace.add("call " + me));
            }
            try (var group = TaskGroup.open(Context.background())) {
                for (int i = 0; i < 3; i++) {
                    int me = i;
                    group.go(ctx -> Retry.exponential(ofMillis(1), ofMillis(50)).attempts(3).jitter(0.5).run(ctx,
                            retry -> {
                                trace.add("task " + me + " tries at " + b.now());
                                if (b.random().nextBoolean()) {
                                    throw new IllegalStateException("again");
                                }
                            }));
                }
                group.join();
            } catch (IllegalStateException e) {
                trace.add("a task failed at " + b.now());
            }
            wg.await();
            trace.add("over at " + b.now());
        });
        return trace;
    }

    public static void main(String[] args) {
        int threads = Integer.parseInt(args[0]);
        for (int i = 0; i < threads; i++) {
            Thread.ofVirtual().unstarted(() -> {}); // other thread numbers than the other JVM's
        }
        for (long seed = 0; seed < 50; seed++) {
            for (String line : trace(seed)) {
                System.out.println(seed + " " + line);
            }
        }
    }
}
