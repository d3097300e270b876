package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Slots;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TaskGroupStressTest {
    private static final Context ROOT = Context.background();

    /// All fail at once: one is first, the cause is that one, and none of the others is lost.
    @Test
    @Hazard(30)
    void failures_manyAtOnce_haveOneFirst() throws Exception {
        int tasks = 8;
        for (int round = 0; round < 2000; round++) {
            try (var group = TaskGroup.open(ROOT)) {
                for (int i = 0; i < tasks; i++) {
                    String text = "failure " + i;
                    group.go(_ -> {
                        throw new IOException(text);
                    });
                }
                var thrown = assertThrows(IOException.class, group::join);
                assertSame(thrown, group.context().cause());
                assertSame(thrown, group.failures().getFirst());
                assertEquals(tasks - 1, thrown.getSuppressed().length);
                assertEquals(tasks, group.failures().size());
            }
        }
    }

    /// Many threads start tasks at the limit, some are interrupted meanwhile: never too many, and all places come back.
    @Test
    @Item({"EG-07"})
    void limit_manyStartersAndInterrupts_isNeverExceededAndNoPlaceIsLost() throws Exception {
        int limit = 4;
        var active = new AtomicInteger();
        var most = new AtomicInteger();
        var ran = new AtomicInteger();
        var refused = new AtomicInteger();
        var wrong = new AtomicReference<Throwable>();
        try (var group = TaskGroup.open(ROOT).limit(limit)) {
            var starters = new ArrayList<Thread>();
            for (int s = 0; s < 8; s++) {
                starters.add(Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 1000; i++) {
                        try {
                            group.go(_ -> {
                                most.accumulateAndGet(active.incrementAndGet(), Math::max);
                                ran.incrementAndGet();
                                Thread.yield();
                                active.decrementAndGet();
                            });
                        } catch (InterruptedWaitException e) {
                            if (!Thread.interrupted()) {
                                wrong.set(new AssertionError("the flag was lost", e));
                            }
                            refused.incrementAndGet();
                        } catch (Throwable t) {
                            wrong.set(t);
                        }
                    }
                }));
            }
            while (starters.stream().anyMatch(Thread::isAlive)) {
                starters.get(ThreadLocalRandom.current().nextInt(starters.size())).interrupt();
                Thread.yield();
            }
            group.join();
            assertNull(wrong.get());
            assertEquals(8000, ran.get() + refused.get());
            assertTrue(most.get() <= limit, "ran at once: " + most);
            var gate = new java.util.concurrent.CountDownLatch(1);
            for (int i = 0; i < limit; i++) {
                assertTrue(group.tryGo(_ -> gate.await()), "place " + i + " was lost");
            }
            assertEquals(false, group.tryGo(_ -> {}));
            gate.countDown();
            group.join();
        }
    }

    /// A place is given back at the instant at which the one who waits for it is interrupted: he has it, or it is free.
    @Test
    void place_givenBackWhileTheWaiterIsInterrupted_isNotLost() throws Exception {
        var taken = new AtomicInteger();
        var interrupted = new AtomicInteger();
        for (int round = 0; round < 20_000; round++) {
            var slots = new Slots("a place", Scheduler.real());
            slots.limit(1);
            assertTrue(slots.acquire());
            Thread waiter = Thread.startVirtualThread(() -> {
                if (slots.acquire()) {
                    taken.incrementAndGet();
                    slots.release();
                } else {
                    interrupted.incrementAndGet();
                }
            });
            while (waiter.getState() != Thread.State.WAITING) {
                Thread.yield();
            }
            waiter.interrupt();
            for (int spins = ThreadLocalRandom.current().nextInt(1000); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            slots.release();
            Until.ended(waiter);
            assertEquals(0, slots.taken(), "round " + round);
            assertTrue(slots.tryAcquire());
        }
        assertTrue(taken.get() > 0 && interrupted.get() > 0, "the race must be one: " + taken + ", " + interrupted);
    }

    /// Others start tasks while the group closes: each start is refused, or its task has ended when close returns.
    @Test
    void close_whileOthersStart_nothingOutlivesIt() throws Exception {
        var wrong = new AtomicReference<Throwable>();
        var started = new AtomicInteger();
        var refused = new AtomicInteger();
        for (int round = 0; round < 1500; round++) {
            var group = TaskGroup.open(ROOT).limit(round % 3 == 0 ? 2 : -1);
            var running = new AtomicInteger();
            var begin = new CyclicBarrier(4);
            var closed = new java.util.concurrent.atomic.AtomicBoolean();
            var threads = new ArrayList<Thread>();
            for (int s = 0; s < 3; s++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        begin.await();
                        for (int i = 0; i < 5; i++) {
                            group.go(_ -> {
                                running.incrementAndGet();
                                started.incrementAndGet();
                                Thread.yield();
                                if (closed.get()) {
                                    wrong.set(new AssertionError("a task outlives the close"));
                                }
                                running.decrementAndGet();
                            });
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    } catch (Throwable t) {
                        wrong.set(t);
                    }
                }));
            }
            begin.await();
            if (round % 2 == 0) {
                Thread.yield();
            }
            group.close();
            int left = running.get();
            closed.set(true);
            assertEquals(0, left);
            for (Thread t : threads) {
                Until.ended(t);
            }
            assertEquals(0, running.get());
            assertNull(wrong.get());
        }
        assertTrue(started.get() > 0 && refused.get() > 0, "the race must be one: " + started + ", " + refused);
    }

    /// Joins by many threads while tasks start tasks: every join sees a state in which all had ended.
    @Test
    void join_whileTasksStartTasks_seesTheWholeTree() throws Exception {
        for (int round = 0; round < 300; round++) {
            try (var group = TaskGroup.open(ROOT)) {
                var leaves = new AtomicInteger();
                grow(group, 5, leaves);
                group.join();
                assertEquals(32, leaves.get());
            }
        }
    }

    private static void grow(TaskGroup group, int depth, AtomicInteger leaves) {
        if (depth == 0) {
            leaves.incrementAndGet();
            return;
        }
        group.go(_ -> grow(group, depth - 1, leaves));
        group.go(_ -> grow(group, depth - 1, leaves));
    }

    /// A limit is set while another thread starts tasks: either is refused or takes effect, and the places stay right.
    @Test
    void limit_setWhileOthersStart_keepsThePlacesRight() throws Exception {
        for (int round = 0; round < 3000; round++) {
            try (var group = TaskGroup.open(ROOT)) {
                var begin = new CyclicBarrier(2);
                Thread starter = Thread.startVirtualThread(() -> {
                    try {
                        begin.await();
                        group.go(_ -> {});
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                begin.await();
                boolean set = true;
                try {
                    group.limit(2);
                } catch (IllegalStateException e) {
                    set = false;
                }
                Until.ended(starter);
                group.join();
                if (set) {
                    var gate = new java.util.concurrent.CountDownLatch(1);
                    assertTrue(group.tryGo(_ -> gate.await()));
                    assertTrue(group.tryGo(_ -> gate.await()));
                    assertEquals(false, group.tryGo(_ -> {}), "round " + round);
                    gate.countDown();
                    group.join();
                }
            }
        }
    }
}
