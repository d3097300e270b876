package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The race detector: what orders two acts, and what does not.
class RacesTest {
    static final class Shared {
        static final VarHandle FLAG;

        static {
            try {
                FLAG = MethodHandles.lookup().findVarHandle(Shared.class, "flag", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        int data;
        int flag;
        volatile boolean ready;
        int[] array = new int[2];
        final List<Integer> list = new ArrayList<>();
    }

    private interface Act {
        void on(Shared s) throws Exception;
    }

    /// One thread does the first, the other the second.
    private static void both(Act first, Act second) throws Exception {
        var s = new Shared();
        var other = Programs.go("other", () -> {
            try {
                first.on(s);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        second.on(s);
        other.join();
    }

    static Stream<Arguments> races() {
        return Stream.of(
                of("plain", () -> both(s -> s.data = 1, s -> s.data = 2), "Shared.data"),
                of("plain flag", () -> both(s -> {
                    s.data = 1;
                    s.flag = 1;
                }, s -> {
                    if (s.flag == 1) {
                        s.data++;
                    }
                }), "Shared."),
                of("opaque flag", () -> both(s -> {
                    s.data = 1;
                    Shared.FLAG.setOpaque(s, 1);
                }, s -> {
                    if ((int) Shared.FLAG.getOpaque(s) == 1) {
                        s.data++;
                    }
                }), "Shared.data"),
                of("release read plainly", () -> both(s -> {
                    s.data = 1;
                    Shared.FLAG.setRelease(s, 1);
                }, s -> {
                    if ((int) Shared.FLAG.getOpaque(s) == 1) {
                        s.data++;
                    }
                }), "Shared.data"),
                of("half locked", () -> both(s -> {
                    synchronized (s) {
                        s.data++;
                    }
                }, s -> s.data++), "Shared.data"),
                of("two locks", () -> both(s -> {
                    synchronized (s) {
                        s.data++;
                    }
                }, s -> {
                    synchronized (s.list) {
                        s.data++;
                    }
                }), "Shared.data"),
                of("array", () -> both(s -> s.array[1] = 1, s -> s.array[1] = 2), "int[]"),
                of("list", () -> both(s -> s.list.add(1), s -> s.list.add(2)), "List"),
                of("unpark", RacesTest::unparkOrdersNothing, "Shared.data"));
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                of("volatile", () -> both(s -> {
                    s.data = 1;
                    s.ready = true;
                }, s -> {
                    if (s.ready) {
                        s.data++;
                    }
                }), ""),
                of("release and acquire", () -> both(s -> {
                    s.data = 1;
                    Shared.FLAG.setRelease(s, 1);
                }, s -> {
                    if ((int) Shared.FLAG.getAcquire(s) == 1) {
                        s.data++;
                    }
                }), ""),
                of("monitor", () -> both(s -> {
                    synchronized (s) {
                        s.data++;
                    }
                }, s -> {
                    synchronized (s) {
                        s.data++;
                    }
                }), ""),
                of("two elements", () -> both(s -> s.array[0] = 1, s -> s.array[1] = 2), ""),
                of("lock", RacesTest::lockOrders, ""),
                of("join", RacesTest::joinOrders, ""),
                of("latch", RacesTest::latchOrders, ""),
                of("atomic", RacesTest::atomicOrders, ""));
    }

    private static Arguments of(String name, Explore.Program program, String field) {
        return Arguments.of(name, program, field);
    }

    static void unparkOrdersNothing() throws Exception {
        var s = new Shared();
        var me = Thread.currentThread();
        var other = Programs.go("other", () -> {
            s.data = 1;
            LockSupport.unpark(me);
        });
        LockSupport.park();
        s.data++;
        other.join();
    }

    static void lockOrders() throws Exception {
        var lock = new ReentrantLock();
        Act add = s -> {
            lock.lock();
            s.data++;
            lock.unlock();
        };
        both(add, add);
    }

    static void joinOrders() throws Exception {
        var s = new Shared();
        s.data = 1;
        var other = Programs.go("other", () -> s.data++);
        other.join();
        assertEquals(2, s.data);
    }

    static void latchOrders() throws Exception {
        var latch = new CountDownLatch(1);
        both(s -> {
            s.data = 1;
            latch.countDown();
        }, s -> {
            latch.await();
            s.data++;
        });
    }

    static void atomicOrders() throws Exception {
        var state = new AtomicInteger();
        both(s -> {
            s.data = 1;
            state.incrementAndGet();
        }, s -> {
            if (state.get() == 1) {
                s.data++;
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("races")
    void race_betweenTwoThreads_isFoundWithBothPlaces(String name, Explore.Program program, String field) {
        var error = assertThrows(ScheduleError.class, () -> Explore.options().run(program));
        String first = error.getMessage().lines().findFirst().orElseThrow();
        assertTrue(first.startsWith("race on ") && first.contains(field), first);
        assertTrue(first.contains("[0] main") && first.contains("[1] other") && first.contains(".java:"), first);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orders")
    void acts_thatAreOrdered_areNoRace(String name, Explore.Program program, String field) {
        assertTrue(Explore.all(program).complete());
    }

    @Test
    void race_allowed_isReportedAndExplored() {
        var explored = Explore.options().allowRaces().run(() -> both(s -> s.data++, s -> s.data++));
        assertEquals(1, explored.races().size());
        assertTrue(explored.races().getFirst().endsWith("Shared.data"), explored.toString());
        var error = assertThrows(ScheduleError.class, () -> Explore.options().allowRaces().run(() -> {
            var seen = new AtomicInteger();
            both(s -> s.data++, s -> {
                s.data++;
                seen.set(s.data);
            });
            Programs.check(seen.get() == 2, "seen " + seen.get());
        }));
        assertTrue(error.getMessage().contains("seen 1"), error.getMessage());
    }
}
