package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Interruptible;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Waits that a cancel ends: who gives up leaves nothing behind, and holds nobody up.
final class CancelProtocols {
    private CancelProtocols() {}

    /// Whether the context's end came first.
    private static boolean cancelled(Suite.Body body) throws Exception {
        try {
            body.run();
            return false;
        } catch (ContextException e) {
            return true;
        }
    }

    /// A writer that waits and gives up lets in the readers that waited only because of it.
    static void writerGivesUp() throws Exception {
        var lock = new RWMutex();
        var ctx = Context.background().withCancel();
        lock.rLock();
        var writer = go("writer", () -> {
            if (!cancelled(() -> lock.lock(ctx))) {
                lock.unlock();
            }
        });
        var reader = go("reader", () -> {
            lock.rLock();
            lock.rUnlock();
        });
        ctx.cancel();
        Suite.join(reader); // while this one reads: only the writer could keep it out
        lock.rUnlock();
        Suite.join(writer);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void readersAndWriters() throws Exception {
        var lock = new RWMutex();
        var writing = new AtomicInteger();
        var reading = new AtomicInteger();
        Suite.Body write = () -> {
            lock.lock();
            check(writing.incrementAndGet() == 1 && reading.get() == 0, "a writer is not alone");
            writing.decrementAndGet();
            lock.unlock();
        };
        Suite.Body read = () -> {
            lock.rLock();
            reading.incrementAndGet();
            check(writing.get() == 0, "a reader with a writer");
            reading.decrementAndGet();
            lock.rUnlock();
        };
        var a = go("a", write);
        var b = go("b", read);
        write.run();
        read.run();
        Suite.join(a);
        Suite.join(b);
        check(!lock.isLocked() && lock.readers() == 0, "still locked");
    }

    static void readerAndCancel() throws Exception {
        var lock = new RWMutex();
        var ctx = Context.background().withCancel();
        lock.lock();
        var reader = go("reader", () -> {
            if (!cancelled(() -> lock.rLock(ctx))) {
                lock.rUnlock();
            }
        });
        var canceller = go("canceller", ctx::cancel);
        lock.unlock();
        Suite.join(reader);
        Suite.join(canceller);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void tryLocks() throws Exception {
        var lock = new RWMutex();
        var inside = new AtomicInteger();
        Suite.Body write = () -> {
            if (lock.tryLock()) {
                check(inside.getAndAdd(16) == 0, "a writer is not alone");
                inside.addAndGet(-16);
                lock.unlock();
            }
        };
        var a = go("a", write);
        var b = go("b", () -> {
            if (lock.tryRLock()) {
                check(inside.getAndIncrement() < 16, "a reader with a writer");
                inside.decrementAndGet();
                lock.rUnlock();
            }
        });
        lock.lock();
        check(inside.get() == 0, "a writer is not alone");
        lock.unlock();
        Suite.join(a);
        Suite.join(b);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    /// Two wait, one gives up: the signal is for the other.
    static void condTwoWaitersOneCancelled() throws Exception {
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var ctx = Context.background().withCancel();
        var tokens = new int[1];
        var given = new AtomicInteger();
        var a = go("a", () -> {
            mutex.lock();
            if (!cancelled(() -> {
                while (tokens[0] == 0) {
                    cond.await(ctx);
                }
                tokens[0]--;
            })) {
                given.incrementAndGet();
            }
            mutex.unlock();
        });
        var b = go("b", () -> {
            mutex.lock();
            while (tokens[0] == 0) {
                cond.await();
            }
            tokens[0]--;
            mutex.unlock();
        });
        ctx.cancel();
        for (int i = 0; i < 2; i++) {
            mutex.lock();
            tokens[0]++;
            mutex.unlock();
            cond.signal();
        }
        Suite.join(a);
        Suite.join(b);
        mutex.lock();
        check(tokens[0] == 1 - given.get() && cond.waiting() == 0, "left " + tokens[0] + ", " + cond);
        mutex.unlock();
    }

    static void condBroadcast() throws Exception {
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var ready = new boolean[1];
        Suite.Body wait = () -> {
            mutex.lock();
            while (!ready[0]) {
                cond.await();
            }
            mutex.unlock();
        };
        var a = go("a", wait);
        var b = go("b", wait);
        mutex.lock();
        ready[0] = true;
        mutex.unlock();
        cond.broadcast();
        Suite.join(a);
        Suite.join(b);
        check(cond.waiting() == 0, "somebody waits");
    }

    /// The first in line asks for more and gives up: the one behind has been held up by nothing else.
    static void semaphoreFirstGivesUp() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        var ctx = Context.background().withCancel();
        semaphore.acquire(1);
        var first = go("first", () -> {
            if (!cancelled(() -> semaphore.acquire(ctx, 2))) {
                semaphore.release(2);
            }
        });
        var behind = go("behind", () -> {
            semaphore.acquire(1);
            semaphore.release(1);
        });
        ctx.cancel();
        Suite.join(behind); // one token is free all the time
        semaphore.release(1);
        Suite.join(first);
        check(semaphore.available() == 2, "available " + semaphore.available());
    }

    static void semaphoreResized() throws Exception {
        var semaphore = new WeightedSemaphore(1);
        var big = go("big", () -> {
            semaphore.acquire(2);
            semaphore.release(2);
        });
        var small = go("small", () -> {
            semaphore.acquire(1);
            semaphore.release(1);
        });
        semaphore.resize(2);
        Suite.join(big);
        Suite.join(small);
        semaphore.resize(1);
        check(semaphore.available() == 1 && !semaphore.tryAcquire(2) && semaphore.tryAcquire(1),
                "available " + semaphore.available());
    }

    static void waitGroupTwoWaitersOneCancelled() throws Exception {
        var wg = new WaitGroup();
        var ctx = Context.background().withCancel();
        wg.add(1);
        var a = go("a", () -> cancelled(() -> wg.await(ctx)));
        var b = go("b", wg::await);
        var canceller = go("canceller", ctx::cancel);
        wg.done();
        Suite.join(a);
        Suite.join(b);
        Suite.join(canceller);
        wg.add(1);
        check(wg.count() == 1, "count " + wg.count());
        wg.done();
        wg.await();
    }

    static void onceAndCancel() throws Exception {
        var once = new Once();
        var ctx = Context.background().withCancel();
        var runs = new AtomicInteger();
        var a = go("a", () -> cancelled(() -> {
            once.run(ctx, runs::incrementAndGet);
            check(runs.get() == 1, "not yet");
        }));
        var canceller = go("canceller", ctx::cancel);
        once.run(runs::incrementAndGet);
        check(runs.get() == 1, "runs " + runs.get());
        Suite.join(a);
        Suite.join(canceller);
        check(once.isDone(), "not done");
    }

    static void onceDone() throws Exception {
        var once = new Once();
        var ran = new AtomicInteger();
        var a = go("a", () -> {
            once.done().await();
            check(ran.get() == 1, "done before it has run");
        });
        var b = go("b", () -> once.done().await());
        once.run(ran::incrementAndGet);
        Suite.join(a);
        Suite.join(b);
    }

    // After-funcs.

    static void afterFuncRuns() throws Exception {
        var ctx = Context.background().withCancel();
        var ran = new AtomicInteger();
        var canceller = go("canceller", ctx::cancel);
        var after = ctx.afterFunc(ran::incrementAndGet);
        var other = go("other", after::await);
        after.await();
        check(ran.get() == 1, "ran " + ran.get());
        Suite.join(other);
        Suite.join(canceller);
        check(!after.stop() && ran.get() == 1, "ran " + ran.get());
    }

    static void afterFuncStoppedByTwo() throws Exception {
        var ctx = Context.background().withCancel();
        var ran = new AtomicInteger();
        var stopped = new AtomicInteger();
        var after = ctx.afterFunc(ran::incrementAndGet);
        Suite.Body stop = () -> {
            stopped.addAndGet(after.stop() ? 1 : 0);
            after.await();
        };
        var a = go("a", stop);
        var canceller = go("canceller", ctx::cancel);
        stop.run();
        Suite.join(a);
        Suite.join(canceller);
        check(stopped.get() + ran.get() == 1, "stopped " + stopped.get() + ", ran " + ran.get());
    }

    static void afterFuncOfEnded() throws Exception {
        var ctx = Context.background().withCancel();
        ctx.cancel();
        var ran = new AtomicInteger();
        ctx.afterFunc(ran::incrementAndGet).await();
        check(ran.get() == 1, "ran " + ran.get());
    }

    // Contexts.

    /// A grandchild is made and waited for while the root is cancelled by two.
    static void cancelDeep() throws Exception {
        var root = Context.background().withCancel();
        var a = go("a", () -> {
            var child = root.withCancel();
            var grandchild = child.withCancel();
            grandchild.awaitDone();
            check(child.isDone(), "the parent of an ended one lives");
        });
        var b = go("b", root::cancel);
        root.cancel();
        check(root.isDone(), "not done");
        Suite.join(a);
        Suite.join(b);
    }

    /// One child ends by itself while its parent does; a second stays registered in between.
    static void childLeavesWhileParentEnds() throws Exception {
        var parent = Context.background().withCancel();
        var one = parent.withCancel();
        var two = parent.withCancel();
        var a = go("a", one::awaitDone);
        var b = go("b", () -> {
            two.awaitDone();
            check(parent.isDone(), "ended before its parent");
        });
        var c = go("c", one::cancel);
        parent.cancel();
        check(one.isDone() && two.isDone(), "a cancel has returned, and a child lives");
        Suite.join(a);
        Suite.join(b);
        Suite.join(c);
    }

    /// Two wait, one is ended by its own child: it is off the parent's list, and the other one still hears.
    static void childEndsAlone() throws Exception {
        var parent = Context.background().withCancel();
        var one = parent.withCancel();
        var waits = go("waits", one::awaitDone);
        var other = go("other", () -> {
            var two = parent.withCancel();
            two.awaitDone();
        });
        one.cancel();
        check(!parent.isDone(), "a child has ended its parent");
        Suite.join(waits);
        parent.cancel();
        Suite.join(other);
    }

    /// Three cancels that meet: each returns only when all below has ended.
    static void cancelsThatMeet() throws Exception {
        var root = Context.background().withCancel();
        var middle = root.withCancel();
        var leaf = middle.withCancel();
        var sleeper = go("sleeper", leaf::awaitDone);
        var a = go("a", () -> {
            middle.cancel();
            check(leaf.isDone(), "a cancel has returned, and what is below lives");
        });
        root.cancel();
        check(middle.isDone() && leaf.isDone(), "a cancel has returned, and what is below lives");
        Suite.join(a);
        Suite.join(sleeper);
    }

    // Groups.

    static void groupAtItsLimit() throws Exception {
        var group = TaskGroup.open(Context.background()).limit(1);
        var running = new AtomicInteger();
        var ran = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            group.go(c -> {
                check(running.incrementAndGet() == 1, "more than the limit");
                ran.incrementAndGet();
                running.decrementAndGet();
            });
        }
        group.join();
        check(ran.get() == 3, "ran " + ran.get());
        group.close();
    }

    static void groupClosedWhileOneWaits() throws Exception {
        var group = TaskGroup.open(Context.background()).limit(1);
        var started = new AtomicInteger();
        group.go(c -> c.awaitDone());
        var other = go("other", () -> {
            try {
                group.go(c -> started.incrementAndGet());
            } catch (IllegalStateException e) {
                started.addAndGet(10); // too late
            }
        });
        group.close();
        Suite.join(other);
        check(started.get() == 10 || started.get() == 1, "started " + started.get());
    }

    /// Two set the first limit while one starts a task.
    static void groupLimitIsSet() throws Exception {
        var group = TaskGroup.open(Context.background());
        var running = new AtomicInteger();
        Suite.Body start = () -> group.go(c -> {
            running.incrementAndGet();
            running.decrementAndGet();
        });
        var other = go("other", start);
        try {
            group.limit(1);
        } catch (IllegalStateException e) {
            check(group.failures().isEmpty(), "a task is active"); // refused, nothing is changed
        }
        Suite.join(other);
        start.run();
        group.join();
        group.close();
        check(running.get() == 0, "running " + running.get());
    }

    static void groupJoinAndCancel() throws Exception {
        var ctx = Context.background().withCancel();
        var group = TaskGroup.open(Context.background());
        var task = group.fork(c -> 7);
        var canceller = go("canceller", ctx::cancel);
        boolean gaveUp = cancelled(() -> group.join(ctx));
        check(gaveUp || (task.isDone() && group.context().isDone()), "joined, and not over");
        group.join();
        check(task.get() == 7 && task.isDone(), "not 7, gave up " + gaveUp);
        task.done().await();
        group.close();
        Suite.join(canceller);
    }

    // Flights.

    static void flightStarted() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var runs = new AtomicInteger();
        var ctx = Context.background().withCancel();
        var a = go("a", () -> cancelled(() -> check(
                flights.start(ctx, "k", c -> runs.incrementAndGet()).receive().get() >= 1, "nothing came")));
        var canceller = go("canceller", ctx::cancel);
        check(flights.get(Context.background(), "k", c -> runs.incrementAndGet()) >= 1, "nothing came");
        Suite.join(a);
        Suite.join(canceller);
        LockWaitProtocols.until(() -> flights.flights() == 0); // one that nobody waits for may still be landing
        check(runs.get() <= 2, "runs " + runs.get());
    }

    /// Both who wait leave: the flight's context ends, and the next one flies anew.
    static void flightDeserted() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        Suite.Body wait = () -> cancelled(() -> flights.get(ctx, "k", c -> {
            c.awaitDone();
            return 1;
        }));
        var a = go("a", wait);
        var canceller = go("canceller", ctx::cancel);
        cancelled(wait);
        Suite.join(a);
        Suite.join(canceller);
        check(flights.get(Context.background(), "k", c -> 2) == 2, "joined what nobody waits for");
    }

    static void flightFails() throws Exception {
        var flights = new SingleFlight<String, Integer>();
        var failure = new IllegalStateException("so");
        Suite.Body fly = () -> {
            try {
                flights.get(Context.background(), "k", c -> {
                    throw failure;
                });
                throw new AssertionError("no failure");
            } catch (IllegalStateException e) {
                check(e == failure, "another failure");
            }
        };
        var a = go("a", fly);
        fly.run();
        Suite.join(a);
        check(flights.flights() == 0, "somebody is in the air");
    }

    // Broadcasts.

    /// One subscriber leaves while a value is sent to two; the other has it.
    static void broadcastAndLeave() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.unbuffered());
        var two = all.subscribe(kind -> kind.unbuffered());
        var leaver = go("leaver", () -> one.abandon("enough"));
        var receiver = go("receiver", () -> check(two.receive() == 1 && two.receive() == 2, "not 1 and 2"));
        all.send(1);
        Suite.join(leaver);
        all.send(2);
        Suite.join(receiver);
        check(all.subscribers() == 1, "subscribers " + all.subscribers());
        all.close();
    }

    static void broadcastTwoSenders() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.unlimited());
        var two = all.subscribe(kind -> kind.unlimited());
        var a = go("a", () -> all.send(1));
        all.send(2);
        Suite.join(a);
        for (int i = 0; i < 2; i++) {
            check(one.receive().equals(two.receive()), "not in the same order");
        }
        all.close();
        check(one.next() instanceof Received.Closed<Integer>, "more than was sent");
    }

    static void broadcastClosedAgainstSend() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.buffered(1));
        var sent = new AtomicInteger();
        var sender = go("sender", () -> {
            for (int i = 0; i < 2; i++) {
                try {
                    all.send(1);
                    sent.incrementAndGet();
                } catch (IllegalStateException e) {
                    return;
                }
            }
        });
        all.close();
        int got = 0;
        for (int ignored : one) {
            got++;
        }
        Suite.join(sender);
        check(got == sent.get(), "sent " + sent.get() + ", got " + got);
    }

    static void broadcastSubscribeAgainstSend() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.unlimited());
        var sender = go("sender", () -> {
            all.send(1);
            all.send(2);
        });
        var two = all.subscribe(kind -> kind.unlimited());
        Suite.join(sender);
        all.close();
        int first = 0;
        int last = 0;
        for (int v : two) {
            first = first == 0 ? v : first;
            last = v;
        }
        check(one.receive() == 1 && one.receive() == 2, "not in order");
        check(first == 0 || last == 2, "has got " + first + " and not what was sent later");
    }

    // Selects.

    /// Of a lock, tokens, an event and a channel: one happens, and nothing of the others stays behind.
    static void selectOfAllKinds() throws Exception {
        var mutex = new Mutex();
        var semaphore = new WeightedSemaphore(1);
        var chan = Chan.<Integer>unbuffered();
        mutex.lock();
        semaphore.acquire(1);
        var a = go("a", mutex::unlock);
        var b = go("b", () -> semaphore.release(1));
        int got = Select.<Integer>first().lock(mutex, () -> 1).acquire(semaphore, 1, () -> 2)
                .receive(chan, v -> 3).run();
        Suite.join(a);
        Suite.join(b);
        check(got == 1 || got == 2, "got " + got);
        check(mutex.tryLock() == (got == 2), "the mutex, got " + got);
        check(semaphore.tryAcquire(1) == (got == 1), "the semaphore, got " + got);
        check(!chan.trySend(1), "somebody still receives");
    }

    /// A select that waits for a lock leaves when another case has come; who waits behind is let in.
    static void selectLeavesLock() throws Exception {
        var lock = new RWMutex();
        var chan = Chan.<Integer>unbuffered();
        lock.rLock();
        var select = go("select", () -> {
            int got = Select.<Integer>first().lock(lock, () -> 1).receive(chan, v -> 2).run();
            if (got == 1) {
                lock.unlock();
            }
        });
        var reader = go("reader", () -> {
            lock.rLock();
            lock.rUnlock();
        });
        boolean sent = chan.trySend(1);
        lock.rUnlock();
        Suite.join(reader);
        Suite.join(select);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken, sent " + sent);
    }

    static void selectOrdered() throws Exception {
        var one = Chan.<Integer>buffered(1);
        var two = Chan.<Integer>buffered(1);
        var sender = go("sender", () -> {
            one.send(1);
            two.send(2);
        });
        int got = Select.<Integer>ordered().receive(one, v -> v).receive(two, v -> v).run();
        check(got == 1, "two was ready after one, and came first: " + got);
        Suite.join(sender);
    }

    static void selectEvent() throws Exception {
        var ctx = Context.background().withCancel();
        var chan = Chan.<Integer>unbuffered();
        var canceller = go("canceller", ctx::cancel);
        var sender = go("sender", () -> chan.trySend(1));
        int first = Select.<Integer>first().done(ctx, _ -> 2).receive(chan, v -> v).run();
        check(first == 1 || ctx.isDone(), "an event that has not come");
        int second = Select.<Integer>first().done(ctx, _ -> 2).run();
        check(second == 2, "second " + second);
        Suite.join(canceller);
        Suite.join(sender);
    }

    // Interrupt bridges.

    /// Two bridges, both ended; a shield in between is not needed: a wait of ours ends by its context.
    static void bridgeAroundOurWait() throws Exception {
        var ctx = Context.background().withCancel();
        var chan = Chan.<Integer>unbuffered();
        var canceller = go("canceller", ctx::cancel);
        check(cancelled(() -> Interruptible.run(ctx, () -> chan.receive(ctx))), "received nothing, and has ended");
        check(!Thread.currentThread().isInterrupted(), "an interrupt is left");
        Suite.join(canceller);
        check(!Thread.currentThread().isInterrupted(), "an interrupt came late");
    }
}
