package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.LockWaitProtocols.nodeOf;
import static dev.millrace.verify.explore.LockWaitProtocols.until;
import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.CondQueue;
import dev.millrace.internal.LockCore;
import dev.millrace.internal.Offer;
import dev.millrace.internal.Overflow;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SelectCore;
import dev.millrace.internal.SemaphoreCore;
import dev.millrace.internal.Waiter;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// No memory for somebody who stands in a queue already, or was woken and lost a race, while others act: what was given to him is his, or goes to the
/// next; he holds nobody up.
final class LockMemoryProtocols {
    private LockMemoryProtocols() {}

    private interface Using<T> {
        void use(T scene) throws Exception;
    }

    /// When there is no memory for the scene itself nothing is to be seen.
    private static <T> void on(Scarcity.Making<T> making, Using<T> play) throws Exception {
        T scene;
        try {
            scene = making.make();
        } catch (OutOfMemoryError e) {
            return;
        }
        play.use(scene);
    }

    private static boolean parkedOrOver(Thread thread) {
        Thread.State state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TERMINATED;
    }

    private static final class Locked {
        final LockCore lock = new LockCore(true, "");
        final AtomicBoolean over = new AtomicBoolean();

        void use() throws Exception {
            done(lock::acquire);
            check(lock.release(), "not held");
        }

        void tryOnce() {
            try {
                lock.acquire();
                check(lock.release(), "not held");
            } catch (OutOfMemoryError e) {
                // as if it had not come
            }
            over.set(true);
        }
    }

    /// In the queue of a lock: the release may have woken him.
    static void lockToWait() throws Exception {
        on(Locked::new, s -> {
            s.lock.acquire();
            int free = s.lock.stamp();
            var first = go("first", s::tryOnce);
            until(() -> s.lock.stamp() != free || s.over.get());
            check(s.lock.release(), "not held");
            Suite.join(first);
            s.lock.acquire(); // if one were still thought to be coming, the next would not be woken
            int now = s.lock.stamp();
            var next = go("next", s::use);
            until(() -> s.lock.stamp() != now);
            until(() -> parkedOrOver(next));
            check(s.lock.release(), "not held");
            Suite.join(next);
            check(!s.lock.isHeld(), "still held");
        });
    }

    /// Woken, but another was faster, and there is no memory to wait again.
    static void lockForWoken() throws Exception {
        on(Locked::new, s -> {
            s.lock.acquire();
            int free = s.lock.stamp();
            var woken = go("woken", s::tryOnce);
            until(() -> s.lock.stamp() != free || s.over.get());
            check(s.lock.release(), "not held");
            done(s.lock::acquire);
            var next = go("next", s::use);
            until(() -> parkedOrOver(next));
            check(s.lock.release(), "not held");
            Suite.join(woken);
            Suite.join(next);
            check(!s.lock.isHeld(), "still held");
        });
    }

    private static final class Conditions {
        final CondQueue queue = new CondQueue();
        final CancellableContext ctx = Context.background().withCancel();
        final AtomicBoolean over = new AtomicBoolean();
        final Thread[] signaller = new Thread[1];

        /// When it was signalled it signals who is next.
        void first() {
            try {
                CondQueue.Ticket ticket = queue.join(nodeOf(ctx), "the test");
                check(queue.await(ticket, nodeOf(ctx), "the test") == Waiter.READY, "not signalled");
                queue.signal();
            } catch (OutOfMemoryError e) {
                // as if it had not come
            }
            over.set(true);
        }
    }

    /// In the queue of a condition: the one signal may have come to him.
    static void condToWait() throws Exception {
        on(Conditions::new, s -> {
            var first = go("first", s::first);
            until(() -> s.queue.waiting() == 1 || s.over.get());
            done(() -> {
                CondQueue.Ticket ticket = s.queue.join(null, "the test");
                s.signaller[0] = go("signaller", s.queue::signal);
                check(s.queue.await(ticket, null, "the test") == Waiter.READY, "not signalled");
            });
            Suite.join(first);
            Suite.join(s.signaller[0]);
        });
    }

    private static final class Tokens {
        final SemaphoreCore semaphore = SemaphoreCore.make("", 1);
        final CancellableContext ctx = Context.background().withCancel();
        final AtomicBoolean over = new AtomicBoolean();
    }

    /// In the queue of a semaphore: the token may have been given to him.
    static void semaphoreToWait() throws Exception {
        on(Tokens::new, s -> {
            check(s.semaphore.tryAcquire(1), "none is free");
            int taken = s.semaphore.stamp();
            var other = go("other", () -> {
                try {
                    check(s.semaphore.acquire(nodeOf(s.ctx), 1) == null, "cancelled by nobody");
                    s.semaphore.release(1);
                } catch (OutOfMemoryError e) {
                    // as if it had not come
                }
                s.over.set(true);
            });
            until(() -> s.semaphore.stamp() == taken + 4 || s.over.get()); // a try, and the queue
            s.semaphore.release(1);
            Suite.join(other);
            check(s.semaphore.available() == 1, "available " + s.semaphore.available());
        });
    }

    private static final class Selecting {
        final ChanCore one = ChanCore.make(Scheduler.real(), 0, Overflow.WAIT, "", _ -> {});
        final ChanCore two = ChanCore.make(Scheduler.real(), 0, Overflow.WAIT, "", _ -> {});
        final SelectCore select = new SelectCore(false);
        final Offer first = select.receive(one);
        final CancellableContext ctx = Context.background().withCancel();
        final AtomicBoolean over = new AtomicBoolean();
        final AtomicInteger sent = new AtomicInteger();

        Selecting() {
            select.receive(two);
        }
    }

    /// In the queues of two channels: a value may have been given to him.
    static void selectToWait() throws Exception {
        select(Scheduler.FOREVER);
    }

    /// The same with a time of its own, which needs a timer.
    static void selectToWaitFor() throws Exception {
        select(1_000_000);
    }

    private static void select(long nanos) throws Exception {
        on(Selecting::new, s -> {
            int free = s.one.stamp();
            var sender = go("sender", () -> {
                until(() -> s.one.stamp() != free || s.over.get());
                s.sent.set(s.one.trySend(1) == null ? 1 : 0);
            });
            int got = 0;
            try {
                got = s.select.run(nodeOf(s.ctx), nanos) == s.first.index() ? 1 : 0;
            } catch (OutOfMemoryError e) {
                // as if it had not come
            }
            s.over.set(true);
            Suite.join(sender);
            check(got == s.sent.get(), "sent " + s.sent.get() + ", got " + got);
            done(() -> check(s.one.look().receivers() == 0 && s.two.look().receivers() == 0,
                    "somebody still receives"));
        });
    }

    /// For the timer of a ticker, when it is set, and when it rings and is set again for who is left.
    static void tickerOfTwo() throws Exception {
        on(() -> Ticker.every(Duration.ofMillis(1)), ticker -> {
            Suite.Body receive = () -> done(() -> ticker.ticks().receive());
            var first = go("first", receive);
            var second = go("second", receive);
            Suite.join(first);
            Suite.join(second);
        });
    }
}
