package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.YieldKt;
import kotlinx.coroutines.sync.Mutex;
import kotlinx.coroutines.sync.MutexKt;
import kotlinx.coroutines.sync.Semaphore;
import kotlinx.coroutines.sync.SemaphoreKt;

/// What [Guarded] and [Places] do, by Kotlin's coroutines, mutex and semaphore.
final class KotlinGuarded {
    private KotlinGuarded() {}

    static long byMutex(Work work, int goroutines) throws InterruptedException {
        Mutex mutex = MutexKt.Mutex(false);
        var guarded = new Guarded.ByOthers();
        var sum = new AtomicLong();
        int each = work.sections() / goroutines;
        KotlinExchange.run(KotlinExchange.allThreads(), scope -> {
            for (int i = 0; i < goroutines; i++) {
                KotlinExchange.launch(scope, caller -> new Locking(caller, mutex, guarded, work, each, sum).start());
            }
        });
        guarded.check(work);
        return sum.get();
    }

    /// Each coroutine has a mutex and a counter of its own.
    static long byOwnMutexes(int operations, int goroutines) throws InterruptedException {
        var all = new Guarded[goroutines];
        var sum = new AtomicLong();
        int each = operations / goroutines;
        KotlinExchange.run(KotlinExchange.allThreads(), scope -> {
            for (int i = 0; i < goroutines; i++) {
                int at = i;
                KotlinExchange.launch(scope, caller -> {
                    all[at] = new Guarded.ByOthers();
                    return new Locking(caller, MutexKt.Mutex(false), all[at], Work.NONE, each, sum).start();
                });
            }
        });
        for (Guarded own : all) {
            own.check(each, Work.SEED);
        }
        return sum.get();
    }

    /// What [OwnMemory#spinning] does.
    static long byMutexSpinning(int goroutines) throws InterruptedException {
        Mutex mutex = MutexKt.Mutex(false);
        var guarded = new Guarded.ByOthers();
        var touched = new AtomicLong();
        int each = OwnMemory.TURNS / goroutines;
        KotlinExchange.run(KotlinExchange.allThreads(), scope -> {
            for (int i = 0; i < goroutines; i++) {
                KotlinExchange.launch(
                        scope, caller -> new LockingAndTouching(caller, mutex, guarded, each, touched).start());
            }
        });
        OwnMemory.check(guarded, goroutines, touched.get());
        return touched.get();
    }

    static long bySemaphore(Work work, int goroutines) throws InterruptedException {
        Semaphore semaphore = SemaphoreKt.Semaphore(1, 0);
        var guarded = new Guarded.ByOthers();
        var sum = new AtomicLong();
        int each = work.sections() / goroutines;
        KotlinExchange.run(KotlinExchange.allThreads(), scope -> {
            for (int i = 0; i < goroutines; i++) {
                KotlinExchange.launch(
                        scope, caller -> new Acquiring(caller, semaphore, guarded, work, each, sum).start());
            }
        });
        guarded.check(work);
        return sum.get();
    }

    static long byPlaces(int places, int goroutines) throws InterruptedException {
        Semaphore semaphore = SemaphoreKt.Semaphore(places, 0);
        var inside = new AtomicInteger();
        var done = new AtomicLong();
        int each = Work.WAITING_SECTIONS / goroutines;
        KotlinExchange.run(KotlinExchange.allThreads(), scope -> {
            for (int i = 0; i < goroutines; i++) {
                KotlinExchange.launch(
                        scope, caller -> new Visiting(caller, semaphore, places, inside, each, done).start());
            }
        });
        Places.check(done.get());
        return done.get();
    }

    private static class Locking extends KotlinMachine {
        private final transient Mutex mutex;
        private final transient Guarded guarded;
        private final transient Work work;
        private final AtomicLong sum;
        private int left;
        private long own = Work.SEED;
        private int label;

        Locking(Continuation<? super Unit> caller, Mutex mutex, Guarded guarded, Work work, int each, AtomicLong sum) {
            super(caller);
            this.mutex = mutex;
            this.guarded = guarded;
            this.work = work;
            this.left = each;
            this.sum = sum;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            int resumed = label;
            for (;;) {
                if (resumed == 0) {
                    if (left-- == 0) {
                        sum.addAndGet(result());
                        return Unit.INSTANCE;
                    }
                    label = 1;
                    if (mutex.lock(null, this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                if (resumed <= 1) {
                    guarded.inside(work);
                    label = 2;
                    if (work.yields() && YieldKt.yield(this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                mutex.unlock(null);
                outside();
                resumed = 0;
            }
        }

        void outside() {
            own = Work.steps(own, work.outside());
        }

        long result() {
            return own;
        }
    }

    private static final class LockingAndTouching extends Locking {
        private final transient long[] memory = OwnMemory.longWay();

        LockingAndTouching(
                Continuation<? super Unit> caller, Mutex mutex, Guarded guarded, int each, AtomicLong sum) {
            super(caller, mutex, guarded, Work.NONE, each, sum);
        }

        @Override
        void outside() {
            OwnMemory.touch(memory);
        }

        @Override
        long result() {
            return memory[0];
        }
    }

    private static final class Acquiring extends KotlinMachine {
        private final transient Semaphore semaphore;
        private final transient Guarded guarded;
        private final transient Work work;
        private final AtomicLong sum;
        private int left;
        private long own = Work.SEED;
        private boolean holds;

        Acquiring(
                Continuation<? super Unit> caller,
                Semaphore semaphore,
                Guarded guarded,
                Work work,
                int each,
                AtomicLong sum) {
            super(caller);
            this.semaphore = semaphore;
            this.guarded = guarded;
            this.work = work;
            this.left = each;
            this.sum = sum;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            boolean resumed = holds;
            for (;;) {
                if (!resumed) {
                    if (left-- == 0) {
                        sum.addAndGet(own);
                        return Unit.INSTANCE;
                    }
                    holds = true;
                    if (semaphore.acquire(this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                guarded.inside(work);
                semaphore.release();
                own = Work.steps(own, work.outside());
                resumed = false;
            }
        }
    }

    private static final class Visiting extends KotlinMachine {
        private final transient Semaphore semaphore;
        private final int places;
        private final AtomicInteger inside;
        private final AtomicLong done;
        private final int each;
        private int left;
        private int label;

        Visiting(
                Continuation<? super Unit> caller,
                Semaphore semaphore,
                int places,
                AtomicInteger inside,
                int each,
                AtomicLong done) {
            super(caller);
            this.semaphore = semaphore;
            this.places = places;
            this.inside = inside;
            this.each = each;
            this.left = each;
            this.done = done;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            int resumed = label;
            for (;;) {
                if (resumed == 0) {
                    if (left-- == 0) {
                        done.addAndGet(each);
                        return Unit.INSTANCE;
                    }
                    label = 1;
                    if (semaphore.acquire(this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                if (resumed <= 1) {
                    Places.entered(inside, places);
                    label = 2;
                    if (YieldKt.yield(this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                inside.getAndDecrement();
                semaphore.release();
                resumed = 0;
            }
        }
    }
}
