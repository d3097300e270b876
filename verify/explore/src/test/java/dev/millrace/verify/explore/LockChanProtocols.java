package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.LockWaitProtocols.until;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.AtRest;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Channels whose queues are in a certain state when the next one comes: mostly barging ones, with so many places that a waiter is woken to try
/// again.
final class LockChanProtocols {
    private static final Duration SOON = Duration.ofMillis(1);

    private LockChanProtocols() {}

    /// Two places become free while three wait to send: the one who was woken sees to the second.
    static void bargingThreeSenders() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        for (int i = 0; i < 8; i++) {
            chan.send(0);
        }
        var sent = new AtomicInteger();
        Suite.Body send = () -> {
            chan.send(1);
            sent.incrementAndGet();
        };
        var threads = new Thread[3];
        for (int i = 0; i < 3; i++) {
            threads[i] = go("t" + i, send);
        }
        until(() -> chan.snapshot().blockedSenders() == 3);
        chan.receive();
        chan.receive();
        until(() -> sent.get() == 2);
        chan.receive();
        for (Thread t : threads) {
            Suite.join(t);
        }
        check(chan.len() == 8, "left " + chan.len());
    }

    /// The same with two values for three who receive.
    static void bargingThreeReceivers() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        var got = new AtomicInteger();
        Suite.Body receive = () -> got.addAndGet(chan.receive());
        var threads = new Thread[3];
        for (int i = 0; i < 3; i++) {
            threads[i] = go("t" + i, receive);
        }
        until(() -> chan.snapshot().blockedReceivers() == 3);
        chan.send(1);
        chan.send(1);
        until(() -> got.get() == 2);
        chan.send(1);
        for (Thread t : threads) {
            Suite.join(t);
        }
        check(got.get() == 3 && chan.len() == 0, "got " + got.get());
    }

    /// The buffer is full and a receiver on its way: who sends waits for it, and it sees to the other.
    static void bargingFull() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        var got = new AtomicInteger();
        Suite.Body receive = () -> got.addAndGet(chan.receive());
        var first = go("first", receive);
        var second = go("second", receive);
        until(() -> chan.snapshot().blockedReceivers() == 2);
        for (int i = 1; i <= 9; i++) {
            chan.send(i);
        }
        Suite.join(first);
        Suite.join(second);
        check(got.get() == 3 && chan.len() == 7, "got " + got.get() + ", left " + chan.len());
    }

    /// The same with an empty buffer and a sender on its way.
    static void bargingEmpty() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        for (int i = 0; i < 8; i++) {
            chan.send(0);
        }
        Suite.Body send = () -> chan.send(1);
        var first = go("first", send);
        var second = go("second", send);
        until(() -> chan.snapshot().blockedSenders() == 2);
        int sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += chan.receive();
        }
        Suite.join(first);
        Suite.join(second);
        check(sum == 1 && chan.len() == 1, "got " + sum + ", left " + chan.len());
    }

    /// While one is on its way to the first value the next is sent: the select behind gets the first, the second stays for the other.
    static void bargingSelectBehind() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        var got = new AtomicInteger();
        var first = go("first", () -> got.addAndGet(chan.receive()));
        until(() -> chan.snapshot().blockedReceivers() == 1);
        var behind = go("behind", () -> got.addAndGet(Select.<Integer>first().receive(chan, v -> v).run()));
        until(() -> chan.snapshot().blockedReceivers() == 2);
        chan.send(1);
        chan.send(2);
        Suite.join(first);
        Suite.join(behind);
        check(got.get() == 3 && chan.len() == 0, "got " + got.get() + ", left " + chan.len());
    }

    /// While one is on its way the channel is closed: who is behind gets the value, or the end.
    static void bargingClose() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        var got = new AtomicInteger();
        Suite.Body receive = () -> {
            try {
                got.addAndGet(chan.receive());
            } catch (ChanClosedException e) {
                got.addAndGet(10);
            }
        };
        var first = go("first", receive);
        var behind = go("behind", receive);
        until(() -> chan.snapshot().blockedReceivers() == 2);
        chan.send(1);
        chan.close();
        Suite.join(first);
        Suite.join(behind);
        check(got.get() == 11, "got " + got.get());
    }

    static void receiverLeavesQueue() throws Exception {
        Chan<Integer> chan = Chan.buffered(2);
        CancellableContext ctx = Context.background().withCancel();
        var receiver = go("receiver", () -> {
            try {
                chan.receive(ctx);
                throw new AssertionError("received what nobody has sent");
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        until(() -> chan.snapshot().blockedReceivers() == 1);
        ctx.cancel();
        Suite.join(receiver);
        check(chan.snapshot().blockedReceivers() == 0, "who gave up still waits");
    }

    /// The alarm rings while the first who waits for it has just been cancelled: the second has it.
    static void alarmPassesOver() throws Exception {
        var alarm = Alarm.in(SOON);
        CancellableContext ctx = Context.background().withCancel();
        var got = new AtomicInteger();
        var first = go("first", () -> {
            try {
                alarm.fired().receive(ctx);
                got.addAndGet(1);
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        until(() -> got.get() == 1 || alarm.fired().snapshot().blockedReceivers() == 1);
        ctx.cancel();
        var second = go("second", () -> {
            alarm.fired().receive(ctx.detach());
            got.addAndGet(2);
        });
        Suite.join(first);
        if (got.get() == 0) {
            Suite.join(second);
            check(got.get() == 2, "got " + got.get());
        } else {
            alarm.reset(SOON); // for the second
            Suite.join(second);
        }
    }

    /// Two wait for a ticker: who is left after a tick has the next.
    static void tickerOfTwo() throws Exception {
        var ticker = Ticker.every(SOON);
        var first = go("first", () -> ticker.ticks().receive());
        var second = go("second", () -> ticker.ticks().receive());
        Suite.join(first);
        Suite.join(second);
    }

    // No timer is left when nobody waits for the alarm any more: in a bubble it would move the clock.

    private static Thread waitsFor(Alarm alarm, Context ctx) {
        return go("waits", () -> {
            try {
                alarm.fired().receive(ctx);
                throw new AssertionError("a value after an hour");
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            } catch (ChanClosedException e) {
                check(alarm.fired().snapshot().closed(), "closed by nobody");
            }
        });
    }

    static void alarmIsGivenUp() throws Exception {
        var alarm = Alarm.in(Duration.ofHours(1));
        CancellableContext ctx = Context.background().withCancel();
        var waits = waitsFor(alarm, ctx);
        until(AtRest::someTimerIsSet);
        ctx.cancel();
        Suite.join(waits);
        check(!AtRest.someTimerIsSet(), "a timer for nobody");
    }

    static void alarmIsStopped() throws Exception {
        var alarm = Alarm.in(Duration.ofHours(1));
        CancellableContext ctx = Context.background().withCancel();
        var waits = waitsFor(alarm, ctx);
        until(AtRest::someTimerIsSet);
        check(alarm.stop(), "not stopped by the only one");
        check(!AtRest.someTimerIsSet(), "a timer for nothing");
        ctx.cancel();
        Suite.join(waits);
    }

    static void alarmIsAbandoned() throws Exception {
        var alarm = Alarm.in(Duration.ofHours(1));
        var waits = waitsFor(alarm, Context.background());
        until(AtRest::someTimerIsSet);
        alarm.fired().abandon("enough");
        Suite.join(waits);
        check(!AtRest.someTimerIsSet(), "a timer for nobody");
    }

    static void alarmLosesSelect() throws Exception {
        var alarm = Alarm.in(Duration.ofHours(1));
        var chan = Chan.<Integer>unbuffered();
        var sender = go("sender", () -> {
            until(AtRest::someTimerIsSet);
            chan.send(1);
        });
        int got = Select.<Integer>first().receive(alarm.fired(), _ -> 2).receive(chan, v -> v).run();
        check(got == 1 && !AtRest.someTimerIsSet(), "a timer for nobody, got " + got);
        Suite.join(sender);
    }
}
