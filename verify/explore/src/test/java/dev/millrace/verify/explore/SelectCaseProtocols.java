package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.LockWaitProtocols.until;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.internal.LockCore;
import dev.millrace.internal.Offer;
import dev.millrace.internal.SelectCore;
import dev.millrace.internal.SemaphoreCore;
import dev.millrace.sync.Mutex;
import dev.millrace.testing.Bubble;
import dev.millrace.time.Alarm;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Selects: in which order they lock, what they wait for, and what is left of a run.
final class SelectCaseProtocols {
    private SelectCaseProtocols() {}

    // Locks and their order.

    /// A channel that stands in it twice, with another in between, is locked once.
    static void channelTwice() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> one.send(1));
        int got = Select.<Integer>first().receive(one, v -> v).receive(two, v -> v).receive(one, v -> v).run();
        check(got == 1, "got " + got);
        Suite.join(sender);
    }

    private static void finds(LockCore... taken) {
        var select = new SelectCore(false);
        for (LockCore lock : taken) {
            select.acquire(lock, false);
        }
        check(select.poll() == SelectCore.DEFAULT, "a lock that is taken was free");
    }

    /// Two give the locks their places in the order at once.
    static void numbersAtOnce() throws Exception {
        var x = new LockCore(true, "");
        var y = new LockCore(true, "");
        x.acquire();
        y.acquire();
        var other = go("other", () -> finds(x, y, x));
        finds(y, x);
        Suite.join(other);
    }

    /// The second of two is busy for long: the first is let go meanwhile.
    static void busyLock() throws Exception {
        var first = new LockCore(true, "");
        var second = new LockCore(true, "");
        first.acquire();
        second.acquire();
        var busy = new AtomicBoolean();
        var other = go("other", () -> {
            second.lock();
            busy.set(true);
            for (int i = 0; i < 100; i++) { // longer than somebody who holds locks looks
                Thread.yield();
            }
            second.unlock();
        });
        until(busy::get);
        finds(second, first); // numbered from the back
        Suite.join(other);
        finds(first, second);
    }

    static void orderedWithLock() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var mutex = new Mutex();
        var other = go("other", () -> {
            mutex.lock();
            mutex.unlock();
        });
        int got = Select.<Integer>ordered().receive(chan, v -> 2).lock(mutex, () -> 1).orElse(() -> 0).run();
        if (got == 1) {
            check(mutex.isLocked(), "not locked");
            mutex.unlock();
        }
        Suite.join(other);
        check(got != 2 && mutex.tryLock() && !chan.trySend(1), "got " + got);
    }

    /// The second case of an ordered select, and somebody else who wants the one value.
    static void orderedAgainstReceive() throws Exception {
        var one = Chan.<Integer>buffered(1);
        var two = Chan.<Integer>buffered(1);
        two.send(1);
        var got = new AtomicInteger();
        var other = go("other", () -> got.addAndGet(two.tryReceive() == null ? 0 : 1));
        got.addAndGet(Select.<Integer>ordered().receive(one, v -> v).receive(two, v -> v).orElse(() -> 0).run());
        Suite.join(other);
        check(got.get() == 1 && two.len() == 0, "of one value there were " + got.get());
    }

    // What it waits for.

    /// An alarm for which nobody else waits, and no time of its own.
    static void alarmAlone() {
        var alarm = Alarm.in(Duration.ofMillis(1));
        var chan = Chan.<Integer>unbuffered();
        check(Select.<Integer>first().receive(alarm.fired(), _ -> 1).receive(chan, v -> 2).run() == 1, "not 1");
    }

    /// The end of what is not ours claims the select as a partner does.
    static void foreignAgainstSender() throws Exception {
        var source = new ContextForeignProtocols.Source();
        var ctx = Context.from(source);
        var chan = Chan.<Integer>unbuffered();
        var given = new AtomicBoolean();
        var sender = go("sender", () -> given.set(chan.trySend(1)));
        var ender = go("ender", () -> source.end(new IllegalStateException("so")));
        int got = Select.<Integer>first().receive(chan, v -> v).done(ctx, _ -> 0).run();
        Suite.join(sender);
        Suite.join(ender);
        check(got == (given.get() ? 1 : 0), "got " + got + ", given " + given);
        check(chan.snapshot().blockedReceivers() == 0, "its place is still in the queue");
    }

    // Misuse.

    /// Who is asked while the select runs runs it once more.
    static void runsItself() {
        var none = SemaphoreCore.make("", 0);
        refusesItself(select -> select.acquire(none, 1), SelectCore::poll);
        refusesItself(select -> select.acquire(none, 1), select -> select.run(null, 1));
    }

    private interface Adding {
        Offer to(SelectCore select);
    }

    private interface Running {
        int run(SelectCore select);
    }

    private static void refusesItself(Adding adding, Running running) {
        var select = new SelectCore(false);
        var asked = new AtomicInteger();
        var refused = new AtomicInteger();
        adding.to(select).over(() -> {
            if (asked.incrementAndGet() == 1) {
                try {
                    running.run(select);
                } catch (IllegalStateException e) {
                    refused.incrementAndGet();
                }
            }
            return false;
        });
        check(running.run(select) < 0 && refused.get() == 1, "a select that runs was run");
    }

    /// From outside its bubble a select is refused also when nothing in it is ready.
    static void fromOutside() throws Exception {
        Bubble.run(b -> {
            var chan = Chan.<Integer>unbuffered();
            var refused = new AtomicInteger();
            var outside = go("outside", () -> {
                try {
                    Select.<Integer>first().receive(chan, v -> v).orElse(() -> 0).run();
                } catch (IllegalStateException e) {
                    refused.set(1);
                }
            });
            Suite.join(outside);
            check(refused.get() == 1, "not refused");
        });
    }

    // What is left.

    /// A case that the last run did not do has no value, though the run before did it.
    static void lastRunIsForgotten() {
        var one = Chan.<Integer>buffered(1);
        var two = Chan.<Integer>buffered(1);
        var selector = Selector.ordered();
        var first = selector.receive(one);
        var second = selector.receive(two);
        one.send(1);
        check(selector.await() == first && first.value() == 1, "not the first");
        two.send(2);
        check(selector.await() == second && second.value() == 2, "not the second");
        try {
            throw new AssertionError("a value of the run before: " + first.value());
        } catch (IllegalStateException e) {
            check(!first.isClosed(), "closed");
        }
    }

    /// Both channels end while the select waits: one case happens, and of the other nothing is to be seen.
    static void otherEndIsForgotten() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var selector = Selector.random();
        var first = selector.receive(one);
        var second = selector.receive(two);
        var closer = go("closer", () -> {
            one.close();
            two.close();
        });
        var happened = selector.await();
        check(first.isClosed() == (happened == first) && second.isClosed() == (happened == second),
                "first " + first.isClosed() + ", second " + second.isClosed());
        Suite.join(closer);
    }
}
