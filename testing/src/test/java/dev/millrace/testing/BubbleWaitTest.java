package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Coming to rest: what [Bubble#await] waits for, and which waits are durable.
class BubbleWaitTest {
    @Test
    @Item("ST-04")
    void await_withAChainOfHandOffs_returnsWhenAllHaveComeToRest() {
        for (int round = 0; round < 100; round++) {
            Bubble.run(b -> {
                var first = Chan.<Integer>unbuffered();
                var in = first;
                for (int i = 0; i < 100; i++) {
                    var from = in;
                    var to = Chan.<Integer>unbuffered();
                    go(() -> to.send(from.receive() + 1));
                    in = to;
                }
                first.send(0);
                b.await();
                assertEquals(new Received.Value<>(100), in.tryReceive());
            });
        }
    }

    /// Nothing but the wait makes these fields visible.
    private static final class Plain {
        int value;
        long[] array = new long[1];
    }

    @Test
    @Item("ST-05")
    void await_afterOthersHaveWrittenPlainFields_showsThem() {
        for (int round = 0; round < 1000; round++) {
            Bubble.run(b -> {
                var plain = new Plain();
                var never = Chan.<Integer>never();
                try (var ctx = Context.background().withCancel()) {
                    go(ctx, c -> {
                        plain.value = 1;
                        plain.array = new long[] {7};
                        Select.first().receive(never, v -> v).done(c, e -> "").run();
                    });
                    go(() -> plain.value++);
                    b.await();
                    assertEquals(7, plain.array[0]);
                    assertTrue(plain.value > 0);
                }
            });
        }
    }

    @Test
    void await_whenNobodyElseIsThere_returns() {
        Bubble.run(b -> {
            b.await();
            b.await();
        });
    }

    @Test
    @Item("ST-21")
    void await_outside_isRefused() {
        var leaked = new AtomicReference<Bubble>();
        Bubble.run(leaked::set);
        var e = assertThrows(IllegalStateException.class, () -> leaked.get().await());
        assertTrue(e.getMessage().contains("goroutine is not in a bubble"), e::getMessage);
        Bubble.run(b -> assertThrows(IllegalStateException.class, () -> leaked.get().await()));
        assertThrows(IllegalStateException.class, () -> leaked.get().sleep(Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> leaked.get().realTime(() -> {}));
    }

    @Test
    @Item("ST-21")
    void await_whileAnotherIsInIt_isRefused() {
        Bubble.run(b -> {
            var go = Chan.<Boolean>unbuffered();
            var caught = new AtomicReference<IllegalStateException>();
            go(() -> {
                go.receive();
                // Main is in await, or about to be: it cannot return while this one runs.
                while (caught.get() == null) {
                    try {
                        b.await(); // was faster than main
                    } catch (IllegalStateException e) {
                        caught.set(e);
                    }
                }
            });
            go.send(true);
            try {
                while (caught.get() == null) {
                    b.await();
                }
            } catch (IllegalStateException e) {
                caught.set(e);
            }
            assertTrue(caught.get().getMessage().contains("wait already in progress"));
        });
    }

    @Test
    @Item("ST-21")
    void run_withinABubble_isRefused() {
        Bubble.run(b -> {
            var ran = new AtomicInteger();
            var e = assertThrows(IllegalStateException.class, () -> Bubble.run(inner -> ran.incrementAndGet()));
            assertTrue(e.getMessage().contains("called from within a bubble"));
            assertEquals(0, ran.get());
            b.realTime(() -> assertThrows(IllegalStateException.class, () -> Bubble.run(inner -> {})));
        });
    }

    // Durable waits: the clock moves while somebody is in one.

    @Test
    @Item("ST-18")
    void waiting_onWaitGroupAndCond_letsTheClockMove() {
        Bubble.run(b -> {
            var wg = new WaitGroup();
            wg.add(1);
            go(wg::await);
            var mu = new Mutex();
            var cond = new Cond(mu);
            go(() -> mu.holding(cond::await));
            b.sleep(ofSeconds(1));
            wg.done();
            cond.broadcast();
        });
    }

    @Test
    @Item("ST-20")
    void waiting_forAMutexOfTheBubble_letsTheClockMove() {
        Bubble.run(b -> {
            var mu = new Mutex();
            var got = new AtomicInteger();
            mu.lock();
            go(() -> mu.holding(got::incrementAndGet));
            go(() -> {
                mu.lock(Context.background());
                got.incrementAndGet();
                mu.unlock();
            });
            b.sleep(ofSeconds(1)); // with the lock held: in Go this hangs
            assertEquals(0, got.get());
            mu.unlock();
            b.await();
            assertEquals(2, got.get());
        });
    }

    @Test
    @Item("ST-20")
    void waiting_forOtherLocksOfTheBubble_letsTheClockMove() {
        Bubble.run(b -> {
            var rw = new RWMutex();
            var semaphore = new WeightedSemaphore(1);
            var once = new Once();
            var value = OnceValue.of(() -> {
                Context.background().sleep(ofSeconds(2));
                return 5;
            });
            var got = new AtomicInteger();
            rw.lock();
            semaphore.acquire(1);
            go(() -> {
                rw.rLock();
                got.incrementAndGet();
                rw.rUnlock();
            });
            go(() -> {
                rw.lock();
                got.incrementAndGet();
                rw.unlock();
            });
            go(() -> {
                semaphore.acquire(1);
                got.incrementAndGet();
            });
            for (int i = 0; i < 2; i++) {
                go(() -> once.run(() -> Context.background().sleep(ofSeconds(2))));
                go(() -> assertEquals(5, value.get()));
            }
            b.sleep(ofSeconds(1));
            assertEquals(0, got.get());
            rw.unlock();
            semaphore.release(1);
            b.sleep(ofSeconds(2));
            assertEquals(3, got.get());
            assertTrue(once.isDone());
        });
    }

    @Test
    @Item("ST-23")
    void waiting_forNothing_letsTheClockMove() {
        var error = assertThrows(BubbleError.class, () -> Bubble.run(b -> {
            go("sends", () -> Chan.<Integer>never().send(1));
            go("receives", () -> Chan.<Integer>never().receive());
            go("selects", () -> Select.first().run());
            b.sleep(ofSeconds(1)); // the clock moves
        }));
        assertTrue(error.getMessage().startsWith("deadlock: main bubble goroutine has exited"), error::getMessage);
        assertEquals(3, error.goroutines().size());
    }
}
