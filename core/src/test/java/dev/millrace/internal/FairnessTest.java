package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goroutines that keep all carriers' own queues full, each with its own ways, keep nobody out who comes from outside. Without [Fairness] none of these ends: the
/// limit of a test is no figure.
class FairnessTest {
    private static final int PAIRS = 2 * Tuning.CPUS;

    private enum Work {
        CHANNELS {
            @Override
            void run(AtomicBoolean over, AtomicLong turns) {
                var ping = Chan.<Integer>unbuffered();
                var pong = Chan.<Integer>unbuffered();
                Go.go(() -> {
                    while (!over.get()) {
                        ping.send(1);
                        pong.receive();
                        turns.getAndIncrement();
                    }
                    ping.close();
                });
                Go.go(() -> {
                    for (int v : ping) {
                        pong.send(v);
                    }
                });
            }
        },
        BUFFERS {
            @Override
            void run(AtomicBoolean over, AtomicLong turns) {
                var chan = Chan.<Integer>buffered(4);
                Go.go(() -> {
                    while (!over.get()) {
                        chan.send(1);
                    }
                    chan.close();
                });
                Go.go(() -> {
                    for (int v : chan) {
                        turns.getAndAdd(v);
                    }
                });
            }
        },
        CONDITIONS {
            @Override
            void run(AtomicBoolean over, AtomicLong turns) {
                var mu = new Mutex();
                var cond = new Cond(mu);
                long[] turn = {0};
                for (int i = 0; i < 2; i++) {
                    int me = i;
                    Go.go(() -> {
                        mu.lock();
                        while (!over.get()) {
                            while (turn[0] % 2 != me && !over.get()) {
                                cond.await();
                            }
                            turn[0]++;
                            turns.getAndIncrement();
                            cond.broadcast();
                        }
                        mu.unlock();
                    });
                }
            }
        },
        YIELDS {
            @Override
            void run(AtomicBoolean over, AtomicLong turns) {
                for (int i = 0; i < 2; i++) {
                    Go.go(() -> {
                        while (!over.get()) {
                            Go.yield();
                            turns.getAndIncrement();
                        }
                    });
                }
            }
        };

        abstract void run(AtomicBoolean over, AtomicLong turns);
    }

    @ParameterizedTest
    @EnumSource
    @Hazard(42)
    void outsiders_whileCarriersNeverRunOutOfWork_getTheirTurn(Work work) throws Exception {
        var over = new AtomicBoolean();
        var counts = new ArrayList<AtomicLong>();
        try {
            for (int i = 0; i < PAIRS; i++) {
                var turns = new AtomicLong();
                counts.add(turns);
                work.run(over, turns);
            }
            for (int round = 0; round < 5; round++) {
                var deadline = new CountDownLatch(1);
                Go.go(() -> {
                    try (var ctx = Context.background().withTimeout(Duration.ofMillis(5))) {
                        Chan.never().receive(ctx);
                    } catch (ContextException e) {
                        deadline.countDown();
                    }
                });
                var sleeper = new CountDownLatch(1);
                Thread.startVirtualThread(() -> {
                    try {
                        Thread.sleep(1); // the JDK's own
                        sleeper.countDown();
                    } catch (InterruptedException e) {
                        // not counted
                    }
                });
                hasCome(deadline, "the deadline's goroutine", counts);
                hasCome(sleeper, "a sleeping thread", counts);
            }
        } finally {
            over.set(true);
        }
    }

    private static void hasCome(CountDownLatch latch, String what, List<AtomicLong> counts)
            throws InterruptedException {
        assertTrue(latch.await(20, TimeUnit.SECONDS), () -> what + " got no turn in 20 s, the others " + counts);
    }
}
