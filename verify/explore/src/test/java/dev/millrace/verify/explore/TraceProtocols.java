package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Interruptible;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.Bubble;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Who is done leaves no trace: not with the context that it waited under, not in a queue, not with its parent.
final class TraceProtocols {
    private TraceProtocols() {}

    private static int hearers(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx)).listeners();
    }

    static void receiveLeavesContext() throws Exception {
        var ctx = Context.background().withCancel();
        var chan = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> chan.send(1));
        check(chan.receive(ctx) == 1, "not 1");
        check(hearers(ctx) == 0, "somebody still hears of the end");
        Suite.join(sender);
    }

    static void selectLeavesContext() throws Exception {
        var ctx = Context.background().withCancel();
        var chan = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> chan.send(1));
        int got = Select.<Integer>first().done(ctx, _ -> 2).receive(chan, v -> v).run();
        check(got == 1 && hearers(ctx) == 0, "got " + got + ", hear of the end: " + hearers(ctx));
        Suite.join(sender);
    }

    static void bridgeLeavesContext() throws Exception {
        var ctx = Context.background().withCancel();
        var other = go("other", () -> Interruptible.run(ctx, Thread::yield));
        Interruptible.run(ctx, Thread::yield);
        Suite.join(other);
        check(hearers(ctx) == 0, "somebody still hears of the end");
    }

    /// Two children, each waited for by somebody, end by themselves at once.
    static void childrenLeaveParent() throws Exception {
        var parent = Context.background().withCancel();
        Suite.Body child = () -> {
            var one = parent.withCancel();
            var waits = go("waits", one::awaitDone);
            one.cancel();
            Suite.join(waits);
        };
        var a = go("a", child);
        child.run();
        Suite.join(a);
        check(hearers(parent) == 0, "a child that has ended is still known");
    }

    static void groupLeavesParent() throws Exception {
        var parent = Context.background().withCancel();
        var group = TaskGroup.open(parent);
        var ended = new AtomicInteger();
        group.go(c -> {
            try {
                c.awaitDone();
            } finally {
                ended.incrementAndGet();
            }
        });
        group.close();
        check(ended.get() == 1 && group.context().isDone(), "closed, and a task still runs");
        check(hearers(parent) == 0, "the group is still known");
    }

    static void groupClosedIsClosed() throws Exception {
        var group = TaskGroup.open(Context.background());
        var ran = new AtomicInteger();
        var late = go("late", () -> {
            try {
                group.go(c -> ran.incrementAndGet());
            } catch (IllegalStateException e) {
                return; // too late
            }
            check(ran.get() <= 1, "ran twice");
        });
        group.close();
        int after = ran.get();
        Suite.join(late);
        try {
            group.go(c -> ran.addAndGet(10));
            throw new AssertionError("a closed group has started a task");
        } catch (IllegalStateException e) {
            check(ran.get() == after || ran.get() == 1, "ran " + ran.get());
        }
    }

    static void joinEndsContext() throws Exception {
        var group = TaskGroup.open(Context.background());
        group.go(c -> {});
        group.join();
        check(group.context().isDone(), "joined, and the context lives");
        group.close();
    }

    /// Who gives up is out of the queue, and not only when the next one comes.
    static void cancelLeavesQueues() throws Exception {
        var ctx = Context.background().withCancel();
        var chan = Chan.<Integer>unbuffered();
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var receiver = go("receiver", () -> {
            try {
                chan.receive(ctx);
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        var waiter = go("waiter", () -> {
            mutex.lock();
            try {
                cond.await(ctx);
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            } finally {
                mutex.unlock();
            }
        });
        ctx.cancel();
        Suite.join(receiver);
        Suite.join(waiter);
        check(chan.snapshot().blockedReceivers() == 0 && cond.waiting() == 0, chan.snapshot() + ", " + cond);
    }

    /// A select that has nothing but a send waits for who receives.
    static void selectSendWaits() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var receiver = go("receiver", () -> check(one.receive() == 1, "not 1"));
        int sent = Select.<Integer>first().send(one, 1, () -> 1).send(two, 2, () -> 2).run();
        Suite.join(receiver);
        check(sent == 1 && two.snapshot().blockedSenders() == 0, "sent " + sent + ", " + two.snapshot());
    }

    // After-funcs.

    static void afterFuncLeavesContext() throws Exception {
        var ctx = Context.background().withCancel();
        var after = ctx.afterFunc(() -> {});
        var waits = go("waits", after::await);
        check(after.stop(), "not stopped by the only one");
        Suite.join(waits);
        check(hearers(ctx) == 0, "still registered");
    }

    /// Two who wait for an action at once: each hears.
    static void afterFuncTwoWait() throws Exception {
        var ctx = Context.background().withCancel();
        var after = ctx.afterFunc(() -> {});
        var a = go("a", after::await);
        var b = go("b", after::await);
        check(after.stop(), "not stopped by the only one");
        Suite.join(a);
        Suite.join(b);
    }

    static void doneIsOneObject() throws Exception {
        var ctx = Context.background().withCancel();
        var seen = new AtomicReference<Object>();
        var a = go("a", () -> seen.set(ctx.done()));
        Object mine = ctx.done();
        Suite.join(a);
        check(seen.get() == mine, "two objects for one end");
    }

    /// A wait for the end with a time: whichever of the two ends it.
    static void doneWithTimeout() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        boolean done = ctx.done().await(Duration.ofMillis(1));
        check(!done || ctx.isDone(), "done, and it is not");
        Suite.join(canceller);
        check(hearers(ctx) == 0, "somebody still hears of the end");
    }

    static void doneTimesOut() throws Exception {
        var ctx = Context.background().withCancel();
        check(!ctx.done().await(Duration.ofMillis(1)), "done, and it is not");
        check(hearers(ctx) == 0, "somebody still hears of the end");
    }

    // Flights.

    /// Three at once, two of whom leave: the third was counted, and gets what it waits for.
    static void flightTwoLeave() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        Suite.Body leaves = () -> {
            try {
                flights.get(ctx, "k", c -> 1);
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        };
        var a = go("a", leaves);
        var b = go("b", () -> check(flights.get(Context.background(), "k", c -> 1) == 1, "not 1"));
        ctx.cancel();
        leaves.run();
        Suite.join(a);
        Suite.join(b);
    }

    static void flightIntoChannel() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        Suite.Body fly = () -> check(
                flights.start(Context.background(), "k", c -> 1).receive().get() == 1, "not 1");
        var a = go("a", fly);
        fly.run();
        Suite.join(a);
    }

    static void flightContextEnds() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var seen = new Context[1];
        var flown = flights.run(Context.background(), "k", c -> {
            seen[0] = c;
            return 1;
        });
        check(flown.value() == 1 && !flown.shared(), "shared with nobody");
        seen[0].awaitDone(); // for ever, if landing did not end it
    }

    static void flightShared() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ran = new AtomicInteger();
        var shared = new AtomicInteger();
        Suite.Body fly = () -> {
            if (flights.run(Context.background(), "k", c -> ran.incrementAndGet()).shared()) {
                shared.incrementAndGet();
            }
        };
        var a = go("a", fly);
        var b = go("b", fly);
        fly.run();
        Suite.join(a);
        Suite.join(b);
        // n callers in r flights: a flight with several is shared for all of them.
        check(shared.get() == switch (ran.get()) {
            case 1 -> 3;
            case 2 -> 2;
            default -> 0;
        }, ran.get() + " flights, shared for " + shared.get());
    }

    // Locks.

    static void threeReaders() throws Exception {
        var lock = new RWMutex();
        var ctx = Context.background().withCancel();
        Suite.Body read = () -> {
            lock.rLock(ctx);
            lock.rUnlock();
        };
        var a = go("a", read);
        var b = go("b", () -> {
            if (lock.tryRLock()) {
                lock.rUnlock();
            }
        });
        read.run();
        Suite.join(a);
        Suite.join(b);
        check(lock.readers() == 0 && lock.tryLock(), "readers " + lock.readers());
    }

    // Wait groups in a bubble, which looks who adds.

    static void bubbleWaitGroup() throws Exception {
        Bubble.run(b -> {
            var wg = new WaitGroup();
            var done = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                wg.go(done::incrementAndGet);
            }
            wg.await();
            check(done.get() == 2 && wg.count() == 0, "done " + done.get() + ", count " + wg.count());
            wg.add(1);
            wg.go(wg::done);
            wg.await();
            check(wg.count() == 0, "count " + wg.count());
        });
    }
}
