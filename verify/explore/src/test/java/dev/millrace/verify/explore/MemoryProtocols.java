package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Operations for which there is no memory, once in each schedule, at any object that is made. One that fails with that has not happened, and has
/// left everything as it was: so done once more it succeeds, and all ends as if nothing had been.
final class MemoryProtocols {
    private MemoryProtocols() {}

    static void unbuffered() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        var sender = go("sender", () -> done(() -> chan.send(1)));
        int got = made(chan::receive);
        Suite.join(sender);
        check(got == 1 && chan.len() == 0, "got " + got);
    }

    static void buffered() throws Exception {
        Chan<Integer> chan = made(() -> Chan.buffered(1));
        var a = go("a", () -> done(() -> chan.send(1)));
        var b = go("b", () -> done(() -> chan.send(1)));
        int got = made(chan::receive) + made(chan::receive);
        Suite.join(a);
        Suite.join(b);
        check(got == 2 && chan.len() == 0, "got " + got);
    }

    static void unlimited() throws Exception {
        Chan<Integer> chan = made(Chan::unlimited);
        Suite.Body send = () -> {
            for (int i = 0; i < 10; i++) {
                done(() -> chan.send(1));
            }
        };
        var a = go("a", send);
        send.run();
        Suite.join(a);
        check(chan.len() == 20, "left " + chan.len());
    }

    static void receiveUnderContext() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var got = made(AtomicInteger::new);
        var receiver = go("receiver", () -> {
            try {
                got.set(made(() -> chan.receive(ctx)));
            } catch (ContextException e) {
                got.set(-1);
            }
        });
        var canceller = go("canceller", () -> done(ctx::cancel));
        boolean sent = made(() -> chan.trySend(7));
        Suite.join(receiver);
        Suite.join(canceller);
        check(got.get() == (sent ? 7 : -1), "sent " + sent + ", got " + got.get());
    }

    static void select() throws Exception {
        Chan<Integer> one = made(Chan::unbuffered);
        Chan<Integer> two = made(Chan::unbuffered);
        var sender = go("sender", () -> done(() -> one.send(1)));
        int got = made(() -> Select.<Integer>first().receive(one, v -> v).receive(two, v -> v).run());
        Suite.join(sender);
        check(got == 1, "got " + got);
        check(!made(() -> one.trySend(1)) && !made(() -> two.trySend(1)), "somebody still receives");
    }

    static void mutex() throws Exception {
        Mutex mutex = made(Mutex::new);
        var n = made(AtomicInteger::new);
        Suite.Body add = () -> {
            done(mutex::lock);
            check(n.incrementAndGet() == 1, "two have it");
            n.decrementAndGet();
            done(mutex::unlock);
        };
        var a = go("a", add);
        add.run();
        Suite.join(a);
        check(mutex.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void rwMutex() throws Exception {
        RWMutex lock = made(RWMutex::new);
        var reader = go("reader", () -> {
            done(lock::rLock);
            done(lock::rUnlock);
        });
        var writer = go("writer", () -> {
            done(lock::lock);
            done(lock::unlock);
        });
        Suite.join(reader);
        Suite.join(writer);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void cond() throws Exception {
        Mutex mutex = made(Mutex::new);
        Cond cond = made(() -> new Cond(mutex));
        var ready = made(() -> new boolean[1]);
        var waiter = go("waiter", () -> {
            done(mutex::lock);
            while (!ready[0]) {
                done(cond::await);
            }
            done(mutex::unlock);
        });
        done(mutex::lock);
        ready[0] = true;
        done(mutex::unlock);
        done(cond::broadcast);
        Suite.join(waiter);
        check(cond.waiting() == 0, "somebody waits");
    }

    static void semaphore() throws Exception {
        WeightedSemaphore semaphore = made(() -> new WeightedSemaphore(1));
        Suite.Body use = () -> {
            done(() -> semaphore.acquire(1));
            done(() -> semaphore.release(1));
        };
        var a = go("a", use);
        use.run();
        Suite.join(a);
        check(semaphore.available() == 1, "available " + semaphore.available());
    }

    static void waitGroup() throws Exception {
        WaitGroup wg = made(WaitGroup::new);
        done(() -> wg.add(1));
        var a = go("a", () -> done(wg::done));
        done(wg::await);
        Suite.join(a);
        check(wg.count() == 0, "count " + wg.count());
    }

    /// The body runs once, unless there was no memory to begin it.
    static void once() throws Exception {
        Once once = made(Once::new);
        var runs = made(AtomicInteger::new);
        Suite.Body run = () -> done(() -> once.run(runs::incrementAndGet));
        var a = go("a", run);
        run.run();
        Suite.join(a);
        check(runs.get() == 1 && once.isDone(), "runs " + runs.get());
    }

    static void cancelAndChild() throws Exception {
        CancellableContext parent = made(() -> Context.background().withCancel());
        var canceller = go("canceller", () -> done(parent::cancel));
        CancellableContext child = made(parent::withCancel);
        try {
            done(child::awaitDone);
        } finally {
            Suite.join(canceller);
        }
        check(child.isDone() && parent.isDone(), "not done");
    }

    /// An action for which no thread can be started is reported.
    static void afterFunc() throws Exception {
        Scarcity.listen();
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var ran = made(AtomicInteger::new);
        var after = made(() -> ctx.afterFunc(ran::incrementAndGet));
        var canceller = go("canceller", () -> done(ctx::cancel));
        boolean stopped = made(after::stop);
        Suite.join(canceller);
        check(stopped != after.isStarted(), "stopped " + stopped);
        check(!stopped || ran.get() == 0, "stopped, and has run");
    }

    static void group() throws Exception {
        TaskGroup group = made(() -> TaskGroup.open(Context.background()));
        var ran = made(AtomicInteger::new);
        for (int i = 0; i < 2; i++) {
            done(() -> group.go(c -> ran.incrementAndGet()));
        }
        boolean failed = false;
        try {
            group.join();
        } catch (OutOfMemoryError e) {
            failed = true; // a task that had no memory to begin, or the join itself
        }
        try {
            done(group::close);
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        check(ran.get() == 2 || failed, "ran " + ran.get());
    }

    static void broadcast() throws Exception {
        Broadcast<Integer> all = made(Broadcast::new);
        var one = made(() -> all.subscribe(kind -> kind.unlimited()));
        var sender = go("sender", () -> done(() -> all.send(1)));
        Suite.join(sender);
        check(made(one::receive) == 1, "not 1");
        done(all::close);
    }

    /// A value that is out of the channel comes as an answer, whenever there is memory for that.
    static void answer() throws Exception {
        Chan<Integer> chan = made(() -> Chan.buffered(1));
        var sender = go("sender", () -> done(() -> chan.send(1)));
        Received<Integer> got = made(chan::next);
        Suite.join(sender);
        check(got instanceof Received.Value<Integer>(var v) && v == 1, "not 1");
        done(() -> chan.send(2));
        got = made(chan::tryReceive);
        check(got instanceof Received.Value<Integer>(var v) && v == 2, "not 2");
    }

    /// Who waits for the action hears of its end, also when there is no memory to begin it or to tell.
    static void afterFuncAwaited() throws Exception {
        Scarcity.listen();
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var ran = made(AtomicInteger::new);
        var after = made(() -> ctx.afterFunc(ran::incrementAndGet));
        var canceller = go("canceller", () -> done(ctx::cancel));
        done(after::await);
        check(after.isStarted(), "not started");
        Suite.join(canceller);
    }

    static void onceDone() throws Exception {
        Once once = made(Once::new);
        var runner = go("runner", () -> done(() -> once.run(() -> {})));
        var event = made(once::done);
        done(event::await);
        check(once.isDone(), "not done");
        Suite.join(runner);
    }

    static void singleFlight() throws Exception {
        SingleFlight<String, Integer> flights = made(SingleFlight::new);
        Suite.Body fly = () -> check(made(() -> flights.get(Context.background(), "k", c -> 1)) == 1, "not 1");
        var a = go("a", fly);
        fly.run();
        Suite.join(a);
        int left = made(flights::flights);
        check(left == 0, "still in flight");
    }

    static void forkedTask() throws Exception {
        TaskGroup group = made(() -> TaskGroup.open(Context.background()));
        var task = made(() -> group.fork(c -> 1));
        done(() -> task.done().await());
        check(task.isDone(), "not done");
        done(group::close);
    }
}
