package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.OnceFunc;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.OnceValues;
import dev.millrace.sync.Pool;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Operations of `sync` for which there is no memory.
final class ScarceSync {
    private ScarceSync() {}

    static void mutexUnderContext() throws Exception {
        Mutex mutex = made(() -> Mutex.named("m"));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        done(() -> mutex.lock(ctx));
        var waiter = go("waiter", () -> {
            try {
                done(() -> mutex.lock(ctx));
                throw new AssertionError("locked by two");
            } catch (ContextException e) {
                check(ctx.isDone(), "not done");
            }
        });
        done(ctx::cancel);
        Suite.join(waiter);
        check(made(mutex::snapshot).locked() && made(mutex::toString).contains("m"), "free");
        done(mutex::unlock);
        check(made(() -> mutex.callHolding(() -> 5)) == 5, "not 5");
        check(mutex.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void rwMutexUnderContext() throws Exception {
        RWMutex lock = made(() -> RWMutex.named("rw"));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        done(() -> lock.rLock(ctx));
        var writer = go("writer", () -> {
            try {
                done(() -> lock.lock(ctx));
                throw new AssertionError("locked by two");
            } catch (ContextException e) {
                check(ctx.isDone(), "not done");
            }
        });
        done(ctx::cancel);
        Suite.join(writer);
        check(made(lock::tryRLock) && lock.readers() == 2, "no second reader");
        done(lock::rUnlock);
        done(() -> made(lock::readLocker).unlock());
        done(() -> lock.holding(() -> check(lock.isLocked(), "free")));
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    /// A reader waits for a writer.
    static void readers() throws Exception {
        RWMutex lock = made(RWMutex::new);
        done(lock::lock);
        var a = go("a", () -> {
            done(lock::rLock);
            done(lock::rUnlock);
        });
        var b = go("b", () -> {
            done(lock::rLock);
            done(lock::rUnlock);
        });
        done(lock::unlock);
        Suite.join(a);
        Suite.join(b);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void condUnderContext() throws Exception {
        Mutex mutex = made(Mutex::new);
        Cond cond = made(() -> new Cond(mutex));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var ready = made(AtomicInteger::new);
        var waiter = go("waiter", () -> {
            done(mutex::lock);
            try {
                done(() -> cond.await(ctx));
                throw new AssertionError("signalled");
            } catch (ContextException e) {
                check(ctx.isDone() && mutex.isLocked(), "not locked again");
            } finally {
                done(mutex::unlock);
            }
        });
        var other = go("other", () -> {
            done(mutex::lock);
            done(() -> cond.awaitUntil(() -> ready.get() > 0));
            done(mutex::unlock);
        });
        done(ctx::cancel);
        Suite.join(waiter);
        done(() -> mutex.holding(ready::incrementAndGet));
        done(cond::signal);
        Suite.join(other);
        check(cond.waiting() == 0 && mutex.tryLock(), "somebody waits");
    }

    static void semaphoreUnderContext() throws Exception {
        WeightedSemaphore semaphore = made(() -> WeightedSemaphore.named("s", 2));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var permit = made(() -> semaphore.permit(Context.background(), 2));
        var waiter = go("waiter", () -> {
            try {
                done(() -> semaphore.acquire(ctx, 1));
                throw new AssertionError("too many");
            } catch (ContextException e) {
                check(ctx.isDone(), "not done");
            }
        });
        done(ctx::cancel);
        Suite.join(waiter);
        check(made(semaphore::snapshot).waiters() == 0, "somebody waits");
        check(made(() -> semaphore.tryPermit(1)) == null, "too many");
        var second = go("second", () -> done(() -> semaphore.acquire(3)));
        done(() -> semaphore.resize(5));
        Suite.join(second);
        done(permit::close);
        check(semaphore.available() == 2, "available " + semaphore.available());
    }

    /// The body fails with what it threw, or runs; in any case once, unless there was no memory to begin it.
    static void onceUnderContext() throws Exception {
        Once once = made(Once::new);
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var runs = made(AtomicInteger::new);
        var event = made(once::done);
        var a = go("a", () -> done(() -> once.run(ctx, runs::incrementAndGet)));
        done(() -> once.run(ctx, runs::incrementAndGet));
        Suite.join(a);
        check(runs.get() == 1 && once.isDone() && made(once::snapshot).done(), "runs " + runs.get());
        done(event::await);
    }

    static void onceValues() throws Exception {
        var runs = made(AtomicInteger::new);
        OnceValue<Integer> value = made(() -> OnceValue.of(runs::incrementAndGet));
        OnceValue<Integer> again = made(() -> OnceValue.retrying(runs::incrementAndGet));
        OnceFunc func = made(() -> OnceFunc.of(runs::incrementAndGet));
        var a = go("a", () -> check(made(value::get) == 1, "not 1"));
        check(made(value::get) == 1, "not 1");
        Suite.join(a);
        check(made(again::get) == 2, "not 2");
        done(func::run);
        check(runs.get() == 3 && func.isDone(), "runs " + runs.get());
        var pair = made(() -> OnceValues.both(4, 5)); // what fails within the function is remembered
        OnceValues<Integer, Integer> both = made(() -> OnceValues.of(() -> pair));
        check(made(both::get).first() == 4 && made(both::get).second() == 5, "not 4 and 5");
    }

    static void pool() throws Exception {
        var n = made(AtomicInteger::new);
        Pool<Integer> pool = made(() -> Pool.of(n::incrementAndGet));
        int one = made(pool::get);
        int two = made(pool::get);
        done(() -> pool.put(one));
        done(() -> pool.put(two));
        check(made(pool::get) + made(pool::get) == one + two, "others");
        done(() -> pool.put(one));
        check(made(pool::drain) == 1, "not 1");
        check(made(pool::get) > two, "an old one");
    }

    static void map() throws Exception {
        SyncMap<String, Integer> map = made(SyncMap::new);
        done(() -> map.store("a", 1));
        check(made(() -> map.loadOrStore("a", 2)).value() == 1, "not 1");
        check(made(() -> map.compareAndSwap("a", 1, 3)) && made(() -> map.load("a")) == 3, "not 3");
        check(!made(() -> map.loadOrStore("b", 4)).loaded(), "loaded");
        check(made(() -> map.swap("b", 5)) == 4, "not 4");
        check(made(map::snapshot).size() == 2, "size");
        var seen = made(AtomicInteger::new);
        made(() -> {
            seen.set(0);
            map.range((k, v) -> seen.addAndGet(v) > 0);
            return seen;
        });
        check(seen.get() == 8, "seen " + seen.get());
        check(made(() -> map.loadAndDelete("a")) == 3 && made(() -> map.compareAndDelete("b", 5)), "not there");
        done(map::clear);
        check(!map.contains("a") && !map.contains("b"), "there");
    }
}
