package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Waits that an interrupt may end, once in each schedule, at any of them: nothing is lost, nobody is held up, the status is set again.
final class InterruptProtocols {
    private InterruptProtocols() {}

    /// Whether an interrupt came first. The status, which is set again then, is cleared.
    static boolean interrupted(Suite.Body body) throws Exception {
        try {
            body.run();
            return false;
        } catch (InterruptedWaitException e) {
            check(Thread.interrupted(), "the interrupt status is not set again");
            return true;
        }
    }

    static void cond() throws Exception {
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var tokens = new int[1];
        var given = new AtomicInteger();
        Suite.Body take = () -> {
            mutex.lock();
            boolean gaveUp = interrupted(() -> {
                while (tokens[0] == 0) {
                    cond.await();
                }
                tokens[0]--;
                given.incrementAndGet();
            });
            mutex.unlock();
            check(!gaveUp || !Thread.currentThread().isInterrupted(), "another interrupt");
        };
        var a = go("a", take);
        var b = go("b", take);
        for (int i = 0; i < 2; i++) {
            mutex.lock();
            tokens[0]++;
            mutex.unlock();
            cond.signal();
        }
        Suite.join(a);
        Suite.join(b);
        mutex.lock();
        check(tokens[0] + given.get() == 2 && given.get() >= 1 && cond.waiting() == 0,
                "given " + given.get() + ", left " + tokens[0]);
        mutex.unlock();
    }

    static void semaphore() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        semaphore.acquire(1);
        Suite.Body two = () -> {
            if (!interrupted(() -> semaphore.acquire(2))) {
                semaphore.release(2);
            }
        };
        var a = go("a", two);
        var b = go("b", () -> {
            if (!interrupted(() -> semaphore.acquire(1))) {
                semaphore.release(1);
            }
        });
        semaphore.release(1);
        Suite.join(a);
        Suite.join(b);
        check(semaphore.available() == 2, "available " + semaphore.available());
    }

    static void waitGroup() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        Suite.Body wait = () -> {
            if (!interrupted(wg::await)) {
                check(wg.count() == 0, "count " + wg.count());
            }
        };
        var a = go("a", wait);
        var b = go("b", wait);
        wg.done();
        Suite.join(a);
        Suite.join(b);
        wg.await();
    }

    static void once() throws Exception {
        var once = new Once();
        var runs = new AtomicInteger();
        Suite.Body run = () -> {
            if (!interrupted(() -> once.run(runs::incrementAndGet))) {
                check(runs.get() == 1 && once.isDone(), "not yet");
            }
        };
        var a = go("a", run);
        run.run();
        Suite.join(a);
        check(runs.get() == 1, "runs " + runs.get());
    }

    static void group() throws Exception {
        var group = TaskGroup.open(Context.background()).limit(1);
        var ran = new AtomicInteger();
        int started = 0;
        for (int i = 0; i < 2; i++) {
            started += interrupted(() -> group.go(c -> ran.incrementAndGet())) ? 0 : 1;
        }
        if (interrupted(group::join)) {
            group.join();
        }
        group.close();
        check(ran.get() == started, "started " + started + ", ran " + ran.get());
    }

    static void singleFlight() throws Exception {
        var flight = new SingleFlight<String, Integer>();
        Suite.Body fly = () -> interrupted(() -> check(
                flight.get(Context.background(), "k", c -> 1) == 1, "nothing came"));
        var a = go("a", fly);
        fly.run();
        Suite.join(a);
        check(flight.flights() == 0, "somebody is in the air");
    }

    static void broadcast() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.unbuffered());
        var sent = new AtomicInteger();
        var sender = go("sender", () -> {
            if (!interrupted(() -> all.send(1))) {
                sent.incrementAndGet();
            }
            all.close();
        });
        var received = new AtomicInteger();
        interrupted(() -> received.set(one.next() instanceof Received.Value<Integer> ? 1 : 0));
        one.abandon("enough");
        Suite.join(sender);
        check(received.get() <= sent.get(), "sent " + sent.get() + ", got " + received.get());
    }

    static void awaitDone() throws Exception {
        var parent = Context.background().withCancel();
        var child = parent.withCancel();
        var canceller = go("canceller", parent::cancel);
        if (!interrupted(child::awaitDone)) {
            check(child.isDone(), "not done");
        }
        Suite.join(canceller);
        check(child.isDone(), "not done");
    }

    /// A wait under a context, of which any of the three may be the end.
    static void lockUnderContext() throws Exception {
        var lock = new RWMutex();
        var ctx = Context.background().withCancel();
        lock.lock();
        var reader = go("reader", () -> {
            if (!interrupted(() -> lock.rLock(ctx))) {
                lock.rUnlock();
            }
        });
        var writer = go("writer", () -> {
            if (!interrupted(() -> lock.lock(ctx))) {
                lock.unlock();
            }
        });
        lock.unlock();
        Suite.join(reader);
        Suite.join(writer);
        check(lock.tryLock(), "nobody holds it, and it cannot be taken");
    }

    static void buffered() throws Exception {
        var chan = Chan.<Integer>buffered(1);
        var sent = new AtomicInteger();
        Suite.Body send = () -> {
            if (!interrupted(() -> chan.send(1))) {
                sent.incrementAndGet();
            }
        };
        var a = go("a", send);
        var b = go("b", send);
        var got = new AtomicInteger();
        if (interrupted(() -> got.addAndGet(chan.receive()))) {
            got.addAndGet(chan.receive());
        }
        Suite.join(a); // at most one was interrupted: there is room for who is left
        Suite.join(b);
        while (chan.tryReceive() != null) {
            got.incrementAndGet();
        }
        check(sent.get() == got.get(), "sent " + sent.get() + ", got " + got.get());
    }

    static void sleep() throws Exception {
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        try {
            interrupted(() -> ctx.sleep(java.time.Duration.ofMillis(1)));
        } catch (dev.millrace.context.ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
        Suite.join(canceller);
        check(ctx.isDone(), "not done");
    }
}
