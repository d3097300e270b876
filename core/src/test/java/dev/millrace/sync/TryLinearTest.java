package dev.millrace.sync;

import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Slots;
import dev.millrace.linear.Exam;
import dev.millrace.linear.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The forms of locks and semaphores that do not wait happen at one instant each. Those that check first and act afterwards are found.
class TryLinearTest {
    private static final Duration BUDGET = Duration.ofMillis(600);
    private static final int SIZE = 3;

    private enum LockOp {
        TRY_LOCK,
        UNLOCK,
        TRY_READ,
        END_READ
    }

    /// A state is how many read; -1: a writer has it.
    private record LockSpec() implements Spec<Integer, LockOp> {
        @Override
        public Integer start() {
            return 0;
        }

        @Override
        public List<Integer> after(Integer state, LockOp op, Object answer) {
            return switch (op) {
                case TRY_LOCK -> Spec.one(state == 0, answer, state == 0 ? -1 : state);
                case UNLOCK -> Spec.one(state < 0, answer, state < 0 ? 0 : state);
                case TRY_READ -> Spec.one(state >= 0, answer, state >= 0 ? state + 1 : state);
                case END_READ -> Spec.one(state > 0, answer, state > 0 ? state - 1 : state);
            };
        }
    }

    private interface Locking {
        boolean apply(LockOp op);
    }

    private static boolean done(Runnable unlock) {
        try {
            unlock.run();
            return true;
        } catch (SyncError e) {
            return false;
        }
    }

    private static Locking mutex() {
        var mu = new Mutex();
        return op -> op == LockOp.TRY_LOCK ? mu.tryLock() : done(mu::unlock);
    }

    private static Locking rwmutex() {
        var rw = new RWMutex();
        return op -> switch (op) {
            case TRY_LOCK -> rw.tryLock();
            case UNLOCK -> done(rw::unlock);
            case TRY_READ -> rw.tryRLock();
            case END_READ -> done(rw::rUnlock);
        };
    }

    /// Each step is safe for itself.
    private static Locking checkThenAct() {
        var state = new AtomicInteger();
        return op -> {
            int now = state.get();
            switch (op) {
                case TRY_LOCK -> {
                    if (now == 0) {
                        state.set(-1);
                    }
                    return now == 0;
                }
                case UNLOCK -> {
                    if (now < 0) {
                        state.set(0);
                    }
                    return now < 0;
                }
                case TRY_READ -> {
                    if (now >= 0) {
                        state.set(now + 1);
                    }
                    return now >= 0;
                }
                default -> {
                    if (now > 0) {
                        state.set(now - 1);
                    }
                    return now > 0;
                }
            }
        };
    }

    private static LockOp anyOf(Random random, int kinds) {
        return LockOp.values()[random.nextInt(kinds)];
    }

    @Test
    void mutex_tryForms_areLinearizable() {
        new Exam<>(TryLinearTest::mutex, Locking::apply, new LockSpec(), random -> anyOf(random, 2), 2, 6)
                .passes(BUDGET);
        new Exam<>(TryLinearTest::mutex, Locking::apply, new LockSpec(), random -> anyOf(random, 2), 3, 4)
                .passes(BUDGET);
    }

    @Test
    void rwmutex_tryForms_areLinearizable() {
        new Exam<>(TryLinearTest::rwmutex, Locking::apply, new LockSpec(), random -> anyOf(random, 4), 2, 6)
                .passes(BUDGET);
        new Exam<>(TryLinearTest::rwmutex, Locking::apply, new LockSpec(), random -> anyOf(random, 4), 3, 4)
                .passes(BUDGET);
    }

    @Test
    void lock_checkedThenTaken_isFoundOut() {
        new Exam<>(TryLinearTest::checkThenAct, Locking::apply, new LockSpec(), random -> anyOf(random, 2), 3, 4)
                .fails(BUDGET);
        new Exam<>(TryLinearTest::checkThenAct, Locking::apply, new LockSpec(), random -> anyOf(random, 4), 3, 4)
                .fails(BUDGET);
    }

    /// A positive op takes so many tokens, a negative one gives so many back, 0 asks how many are left.
    private record SemaphoreSpec() implements Spec<Long, Integer> {
        @Override
        public Long start() {
            return (long) SIZE;
        }

        @Override
        public List<Long> after(Long free, Integer op, Object answer) {
            if (op == 0) {
                return Spec.one(free, answer, free);
            }
            boolean can = op > 0 ? op <= free : -op <= SIZE - free;
            return Spec.one(can, answer, can ? free - op : free);
        }
    }

    private static Object apply(WeightedSemaphore semaphore, Integer op) {
        if (op == 0) {
            return semaphore.available();
        }
        if (op > 0) {
            return semaphore.tryAcquire(op);
        }
        try {
            semaphore.release(-op);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static Integer tokens(Random random) {
        return random.nextInt(-2, 3);
    }

    @Test
    void semaphore_tryForms_areLinearizable() {
        new Exam<>(() -> new WeightedSemaphore(SIZE), TryLinearTest::apply, new SemaphoreSpec(), TryLinearTest::tokens,
                2, 6)
                .passes(BUDGET);
        new Exam<>(() -> new WeightedSemaphore(SIZE), TryLinearTest::apply, new SemaphoreSpec(), TryLinearTest::tokens,
                3, 4)
                .passes(BUDGET);
    }

    @Test
    void semaphore_checkedThenTaken_isFoundOut() {
        new Exam<>(() -> new AtomicLong(SIZE), TryLinearTest::careless, new SemaphoreSpec(), TryLinearTest::tokens, 3,
                4)
                .fails(BUDGET);
    }

    private static Object careless(AtomicLong free, Integer op) {
        long now = free.get();
        if (op == 0) {
            return now;
        }
        boolean can = op > 0 ? op <= now : -op <= SIZE - now;
        if (can) {
            free.addAndGet(-op);
        }
        return can;
    }

    /// The places of a group, which `tryGo` takes one of and the task's end gives back. (A whole `tryGo` starts a thread, and when that has ended is no instant of a call.)
    private record Places(Slots slots, AtomicInteger given) {
        static Places make() {
            var slots = new Slots("places", Scheduler.real());
            slots.limit(2);
            return new Places(slots, new AtomicInteger());
        }

        /// True: takes. False: gives one back of those that somebody has taken, if there is one.
        Object apply(Boolean takes) {
            if (takes) {
                boolean got = slots.tryAcquire();
                given.getAndAdd(got ? 1 : 0);
                return got;
            }
            if (given.getAndUpdate(n -> Math.max(0, n - 1)) == 0) {
                return "none";
            }
            slots.release();
            return "given back";
        }
    }

    /// A state is how many are taken.
    private record PlacesSpec() implements Spec<Integer, Boolean> {
        @Override
        public Integer start() {
            return 0;
        }

        @Override
        public List<Integer> after(Integer taken, Boolean takes, Object answer) {
            if (takes) {
                return Spec.one(taken < 2, answer, taken < 2 ? taken + 1 : taken);
            }
            return answer.equals("none") ? List.of(taken) : taken == 0 ? List.of() : List.of(taken - 1);
        }
    }

    @Test
    void placesOfAGroup_tryForms_areLinearizable() {
        new Exam<>(Places::make, Places::apply, new PlacesSpec(), Random::nextBoolean, 2, 6).passes(BUDGET);
        new Exam<>(Places::make, Places::apply, new PlacesSpec(), Random::nextBoolean, 3, 4).passes(BUDGET);
    }

    @Test
    void placesOfAGroup_checkedThenTaken_areFoundOut() {
        new Exam<>(AtomicInteger::new, (AtomicInteger taken, Boolean takes) -> {
            int now = taken.get();
            if (takes) {
                taken.set(Math.min(2, now + 1));
                return now < 2;
            }
            if (now == 0) {
                return "none";
            }
            taken.set(now - 1);
            return "given back";
        }, new PlacesSpec(), Random::nextBoolean, 3, 4).fails(BUDGET);
    }
}
