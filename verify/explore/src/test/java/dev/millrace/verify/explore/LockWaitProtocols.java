package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.CondQueue;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.LockCore;
import dev.millrace.internal.Node;
import dev.millrace.internal.Waiter;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Permit;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.testing.Bubble;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Locks, conditions and semaphores whose queues are in a certain state when the next one comes.
final class LockWaitProtocols {
    private static final long MOMENT = 1_000;

    private LockWaitProtocols() {}

    /// Lets all others come to where they wait, until something is so. Parks for a moment of the run's clock, which stands while somebody can run: who only
    /// yields and looks, under a lock, may keep others from that lock for ever.
    static void until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            LockSupport.parkNanos(MOMENT);
        }
    }

    static Node nodeOf(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    // Locks.

    /// A lock is given back while one who waited gives up, and so unpins the word, and the next one pins it again.
    static void releaseAndPins() throws Exception {
        var lock = new LockCore(true, "");
        CancellableContext ctx = Context.background().withCancel();
        lock.acquire();
        int free = lock.stamp();
        var first = go("first", () -> {
            if (lock.acquire(nodeOf(ctx)) == null) {
                lock.release();
            }
        });
        until(() -> lock.stamp() == free + 2); // it stands in the queue
        ctx.cancel();
        var next = go("next", () -> {
            lock.acquire();
            check(lock.release(), "not held");
        });
        check(lock.release(), "not held");
        Suite.join(first);
        Suite.join(next);
        check(!lock.isHeld(), "still held");
    }

    /// A select waits for a read lock, and for nothing else that comes.
    static void selectWaitsForReadLock() throws Exception {
        var lock = new RWMutex();
        var chan = Chan.<Integer>unbuffered();
        lock.lock();
        var reader = go("reader", () -> {
            int got = Select.<Integer>first().lock(lock.readLocker(), () -> 1).receive(chan, v -> 2).run();
            check(got == 1 && lock.readers() == 1, "got " + got);
            lock.rUnlock();
        });
        until(() -> lock.snapshot().waitingReaders() == 1);
        lock.unlock();
        Suite.join(reader);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void readerLeavesQueue() throws Exception {
        var lock = new RWMutex();
        CancellableContext ctx = Context.background().withCancel();
        lock.lock();
        var reader = go("reader", () -> {
            try {
                lock.rLock(ctx);
                throw new AssertionError("a reader with a writer");
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        until(() -> lock.snapshot().waitingReaders() == 1);
        ctx.cancel();
        Suite.join(reader);
        check(lock.snapshot().waitingReaders() == 0, "who gave up still waits");
        lock.unlock();
    }

    /// In a bubble no lock has a fast path: two that try both go through the section.
    static void bubbleTryLocks() throws Exception {
        Bubble.run(b -> {
            var mutex = new Mutex();
            var inside = new AtomicInteger();
            var group = new WaitGroup();
            for (int i = 0; i < 2; i++) {
                group.go(() -> {
                    if (mutex.tryLock()) {
                        check(inside.incrementAndGet() == 1, "two have it");
                        inside.decrementAndGet();
                        mutex.unlock();
                    }
                });
            }
            group.await();
            check(mutex.tryLock(), "nobody holds it, and it cannot be taken");
            mutex.unlock();
        });
    }

    // Conditions, without the lock around them.

    private static Object await(CondQueue queue, CondQueue.Ticket ticket, Context ctx) {
        return queue.await(ticket, ContextBase.nodeOf(ctx), "the test");
    }

    /// A wait that turns out to be void when the one signal may have been given to it: the signal goes on to who is behind.
    static void condWithdrawn() throws Exception {
        var queue = new CondQueue();
        CondQueue.Ticket isVoid = queue.join(null, "the test");
        var behind = go("behind", () -> check(
                await(queue, queue.join(null, "the test"), Context.background()) == Waiter.READY, "not signalled"));
        until(() -> queue.waiting() == 2);
        var signaller = go("signaller", queue::signal);
        queue.withdraw(isVoid);
        Suite.join(signaller);
        Suite.join(behind);
        check(queue.waiting() == 0, "somebody waits");
    }

    /// The same, and nobody signals.
    static void condWithdrawnAlone() {
        var queue = new CondQueue();
        queue.withdraw(queue.join(null, "the test"));
        check(queue.waiting() == 0, "who never waited is still in line");
    }

    /// A signal has taken one out of the queue whom a cancel had claimed before, while a third stands in it.
    static void condCancelMeetsSignal() throws Exception {
        var queue = new CondQueue();
        CancellableContext ctx = Context.background().withCancel();
        var leaves = go("leaves", () -> await(queue, queue.join(nodeOf(ctx), "the test"), ctx));
        until(() -> queue.waiting() == 1);
        Suite.Body stay = () -> check(
                await(queue, queue.join(null, "the test"), Context.background()) == Waiter.READY, "not signalled");
        var second = go("second", stay);
        until(() -> queue.waiting() == 2);
        var third = go("third", stay);
        until(() -> queue.waiting() == 3);
        ctx.cancel();
        queue.signal();
        Suite.join(leaves);
        queue.broadcast();
        Suite.join(second);
        Suite.join(third);
        check(queue.waiting() == 0, "somebody waits");
    }

    static void condLeavesQueue() throws Exception {
        var queue = new CondQueue();
        CancellableContext ctx = Context.background().withCancel();
        var leaves = go("leaves", () -> await(queue, queue.join(nodeOf(ctx), "the test"), ctx));
        until(() -> queue.waiting() == 1);
        ctx.cancel();
        Suite.join(leaves);
        check(queue.waiting() == 0, "who gave up still waits");
    }

    /// Nothing but the queue's own lock orders the two.
    static void condBroadcastAgainstJoin() throws Exception {
        var queue = new CondQueue();
        var over = new AtomicBoolean();
        var waits = go("waits", () -> {
            await(queue, queue.join(null, "the test"), Context.background());
            over.set(true);
        });
        until(() -> {
            queue.broadcast();
            return over.get();
        });
        Suite.join(waits);
    }

    /// A broadcast wakes those whom it has claimed, and no others.
    static void condBroadcastAgainstCancel() throws Exception {
        var queue = new CondQueue();
        CancellableContext ctx = Context.background().withCancel();
        var waits = go("waits", () -> await(queue, queue.join(nodeOf(ctx), "the test"), ctx));
        until(() -> queue.waiting() == 1);
        var canceller = go("canceller", ctx::cancel);
        Thread.yield();
        queue.broadcast();
        Suite.join(waits);
        Suite.join(canceller);
    }

    // Semaphores.

    /// The size goes down and up again while two wait, of whom one asks for more than there is for a while.
    static void semaphoreShrinks() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        semaphore.acquire(2);
        var small = go("small", () -> {
            semaphore.acquire(1);
            semaphore.release(1);
        });
        until(() -> semaphore.snapshot().waiters() == 1);
        var big = go("big", () -> {
            semaphore.acquire(2);
            semaphore.release(2);
        });
        until(() -> semaphore.snapshot().waiters() == 2);
        semaphore.resize(1);
        semaphore.release(2);
        Suite.join(small);
        check(semaphore.snapshot().waiters() == 1, "there is one token, and who asks for two does not wait");
        semaphore.resize(2);
        Suite.join(big);
        check(semaphore.available() == 2, "available " + semaphore.available());
    }

    static void semaphoreTooMuchGivesUp() throws Exception {
        var semaphore = new WeightedSemaphore(1);
        CancellableContext ctx = Context.background().withCancel();
        var big = go("big", () -> {
            try {
                semaphore.acquire(ctx, 2);
                throw new AssertionError("two of one");
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        until(() -> semaphore.snapshot().waiters() == 1);
        ctx.cancel();
        Suite.join(big);
        check(semaphore.snapshot().waiters() == 0, "who gave up still waits");
    }

    /// A token moves from one to the other, so that one of the two is free at each instant: a poll takes it.
    static void pollOfTwo() throws Exception {
        var one = new WeightedSemaphore(1);
        var two = new WeightedSemaphore(1);
        two.acquire(1);
        var mover = go("mover", () -> {
            two.release(1);
            one.acquire(1);
        });
        var got = Select.<WeightedSemaphore>first().acquire(two, 1, () -> two).acquire(one, 1, () -> one)
                .orElse(() -> null).run();
        check(got != null, "neither was free");
        got.release(1);
        Suite.join(mover);
        check(one.available() == 0 && two.available() == 1, one + ", " + two);
    }

    /// A poll in vain leaves the word pinned, so that the token is given back within a section, and taken by the word.
    static void publishedBySection() throws Exception {
        var semaphore = new WeightedSemaphore(1);
        int[] data = new int[1];
        semaphore.acquire(1);
        var other = go("other",
                () -> check(!semaphore.tryAcquire(1) || data[0] == 1, "the token, and not what was done before"));
        check(Select.<Integer>first().acquire(semaphore, 1, () -> 1).orElse(() -> 0).run() == 0, "two of one");
        data[0] = 1;
        semaphore.release(1);
        Suite.join(other);
    }

    static void permitClosedByTwo() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        Permit permit = semaphore.permit(Context.background(), 1);
        semaphore.acquire(1);
        var other = go("other", permit::close);
        permit.close();
        Suite.join(other);
        check(semaphore.available() == 1, "one was given back, and there are " + semaphore.available());
    }

    /// What is taken and given back by the word alone, while the size changes, and while somebody else gives back more than is held.
    static void resizeAgainstWord() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        semaphore.acquire(1);
        var other = go("other", () -> {
            if (semaphore.tryAcquire(1)) {
                semaphore.release(1);
            }
        });
        semaphore.resize(1);
        boolean refused = false;
        try {
            semaphore.release(3);
        } catch (IllegalStateException e) {
            refused = true;
        }
        Suite.join(other);
        check(refused && semaphore.available() == 0, semaphore.toString());
        semaphore.release(1);
        check(semaphore.available() == 1, semaphore.toString());
    }

    static void selectWaitsForTokens() throws Exception {
        var semaphore = new WeightedSemaphore(1);
        semaphore.acquire(1);
        var taker = go("taker", () -> check(
                Select.<Integer>first().acquire(semaphore, 1, () -> 1).run() == 1, "nothing"));
        until(() -> semaphore.snapshot().waiters() == 1);
        semaphore.release(1);
        Suite.join(taker);
        check(semaphore.available() == 0, "available " + semaphore.available());
    }
}
