package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the access modes of a `VarHandle` order, for the race detector: each way to write a flag with each way to read it, and data beside it.
class RaceModesTest {
    private static final VarHandle FLAG;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(int[].class);

    static {
        try {
            FLAG = MethodHandles.lookup().findVarHandle(Shared.class, "flag", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final class Shared {
        int data;
        int flag;
        final int[] cells = new int[2];
    }

    /// Says that the data is there: the flag becomes 1.
    enum Write {
        SET(false),
        SET_OPAQUE(false),
        SET_RELEASE(true),
        SET_VOLATILE(true),
        COMPARE_AND_SET(true),
        WEAK_PLAIN(false),
        WEAK(true),
        WEAK_ACQUIRE(false),
        WEAK_RELEASE(true),
        EXCHANGE(true),
        EXCHANGE_ACQUIRE(false),
        EXCHANGE_RELEASE(true),
        GET_AND_SET(true),
        GET_AND_SET_ACQUIRE(false),
        GET_AND_SET_RELEASE(true),
        GET_AND_ADD(true),
        GET_AND_ADD_ACQUIRE(false),
        GET_AND_ADD_RELEASE(true),
        GET_AND_OR(true),
        GET_AND_OR_ACQUIRE(false),
        GET_AND_OR_RELEASE(true),
        CELL_SET(false),
        CELL_SET_RELEASE(true),
        CELL_COMPARE_AND_SET(true),
        CELL_ADD_ACQUIRE(false),
        CELL_ADD_RELEASE(true);

        private final boolean releases;

        Write(boolean releases) {
            this.releases = releases;
        }

        boolean isCell() {
            return name().startsWith("CELL");
        }

        void on(Shared s) {
            switch (this) {
                case SET -> FLAG.set(s, 1);
                case SET_OPAQUE -> FLAG.setOpaque(s, 1);
                case SET_RELEASE -> FLAG.setRelease(s, 1);
                case SET_VOLATILE -> FLAG.setVolatile(s, 1);
                case COMPARE_AND_SET -> FLAG.compareAndSet(s, 0, 1);
                case WEAK_PLAIN -> {
                    while (!FLAG.weakCompareAndSetPlain(s, 0, 1)) {
                        Thread.onSpinWait();
                    }
                }
                case WEAK -> {
                    while (!FLAG.weakCompareAndSet(s, 0, 1)) {
                        Thread.onSpinWait();
                    }
                }
                case WEAK_ACQUIRE -> {
                    while (!FLAG.weakCompareAndSetAcquire(s, 0, 1)) {
                        Thread.onSpinWait();
                    }
                }
                case WEAK_RELEASE -> {
                    while (!FLAG.weakCompareAndSetRelease(s, 0, 1)) {
                        Thread.onSpinWait();
                    }
                }
                case EXCHANGE -> was0((int) FLAG.compareAndExchange(s, 0, 1));
                case EXCHANGE_ACQUIRE -> was0((int) FLAG.compareAndExchangeAcquire(s, 0, 1));
                case EXCHANGE_RELEASE -> was0((int) FLAG.compareAndExchangeRelease(s, 0, 1));
                case GET_AND_SET -> was0((int) FLAG.getAndSet(s, 1));
                case GET_AND_SET_ACQUIRE -> was0((int) FLAG.getAndSetAcquire(s, 1));
                case GET_AND_SET_RELEASE -> was0((int) FLAG.getAndSetRelease(s, 1));
                case GET_AND_ADD -> was0((int) FLAG.getAndAdd(s, 1));
                case GET_AND_ADD_ACQUIRE -> was0((int) FLAG.getAndAddAcquire(s, 1));
                case GET_AND_ADD_RELEASE -> was0((int) FLAG.getAndAddRelease(s, 1));
                case GET_AND_OR -> was0((int) FLAG.getAndBitwiseOr(s, 1));
                case GET_AND_OR_ACQUIRE -> was0((int) FLAG.getAndBitwiseOrAcquire(s, 1));
                case GET_AND_OR_RELEASE -> was0((int) FLAG.getAndBitwiseOrRelease(s, 1));
                case CELL_SET -> CELL.set(s.cells, 1, 1);
                case CELL_SET_RELEASE -> CELL.setRelease(s.cells, 1, 1);
                case CELL_COMPARE_AND_SET -> CELL.compareAndSet(s.cells, 1, 0, 1);
                case CELL_ADD_ACQUIRE -> was0((int) CELL.getAndAddAcquire(s.cells, 1, 1));
                case CELL_ADD_RELEASE -> was0((int) CELL.getAndAddRelease(s.cells, 1, 1));
            }
        }

        private static void was0(int was) {
            Programs.check(was == 0, "was " + was);
        }
    }

    /// Looks whether the data is there.
    enum Read {
        GET(false),
        GET_OPAQUE(false),
        GET_ACQUIRE(true),
        GET_VOLATILE(true),
        COMPARE_AND_SET(true),
        WEAK_PLAIN(false),
        WEAK_ACQUIRE(true),
        WEAK_RELEASE(false),
        EXCHANGE(true),
        EXCHANGE_ACQUIRE(true),
        EXCHANGE_RELEASE(false),
        GET_AND_SET_ACQUIRE(true),
        GET_AND_SET_RELEASE(false),
        GET_AND_ADD_ACQUIRE(true),
        GET_AND_ADD_RELEASE(false);

        private final boolean acquires;

        Read(boolean acquires) {
            this.acquires = acquires;
        }

        boolean on(Shared s) {
            return switch (this) {
                case GET -> (int) FLAG.get(s) == 1;
                case GET_OPAQUE -> (int) FLAG.getOpaque(s) == 1;
                case GET_ACQUIRE -> (int) FLAG.getAcquire(s) == 1;
                case GET_VOLATILE -> (int) FLAG.getVolatile(s) == 1;
                case COMPARE_AND_SET -> FLAG.compareAndSet(s, 1, 2);
                case WEAK_PLAIN -> FLAG.weakCompareAndSetPlain(s, 1, 2);
                case WEAK_ACQUIRE -> FLAG.weakCompareAndSetAcquire(s, 1, 2);
                case WEAK_RELEASE -> FLAG.weakCompareAndSetRelease(s, 1, 2);
                case EXCHANGE -> (int) FLAG.compareAndExchange(s, 1, 2) == 1;
                case EXCHANGE_ACQUIRE -> (int) FLAG.compareAndExchangeAcquire(s, 1, 2) == 1;
                case EXCHANGE_RELEASE -> (int) FLAG.compareAndExchangeRelease(s, 1, 2) == 1;
                case GET_AND_SET_ACQUIRE -> (int) FLAG.getAndSetAcquire(s, 1) == 1;
                case GET_AND_SET_RELEASE -> (int) FLAG.getAndSetRelease(s, 1) == 1;
                case GET_AND_ADD_ACQUIRE -> (int) FLAG.getAndAddAcquire(s, 0) == 1;
                case GET_AND_ADD_RELEASE -> (int) FLAG.getAndAddRelease(s, 0) == 1;
            };
        }

        private boolean cell(Shared s) {
            return switch (this) {
                case GET -> (int) CELL.get(s.cells, 1) == 1;
                case GET_OPAQUE -> (int) CELL.getOpaque(s.cells, 1) == 1;
                case GET_ACQUIRE -> (int) CELL.getAcquire(s.cells, 1) == 1;
                default -> (int) CELL.getVolatile(s.cells, 1) == 1;
            };
        }
    }

    /// Once the other thread has written data and flag.
    private static void message(Write write, Read read) throws InterruptedException {
        var s = new Shared();
        var other = Programs.go("other", () -> {
            s.data = 1;
            write.on(s);
        });
        if (write.isCell() ? read.cell(s) : read.on(s)) {
            s.data++;
        }
        other.join();
        Programs.check(s.data > 0, "data is " + s.data);
    }

    private static void orders(Write write, Read read, boolean ordered) {
        String w = write.name();
        String r = read.name();
        Explore.Program program = () -> message(Write.valueOf(w), Read.valueOf(r));
        if (ordered) {
            assertTrue(Explore.all(program).complete());
        } else {
            String text = assertThrows(ScheduleError.class, () -> Explore.all(program)).getMessage();
            assertTrue(text.startsWith("race on "), text);
            // Where the flag itself is read or written plainly, it is a race too. A mode that only releases reads plainly.
            boolean plain = write == Write.SET || write == Write.CELL_SET || write == Write.WEAK_PLAIN
                    || read == Read.GET || read == Read.WEAK_PLAIN || read == Read.WEAK_RELEASE;
            String first = text.lines().findFirst().orElseThrow();
            assertTrue(first.contains("Shared.data:")
                    || (plain && (first.contains("Shared.flag:") || first.contains("race on array:"))), text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void write_readByAcquireOrVolatile_ordersIfItReleases(Write write) {
        orders(write, Read.GET_ACQUIRE, write.releases);
        orders(write, Read.GET_VOLATILE, write.releases);
        orders(write, Read.GET_OPAQUE, false);
    }

    @ParameterizedTest
    @EnumSource
    void read_ofARelease_ordersIfItAcquires(Read read) {
        orders(Write.SET_RELEASE, read, read.acquires);
        orders(Write.COMPARE_AND_SET, read, read.acquires);
        assertEquals(26, Write.values().length);
    }

    /// Right by its fences, and reported all the same: the guide says so.
    @Test
    void fences_alone_orderNothing() {
        String text = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var s = new Shared();
            var other = Programs.go("other", () -> {
                s.data = 1;
                VarHandle.releaseFence();
                FLAG.setOpaque(s, 1);
            });
            if ((int) FLAG.getOpaque(s) == 1) {
                VarHandle.acquireFence();
                s.data++;
            }
            other.join();
        })).getMessage();
        assertTrue(text.startsWith("race on ") && text.contains("Shared.data:"), text);
    }
}
