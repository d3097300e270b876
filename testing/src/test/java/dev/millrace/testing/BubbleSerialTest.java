package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.sync.Pool;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Serial mode: one runs at a time, and a seed says who is next.
class BubbleSerialTest {
    @Test
    void goroutines_runOneAtATime() {
        for (int seed = 0; seed < 200; seed++) {
            Bubble.options().serial(seed).run(b -> {
                var inside = new AtomicInteger();
                var wg = new WaitGroup();
                for (int i = 0; i < 10; i++) {
                    wg.go(() -> {
                        for (int k = 0; k < 10; k++) {
                            assertEquals(1, inside.incrementAndGet());
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                            Go.yield();
                            Context.background().sleep(ofMillis(1));
                        }
                    });
                }
                wg.await();
            });
        }
    }

    private static List<Integer> order(long seed) {
        var order = new ArrayList<Integer>();
        Bubble.options().serial(seed).run(b -> {
            for (int i = 0; i < 5; i++) {
                int me = i;
                go(() -> {
                    for (int k = 0; k < 3; k++) {
                        order.add(me);
                        Go.yield();
                    }
                });
            }
        });
        return order;
    }

    @Test
    void yield_isAPointOfChoice() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            orders.add(order(seed));
        }
        assertTrue(orders.size() > 90, () -> orders.size() + " orders of 100 seeds");
    }

    @Test
    void start_ofTwo_allowsBothOrders() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            var order = new ArrayList<Integer>();
            Bubble.options().serial(seed).run(b -> {
                go(() -> order.add(1));
                go(() -> order.add(2));
            });
            orders.add(order);
        }
        assertEquals(Set.of(List.of(1, 2), List.of(2, 1)), orders);
    }

    @Test
    @Hazard(53)
    void sameSeed_sameOrder_athousandTimes() {
        List<String> first = SerialProgram.trace(42);
        for (int i = 0; i < 1000; i++) {
            assertEquals(first, SerialProgram.trace(42));
        }
        assertNotEquals(first, SerialProgram.trace(43));
    }

    /// Elsewhere a collection between a put and a get decides which item comes, and two of them that none does.
    @Test
    @Hazard(53)
    void pool_collectionsBetween_keepsWhatItHas() {
        Bubble.options().serial(1).run(b -> {
            Pool<String> pool = Pool.of(() -> "new");
            pool.put("first");
            pool.put("second");
            for (int i = 0; i < 5; i++) {
                System.gc();
                Thread.sleep(20); // whoever hears of it has the time to
            }
            assertEquals(List.of("first", "second", "new"), List.of(pool.get(), pool.get(), pool.get()));
        });
    }

    @Test
    void random_ofTheBubble_isTheSeeds() {
        assertEquals(numbers(7), numbers(7));
        assertNotEquals(numbers(7), numbers(8));
    }

    private static List<Long> numbers(long seed) {
        var numbers = new ArrayList<Long>();
        Bubble.options().serial(seed).run(b -> b.random().longs(10).forEach(numbers::add));
        return numbers;
    }

    @Test
    void failure_namesTheSeed() {
        var failure = new IOException("mine");
        assertSame(failure, assertThrows(IOException.class, () -> Bubble.options().serial(4711).run(b -> {
            throw failure;
        })));
        assertTrue(failure.getSuppressed()[0].getMessage().contains("4711"));
        var error = assertThrows(BubbleError.class,
                () -> Bubble.options().serial(4711).run(b -> Chan.unbuffered().receive()));
        assertTrue(error.getMessage().startsWith("deadlock: all goroutines in bubble are blocked (serial, seed 4711)"),
                error::getMessage);
    }

    @Test
    void serialWithoutSeed_takesAnother() {
        assertNotEquals(Bubble.options().serial().toString(), Bubble.options().serial().toString());
    }

    @Test
    void interrupt_ofAWait_comesWhenTheTurnIsPassedOn() {
        Set<Boolean> seen = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            Bubble.options().serial(seed).run(b -> {
                var ch = Chan.<Integer>unbuffered();
                var thread = new AtomicReference<Thread>();
                var interrupted = new AtomicInteger();
                go(() -> {
                    thread.set(Thread.currentThread());
                    try {
                        ch.receive();
                    } catch (InterruptedWaitException e) {
                        assertTrue(Thread.interrupted());
                        interrupted.incrementAndGet();
                    }
                });
                b.await();
                thread.get().interrupt();
                assertEquals(0, interrupted.get()); // one at a time
                seen.add(ch.trySend(1));
                b.await();
            });
        }
        // The partner was always faster: nobody else runs between the two lines.
        assertEquals(Set.of(true), seen);
    }

    @Test
    void interrupt_ofASleep_endsIt() {
        for (int seed = 0; seed < 200; seed++) {
            Bubble.options().serial(seed).run(b -> {
                var thread = new AtomicReference<Thread>();
                var interrupted = new AtomicReference<java.time.Instant>();
                go(() -> {
                    thread.set(Thread.currentThread());
                    assertThrows(InterruptedWaitException.class, () -> Context.background().sleep(ofSeconds(10)));
                    interrupted.set(b.now());
                });
                b.await();
                thread.get().interrupt();
                b.await();
                assertEquals(b.now(), interrupted.get());
                assertFalse(Thread.currentThread().isInterrupted());
            });
        }
    }

    @Test
    void failingGoroutine_whileOthersAwaitTheirTurn_endsAll() {
        for (int seed = 0; seed < 50; seed++) {
            var failure = new IllegalStateException("mine");
            int s = seed;
            assertSame(failure, assertThrows(IllegalStateException.class, () -> Bubble.options().serial(s).run(b -> {
                for (int i = 0; i < 20; i++) {
                    go(() -> {
                        for (int k = 0; k < 5; k++) {
                            Go.yield();
                        }
                        Chan.unbuffered().receive();
                    });
                }
                Go.yield();
                go(() -> {
                    throw failure;
                });
            })));
        }
    }
}
