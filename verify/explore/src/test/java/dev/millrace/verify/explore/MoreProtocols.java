package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// More programs: what stands on the lowest layer, and what waits for several things.
final class MoreProtocols {
    private MoreProtocols() {}

    // Conditions.

    static void condSignal() throws Exception {
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var ready = new boolean[1];
        var other = go("other", () -> {
            mutex.lock();
            ready[0] = true;
            mutex.unlock();
            cond.signal();
        });
        mutex.lock();
        while (!ready[0]) {
            cond.await();
        }
        mutex.unlock();
        other.join();
        check(cond.waiting() == 0, "somebody waits");
    }

    static void condCancel() throws Exception {
        var mutex = new Mutex();
        var cond = new Cond(mutex);
        var ctx = Context.background().withCancel();
        var ready = new boolean[1];
        var got = new AtomicInteger();
        var waiter = go("waiter", () -> {
            mutex.lock();
            try {
                while (!ready[0]) {
                    cond.await(ctx);
                }
                got.set(1);
            } catch (ContextException e) {
                got.set(2);
            } finally {
                mutex.unlock();
            }
        });
        var canceller = go("canceller", ctx::cancel);
        mutex.lock();
        ready[0] = true;
        mutex.unlock();
        cond.signal();
        waiter.join();
        canceller.join();
        check(got.get() != 0 && mutex.tryLock() && cond.waiting() == 0, "got " + got.get() + ", " + cond);
    }

    // Semaphores.

    static void semaphore() throws Exception {
        var semaphore = new WeightedSemaphore(2);
        var held = new AtomicInteger();
        Suite.Body two = () -> {
            semaphore.acquire(2);
            check(held.addAndGet(2) <= 2, "more than there are");
            held.addAndGet(-2);
            semaphore.release(2);
        };
        var a = go("a", two);
        semaphore.acquire(1);
        check(held.incrementAndGet() <= 2, "more than there are");
        held.decrementAndGet();
        semaphore.release(1);
        a.join();
        check(semaphore.available() == 2, "available " + semaphore.available());
    }

    static void semaphoreCancel() throws Exception {
        var semaphore = new WeightedSemaphore(1);
        semaphore.acquire(1);
        var ctx = Context.background().withCancel();
        var got = new AtomicInteger();
        var other = go("other", () -> {
            try {
                semaphore.acquire(ctx, 1);
                semaphore.release(1);
                got.set(1);
            } catch (ContextException e) {
                got.set(2);
            }
        });
        var canceller = go("canceller", ctx::cancel);
        semaphore.release(1);
        other.join();
        canceller.join();
        check(got.get() != 0 && semaphore.available() == 1, "got " + got.get() + ", " + semaphore);
    }

    // Select.

    static void selectsInOppositeOrder() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var got = new AtomicInteger();
        var other = go("other", () -> got.addAndGet(Select.<Integer>first()
                .send(two, 2, () -> 0).receive(one, v -> v).run()));
        got.addAndGet(Select.<Integer>first().send(one, 1, () -> 0).receive(two, v -> v).run());
        other.join();
        check(got.get() == 1 || got.get() == 2, "matched " + got.get());
        Fates.atRest(one);
        Fates.atRest(two);
    }

    static void selectAndCancel() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        var got = new AtomicInteger();
        var receiver = go("receiver", () -> got.set(Select.<Integer>first()
                .receive(chan, v -> v).done(ctx, cause -> -1).run()));
        boolean sent = chan.trySend(7);
        receiver.join();
        canceller.join();
        check(got.get() == (sent ? 7 : -1), "sent " + sent + ", got " + got.get());
    }

    static void selectOrElse() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var got = new AtomicInteger();
        var receiver = go("receiver", () -> got.set(chan.receive()));
        int sent = Select.<Integer>first().send(chan, 7, () -> 1).orElse(() -> 0).run();
        if (sent == 0) {
            chan.send(8);
        }
        receiver.join();
        check(got.get() == (sent == 1 ? 7 : 8), "sent " + sent + ", got " + got.get());
    }

    static void selectTimeout() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var sent = new AtomicInteger(-1);
        var sender = go("sender", () -> sent.set(chan.trySend(1) ? 1 : -1));
        int got = Select.<Integer>first().receive(chan, v -> v).timeout(Duration.ofMillis(1), () -> -1).run();
        sender.join();
        check(got == sent.get(), "sent " + sent.get() + ", got " + got);
    }

    // Groups.

    static void groupFirstFailure() throws Exception {
        var first = new IllegalStateException("first");
        var second = new IllegalStateException("second");
        var group = TaskGroup.open(Context.background());
        group.go(c -> {
            throw first;
        });
        group.go(c -> {
            throw second;
        });
        try {
            group.join();
            throw new AssertionError("no failure");
        } catch (IllegalStateException e) {
            check(e == first || e == second, "another failure");
        }
        check(group.context().isDone(), "not cancelled");
        group.close();
    }

    static void groupCancelsOthers() throws Exception {
        var group = TaskGroup.open(Context.background());
        var ended = new AtomicInteger();
        group.go(c -> {
            c.awaitDone();
            ended.incrementAndGet();
        });
        group.go(c -> {
            throw new IllegalStateException("so");
        });
        try {
            group.join();
            throw new AssertionError("no failure");
        } catch (IllegalStateException e) {
            check(ended.get() == 1, "a task still runs");
        }
        group.close();
    }

    static void singleFlight() throws Exception {
        var flight = new SingleFlight<String, Integer>();
        var runs = new AtomicInteger();
        Suite.Body fly = () -> check(
                flight.get(Context.background(), "k", c -> runs.incrementAndGet()) >= 1, "nothing came");
        var a = go("a", fly);
        fly.run();
        a.join();
        check(runs.get() >= 1 && runs.get() <= 2 && flight.flights() == 0, "runs " + runs.get());
    }

    static void singleFlightLeft() throws Exception {
        var flight = new SingleFlight<String, Integer>();
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        try {
            check(flight.get(ctx, "k", c -> 1) == 1, "not 1");
        } catch (ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
        check(flight.get(Context.background(), "k", c -> 2) <= 2, "neither");
        canceller.join();
    }

    // Broadcast.

    static void broadcast() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.buffered(1));
        var sender = go("sender", () -> {
            all.send(1);
            all.close();
        });
        int sum = 0;
        for (int v : one) {
            sum += v;
        }
        sender.join();
        check(sum == 1, "sum " + sum);
    }
}
