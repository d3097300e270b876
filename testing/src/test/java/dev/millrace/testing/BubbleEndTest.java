package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import dev.millrace.time.Ticker;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// How a bubble ends, and what it says when that is not well.
class BubbleEndTest {
    @Test
    @Item("ST-07")
    void callbacks_runInsideTheBubble_andWhatTheyStartBelongsToIt() {
        var ran = new AtomicInteger();
        Bubble.run(b -> {
            var start = b.now();
            Runnable callback = () -> {
                go(() -> {
                    b.await(); // refused to others
                    ran.incrementAndGet();
                });
                Context.background().sleep(ofSeconds(1));
                assertEquals(start.plusSeconds(ran.get() < 2 ? 2 : 4), b.now());
                ran.incrementAndGet();
            };
            After.afterFunc(ofSeconds(1), callback);
            Context.background().sleep(ofSeconds(2));
            b.await();
            assertEquals(2, ran.get());
            Context.background().withTimeout(ofSeconds(1)).afterFunc(callback);
            Context.background().sleep(ofSeconds(2));
            b.await();
            assertEquals(4, ran.get());
        });
        assertEquals(4, ran.get());
    }

    @Test
    @Item("ST-11")
    void run_returnsOnlyAfterAllHaveEnded() {
        for (int round = 0; round < 200; round++) {
            var ended = new AtomicInteger();
            Bubble.run(b -> {
                for (int i = 0; i < 5; i++) {
                    go(() -> {
                        Go.yield();
                        go(() -> {
                            Thread.sleep(0, 1000);
                            ended.incrementAndGet();
                        });
                    });
                }
            });
            assertEquals(5, ended.get());
        }
    }

    @Test
    @Item("ST-12")
    @Hazard(50)
    void allBlocked_isADeadlockThatNamesEach() {
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var jobs = Chan.<Integer>named("jobs").unbuffered();
            go("worker", jobs::receive);
            new WaitGroup().add(0);
            Select.first().receive(Chan.<String>never(), v -> v).run();
        }));
        assertTrue(error.getMessage().startsWith("deadlock: all goroutines in bubble are blocked\n"),
                error::getMessage);
        assertEquals(2, error.goroutines().size());
        String main = error.goroutines().get(0);
        String worker = error.goroutines().get(1);
        assertTrue(main.matches("(?s)goroutine \\d+ \"main\" \\[select .*started at BubbleEndTest.java:\\d+.*"), main);
        assertTrue(main.contains("at " + BubbleEndTest.class.getName()), main);
        assertTrue(
                worker.matches(
                        "(?s)goroutine \\d+ \"worker\" \\[chan receive .*jobs.*], started at BubbleEndTest.java:\\d+.*"),
                worker);
    }

    @Test
    @Item("ST-13")
    @Hazard(50)
    void mainEnded_childBlocked_isALeak() {
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var jobs = Chan.<Integer>unbuffered();
            go("worker", () -> jobs.send(1));
        }));
        assertTrue(
                error.getMessage().startsWith(
                        "deadlock: main bubble goroutine has exited but blocked goroutines remain"),
                error::getMessage);
        assertEquals(1, error.goroutines().size());
        assertTrue(error.goroutines().getFirst().contains("chan send"), error::getMessage);
        assertTrue(error.goroutines().getFirst().contains(", started at BubbleEndTest.java:"), error::getMessage);
    }

    /// How long after the last one has blocked it is said, in milliseconds.
    ///
    /// @param late how much later than it comes to its wait somebody blocks: the canary's
    private static double millisUntilNamed(Duration late) {
        var blocked = new AtomicLong();
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var jobs = Chan.<Integer>unbuffered();
            for (int i = 0; i < 20; i++) {
                go("worker", jobs::receive);
            }
            b.await();
            blocked.set(System.nanoTime());
            for (long left = late.toNanos(); left > 0; left = blocked.get() + late.toNanos() - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            jobs.receive();
        }));
        assertEquals(21, error.goroutines().size(), error::getMessage);
        return (System.nanoTime() - blocked.get()) / 1e6;
    }

    /// The best of some: a machine with other work may let any one of them wait.
    private static double bestMillisUntilNamed(int times, Duration late) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < times && best >= 100; i++) {
            best = Math.min(best, millisUntilNamed(late));
        }
        return best;
    }

    @Test
    @Hazard(50)
    void allBlocked_isNamedWithinATenthOfASecond() {
        double best = bestMillisUntilNamed(40, Duration.ZERO);
        assertTrue(best < 100, best + " ms");
        double canary = bestMillisUntilNamed(3, ofMillis(150));
        assertTrue(canary >= 100, "somebody who comes late was not noticed: " + canary + " ms");
    }

    @Test
    @Item("ST-13")
    void mainEnded_tickerLoopRemains_isALeak() {
        var ticks = new AtomicInteger();
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var ticker = Ticker.every(ofSeconds(1));
            go("loop", () -> {
                for (var tick : ticker.ticks()) {
                    assertNotNull(tick);
                    ticks.incrementAndGet();
                }
            });
            b.sleep(ofSeconds(3));
        }));
        assertTrue(error.getMessage().contains("main bubble goroutine has exited"), error::getMessage);
        assertTrue(error.getMessage().contains("time stands"), error::getMessage);
        assertEquals(3, ticks.get());
    }

    @Test
    @Item("ST-22")
    void end_contextThenCleanupsThenTheOthers() {
        var order = new ArrayList<String>();
        Bubble.run(b -> {
            var never = Chan.<Integer>never();
            assertFalse(b.context().isDone());
            go(b.context(), c -> {
                c.awaitDone();
                order.add("context");
            });
            b.cleanup(() -> {
                assertTrue(b.context().isDone());
                Context.background().sleep(ofSeconds(1)); // in the bubble, and its time still moves
                order.add("second");
            });
            b.cleanup(() -> {
                b.await(); // those who were to stop have stopped
                order.add("first");
            });
            order.add("body");
        });
        assertEquals(List.of("body", "context", "first", "second"), order);
    }

    @Test
    @Item("ST-22")
    void cleanups_thatFail_allRunAndTheBubbleFails() {
        var ran = new AtomicInteger();
        var failure = new IOException("first");
        var second = new IllegalStateException("second");
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.run(b -> {
            b.cleanup(ran::incrementAndGet);
            b.cleanup(() -> {
                throw second;
            });
            b.cleanup(ran::incrementAndGet);
            throw failure;
        })));
        assertEquals(2, ran.get());
        assertEquals(List.of(second), List.of(failure.getSuppressed()));
    }

    @Test
    void failure_ofTheBody_isThrownAsItIs() {
        var failure = new IOException("mine");
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.run(b -> {
            go(() -> Chan.never().receive()); // not what matters now
            throw failure;
        })));
        assertEquals(0, failure.getSuppressed().length);
    }

    @Test
    void failure_ofAGoroutine_endsTheBubble() {
        var failure = new IOException("mine");
        var unwound = new AtomicInteger();
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.run(b -> {
            go(() -> {
                throw failure;
            });
            try {
                Chan.never().receive();
            } finally {
                unwound.incrementAndGet();
            }
        })));
        assertEquals(1, unwound.get());
    }

    @Test
    void exit_ofMain_isAnEndLikeAnother() {
        var ran = new AtomicInteger();
        Bubble.run(b -> {
            b.cleanup(ran::incrementAndGet);
            Go.exit();
        });
        assertEquals(1, ran.get());
    }

    // Leftovers are ended.

    @Test
    void leftovers_inWhateverWait_areEnded() throws Exception {
        var unwound = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        var held = new Mutex();
        assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            var mu = new Mutex();
            mu.lock();
            var wg = new WaitGroup();
            wg.add(1);
            List<Go_> waits = List.of(
                    mu::lock, // no interrupt ends this
                    () -> mu.lock(Context.background()),
                    wg::await,
                    () -> Chan.never().receive(),
                    () -> Select.first().run(),
                    () -> Context.background().awaitDone(),
                    () -> Context.background().sleep(ofSeconds(1)),
                    () -> Context.background().withCancel().awaitDone(),
                    () -> {
                        try {
                            Chan.never().receive();
                        } finally {
                            mu.lock(); // once more
                        }
                    });
            for (Go_ wait : waits) {
                go(() -> {
                    synchronized (threads) {
                        threads.add(Thread.currentThread());
                    }
                    try {
                        wait.run();
                    } finally {
                        unwound.incrementAndGet();
                    }
                });
            }
            b.await();
        }));
        assertEquals(9, unwound.get());
        for (Thread thread : threads) {
            assertTrue(thread.join(ofSeconds(10)));
        }
        assertFalse(held.isLocked());
    }

    private interface Go_ {
        void run() throws Exception;
    }

    @Test
    void leftovers_inForeignWaits_areInterrupted() {
        var latch = new CountDownLatch(1);
        var interrupted = new AtomicInteger();
        var failure = new IOException();
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.run(b -> {
            go(() -> {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                }
            });
            go(() -> {
                throw failure;
            });
        })));
        assertEquals(1, interrupted.get());
    }

    @Test
    void leftovers_thatDoNotEnd_areNamed() throws Exception {
        var latch = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var failure = new IOException();
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.run(b -> {
            go("stubborn", () -> {
                for (boolean over = false; !over;) {
                    try {
                        over = latch.await(1, TimeUnit.HOURS);
                    } catch (InterruptedException e) {
                        // goes on
                    }
                }
                ended.countDown();
            });
            go(() -> {
                throw failure;
            });
        })));
        assertEquals(1, failure.getSuppressed().length);
        assertTrue(failure.getSuppressed()[0].getMessage().contains("cannot be ended"));
        assertTrue(failure.getSuppressed()[0].getMessage().contains("stubborn"));
        latch.countDown();
        assertTrue(ended.await(20, TimeUnit.SECONDS));
    }

    @Test
    void start_afterTheEnd_isRefused() throws Exception {
        var more = new AtomicReference<Runnable>();
        Bubble.run(b -> {
            var call = After.afterFunc(ofSeconds(1), () -> {});
            more.set(() -> call.reset(ofMillis(0)));
        });
        // The timer would be set in a clock that stands: nothing comes of it, and nothing starts.
        try {
            more.get().run();
        } catch (IllegalStateException e) {
            assertNotNull(e.getMessage());
        }
    }

    @Test
    void interrupt_ofTheCaller_endsTheBubble() throws Exception {
        var thrown = new AtomicReference<Throwable>();
        var flag = new AtomicReference<Boolean>();
        var running = new CountDownLatch(1);
        var caller = Thread.ofPlatform().start(() -> {
            try {
                Bubble.run(b -> {
                    running.countDown();
                    for (;;) {
                        b.sleep(ofSeconds(1));
                    }
                });
            } catch (Throwable t) {
                thrown.set(t);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        assertTrue(running.await(20, TimeUnit.SECONDS));
        caller.interrupt();
        assertTrue(caller.join(ofSeconds(20)));
        assertTrue(thrown.get() instanceof InterruptedWaitException, String.valueOf(thrown.get()));
        assertTrue(flag.get());
    }
}
