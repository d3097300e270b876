package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Interruptible;
import dev.millrace.internal.Gate;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SeqLock;
import dev.millrace.internal.SpinLock;
import dev.millrace.internal.Waiter;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// The programs of the suites. Each ends in every order, and what it checks holds in every order.
final class Protocols {
    private Protocols() {}

    // Waiter.

    static void waiterClaimedByTwo() throws Exception {
        var waiter = new Waiter(Scheduler.real());
        var won = new AtomicReference<Object>();
        var a = go("a", () -> claim(waiter, "a", won));
        var b = go("b", () -> claim(waiter, "b", won));
        Object outcome = waiter.await("the test");
        a.join();
        b.join();
        check(outcome == won.get(), "outcome " + outcome + ", won by " + won.get());
    }

    private static void claim(Waiter waiter, String who, AtomicReference<Object> won) {
        if (waiter.claim(who)) {
            check(won.compareAndSet(null, who), "two have won");
            waiter.wake();
        }
    }

    static void waiterClaimedAndInterrupted() throws Exception {
        var waiter = new Waiter(Scheduler.real());
        var won = new AtomicReference<Object>();
        Thread me = Thread.currentThread();
        var a = go("a", () -> claim(waiter, "a", won));
        var b = go("b", me::interrupt);
        Object outcome = waiter.await("the test");
        boolean lost = outcome == Waiter.INTERRUPTED;
        Suite.join(b);
        check(lost || outcome == "a", "outcome " + outcome);
        Suite.join(a);
        check(lost == (won.get() == null), "outcome " + outcome + ", won by " + won.get());
    }

    // Gate.

    static void gateIsShutAndOpened() throws Exception {
        var gate = new Gate();
        var warden = go("warden", () -> {
            gate.shut();
            gate.letThrough();
            gate.open();
        });
        var called = new AtomicInteger();
        var a = go("a", () -> wakesThroughGate(gate, "b", called, 1));
        wakesThroughGate(gate, "c", called, 2);
        Suite.join(a);
        Suite.join(warden);
    }

    /// Wakes a thread of its own, and waits until it has heard.
    private static void wakesThroughGate(Gate gate, String name, AtomicInteger called, int bit) throws Exception {
        var sleeper = go(name, () -> {
            while ((called.get() & bit) == 0) {
                LockSupport.park();
            }
        });
        called.getAndUpdate(n -> n | bit);
        gate.hold(sleeper);
        Suite.join(sleeper);
    }

    // Locks of the lowest layer.

    private static final class Pair {
        int a;
        int b;
    }

    static void spinLockGuards() throws Exception {
        var lock = new SpinLock();
        var pair = new Pair();
        Suite.Body add = () -> {
            lock.lock();
            pair.a++;
            pair.b++;
            lock.unlock();
        };
        var a = go("a", add);
        var b = go("b", add);
        add.run();
        a.join();
        b.join();
        check(pair.a == 3 && pair.b == 3, pair.a + ", " + pair.b);
    }

    static final class SeqPair {
        final SeqLock lock = new SeqLock();
        int a;
        int b;
    }

    static void seqLockIsReadAtOneInstant() throws Exception {
        var pair = new SeqPair();
        var writer = go("writer", () -> {
            pair.lock.lock();
            pair.a++;
            pair.b++;
            pair.lock.unlock();
        });
        int stamp = pair.lock.stamp();
        int a = pair.a;
        int b = pair.b;
        check(!pair.lock.unchanged(stamp) || a == b, "seen " + a + ", " + b);
        writer.join();
        pair.lock.lock();
        check(pair.a == 1 && pair.b == 1, pair.a + ", " + pair.b);
        pair.lock.unlock();
    }

    // Mutex.

    static void mutexOfTwo() throws Exception {
        mutex(1);
    }

    static void mutexOfThree() throws Exception {
        mutex(2);
    }

    private static void mutex(int others) throws Exception {
        var mutex = new Mutex();
        var pair = new Pair();
        Suite.Body add = () -> {
            mutex.lock();
            pair.a++;
            mutex.unlock();
        };
        var threads = new Thread[others];
        for (int i = 0; i < others; i++) {
            threads[i] = go("t" + i, add);
        }
        add.run();
        for (Thread t : threads) {
            t.join();
        }
        check(pair.a == others + 1, "a is " + pair.a);
        check(!mutex.isLocked(), "still locked");
    }

    static void mutexAndCancel() throws Exception {
        var mutex = new Mutex();
        var ctx = Context.background().withCancel();
        mutex.lock();
        var got = new AtomicInteger();
        var other = go("other", () -> {
            try {
                mutex.lock(ctx);
                got.set(1);
                mutex.unlock();
            } catch (RuntimeException e) {
                got.set(2);
            }
        });
        var canceller = go("canceller", ctx::cancel);
        mutex.unlock();
        other.join();
        canceller.join();
        check(got.get() != 0, "neither locked nor cancelled");
        check(mutex.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void rwMutex() throws Exception {
        var lock = new RWMutex();
        var pair = new Pair();
        var writer = go("writer", () -> {
            lock.lock();
            pair.a++;
            pair.b++;
            lock.unlock();
        });
        lock.rLock();
        check(pair.a == pair.b, "seen " + pair.a + ", " + pair.b);
        lock.rUnlock();
        writer.join();
        check(pair.a == 1, "a is " + pair.a);
    }

    // Channels.

    static void unbufferedOneToOne() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> chan.send(1));
        check(chan.receive() == 1, "not 1");
        sender.join();
        Fates.atRest(chan);
    }

    static void unbufferedTwoToOne() throws Exception {
        var fates = new Fates();
        var chan = Chan.<Integer>unbuffered();
        var a = go("a", () -> fates.send(chan, 1));
        var b = go("b", () -> fates.send(chan, 4));
        fates.receive(chan, 2);
        a.join();
        b.join();
        fates.balance();
        Fates.atRest(chan);
    }

    static void unbufferedCloseAgainstReceive() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var receiver = go("receiver", () -> check(chan.tryReceive() == null || chan.isClosed(), "got a value"));
        var other = go("other", () -> chan.next());
        chan.close();
        receiver.join();
        other.join();
    }

    static void unbufferedCancelAgainstSend() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var got = new AtomicInteger();
        var receiver = go("receiver", () -> {
            try {
                got.set(chan.receive(ctx));
            } catch (RuntimeException e) {
                got.set(-1);
            }
        });
        var canceller = go("canceller", ctx::cancel);
        var sent = chan.trySend(7);
        receiver.join();
        canceller.join();
        check(got.get() == (sent ? 7 : -1), "sent " + sent + ", got " + got.get());
    }

    static void bufferedTwoToTwo() throws Exception {
        var fates = new Fates();
        var chan = Chan.<Integer>buffered(1);
        var a = go("a", () -> fates.send(chan, 1));
        var b = go("b", () -> fates.receive(chan));
        fates.send(chan, 4);
        fates.receive(chan);
        a.join();
        b.join();
        fates.balance();
        Fates.atRest(chan);
    }

    static void bufferedClose() throws Exception {
        var fates = new Fates();
        var chan = Chan.<Integer>buffered(1);
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var closer = go("closer", chan::close);
        for (int bit : chan) {
            Fates.once(fates.received, bit);
        }
        sender.join();
        closer.join();
        fates.balance();
        check(fates.sent.get() != 2, "the second only");
        Fates.atRest(chan);
    }

    static void selectOfTwo() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> one.send(1));
        var other = go("other", () -> two.trySend(2));
        int got = Select.<Integer>first().receive(one, v -> v).receive(two, v -> v).run();
        if (got == 2) {
            check(one.receive() == 1, "not 1");
        }
        sender.join();
        other.join();
        Fates.atRest(one);
        Fates.atRest(two);
    }

    // Contexts.

    static void cancelAgainstChild() throws Exception {
        var parent = Context.background().withCancel();
        var canceller = go("canceller", parent::cancel);
        var child = parent.withCancel();
        child.awaitDone();
        canceller.join();
        check(child.isDone() && child.cause() != null, "not done");
    }

    static void cancelAgainstCancel() throws Exception {
        var parent = Context.background().withCancel();
        var child = parent.withCancel();
        var first = new IllegalStateException("first");
        var second = new IllegalStateException("second");
        var a = go("a", () -> {
            parent.cancel(first);
            check(child.isDone(), "a cancel has returned, and the child is not done");
        });
        parent.cancel(second);
        check(child.isDone(), "a cancel has returned, and the child is not done");
        a.join();
        check(parent.cause() == child.cause(), "causes " + parent.cause() + ", " + child.cause());
    }

    static void afterFuncAgainstCancel() throws Exception {
        var ctx = Context.background().withCancel();
        var ran = new AtomicInteger();
        var after = ctx.afterFunc(ran::incrementAndGet);
        var canceller = go("canceller", ctx::cancel);
        boolean stopped = after.stop();
        canceller.join();
        after.close();
        check(stopped == (ran.get() == 0), "stopped " + stopped + ", ran " + ran.get());
    }

    // Wait groups and once.

    static void waitGroup() throws Exception {
        var wg = new WaitGroup();
        var done = new AtomicInteger();
        wg.add(2);
        Suite.Body work = () -> {
            done.incrementAndGet();
            wg.done();
        };
        var a = go("a", work);
        var b = go("b", work);
        wg.await();
        check(done.get() == 2 && wg.count() == 0, "done " + done.get() + ", count " + wg.count());
        a.join();
        b.join();
    }

    static void waitGroupUsedAgain() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        var a = go("a", wg::done);
        wg.await();
        wg.add(1);
        var b = go("b", wg::done);
        wg.await();
        check(wg.count() == 0, "count " + wg.count());
        a.join();
        b.join();
    }

    static void once() throws Exception {
        var once = new Once();
        var runs = new AtomicInteger();
        Suite.Body run = () -> {
            once.run(runs::incrementAndGet);
            check(runs.get() == 1, "ran " + runs.get() + " times when it was over");
        };
        var a = go("a", run);
        var b = go("b", run);
        run.run();
        a.join();
        b.join();
    }

    // Interrupts.

    static void bridgeLeaksNothing() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        try {
            Interruptible.run(ctx, Thread::yield);
        } catch (ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        canceller.join();
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late");
    }

    static void bridgeDelivers() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var forEver = new Object();
        try {
            Interruptible.run(ctx, () -> {
                synchronized (forEver) {
                    forEver.wait();
                }
            });
            throw new AssertionError("the wait has ended by itself");
        } catch (ContextException e) {
            check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        }
        canceller.join();
    }

    static void bridgesInEachOther() throws Exception {
        var outer = Context.background().withCancel();
        var inner = Context.background().withCancel();
        var a = go("outer", outer::cancel);
        var b = go("inner", inner::cancel);
        try {
            Interruptible.run(outer, () -> {
                try {
                    Interruptible.run(inner, Thread::yield);
                } catch (ContextException e) {
                    check(inner.isDone() || outer.isDone(), "cancelled by nobody");
                }
                check(!Thread.currentThread().isInterrupted() || outer.isDone(),
                        "an interrupt of the inner one is left");
            });
        } catch (ContextException e) {
            check(outer.isDone(), "cancelled by nobody");
        }
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        Suite.join(a);
        Suite.join(b);
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late");
    }
}
