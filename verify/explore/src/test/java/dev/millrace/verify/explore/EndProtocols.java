package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.InterruptProtocols.interrupted;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// What may come between while a channel of each flavour is in use: it is closed, abandoned, its users' context ends, they are interrupted. Each value
/// that a sender has got rid of is received or goes to the hook, once; nobody waits afterwards.
final class EndProtocols {
    static final List<String> FLAVOURS =
            List.of("unbuffered", "buffered", "unlimited", "latest", "dropping oldest", "dropping newest");

    private EndProtocols() {}

    private static Chan<Integer> made(String flavour, Fates fates) {
        Chan.Maker<Integer> maker = fates.counting();
        return switch (flavour) {
            case "unbuffered" -> maker.unbuffered();
            case "buffered" -> maker.buffered(1);
            case "unlimited" -> maker.unlimited();
            case "latest" -> maker.latest();
            case "dropping oldest" -> {
                Chan<Integer> full = maker.droppingOldest(2);
                fates.send(full, 4, 8);
                yield full;
            }
            case "dropping newest" -> maker.droppingNewest(1);
            default -> throw new IllegalArgumentException(flavour);
        };
    }

    // As lambdas, which carry the flavour.

    static Suite.Protocol closed(String flavour) {
        return () -> closeWhileSending(flavour);
    }

    static Suite.Protocol abandoned(String flavour) {
        return () -> abandonWhileSending(flavour);
    }

    static Suite.Protocol cancelled(String flavour) {
        return () -> cancelWhileSending(flavour);
    }

    static Suite.Protocol struck(String flavour) {
        return () -> interruptWhileSending(flavour);
    }

    private static void closeWhileSending(String flavour) throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = made(flavour, fates);
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var closer = go("closer", chan::close);
        fates.drain(chan);
        Suite.join(sender);
        Suite.join(closer);
        fates.balance();
        Fates.atRest(chan);
        check((fates.sent.get() & 3) != 2, "sent the second only");
    }

    private static void abandonWhileSending(String flavour) throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = made(flavour, fates);
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var leaver = go("leaver", () -> chan.abandon("enough"));
        if (chan.next() instanceof Received.Value<Integer>(Integer bit)) {
            Fates.once(fates.received, bit);
        }
        Suite.join(sender);
        Suite.join(leaver);
        check(chan.next() instanceof Received.Closed<Integer>, "a value after the end");
        fates.balance();
        Fates.atRest(chan);
    }

    /// Sender and receiver are under one context.
    private static void cancelWhileSending(String flavour) throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = made(flavour, fates);
        var ctx = Context.background().withCancel();
        var sender = go("sender", () -> fates.send(ctx, chan, 1, 2));
        var canceller = go("canceller", ctx::cancel);
        fates.drain(ctx, chan);
        Suite.join(sender);
        Suite.join(canceller);
        Fates.nobodyWaits(chan);
        chan.close();
        fates.drain(chan);
        fates.balance();
        Fates.atRest(chan);
    }

    /// The sender sends until it is interrupted, and closes; the receiver goes on after an interrupt.
    private static void interruptWhileSending(String flavour) throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = made(flavour, fates);
        var sender = go("sender", () -> {
            interrupted(() -> fates.send(chan, 1, 2));
            chan.close();
        });
        while (interrupted(() -> fates.drain(chan))) {
            check(chan.snapshot().blockedReceivers() == 0, "who has gone still waits");
        }
        Suite.join(sender);
        fates.balance();
        Fates.atRest(chan);
    }

    // Cancel against delivery, by senders.

    /// Sent XOR cancelled: there is one look of a receiver.
    static void senderUnderContext() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var ctx = Context.background().withCancel();
        var sender = go("sender", () -> fates.send(ctx, chan, 1));
        var canceller = go("canceller", ctx::cancel);
        if (chan.tryReceive() instanceof Received.Value<Integer>(Integer bit)) {
            Fates.once(fates.received, bit);
        }
        Suite.join(sender);
        Suite.join(canceller);
        fates.balance();
        Fates.atRest(chan);
    }

    /// The buffer is full: a receiver makes room for the one who waits, who may be cancelled.
    static void senderToFullUnderContext() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.buffered(1);
        fates.send(chan, 1);
        var ctx = Context.background().withCancel();
        var sender = go("sender", () -> fates.send(ctx, chan, 2));
        var canceller = go("canceller", ctx::cancel);
        fates.receive(chan);
        Suite.join(sender);
        Suite.join(canceller);
        Fates.nobodyWaits(chan);
        chan.close();
        fates.drain(chan);
        fates.balance();
    }

    /// Two wait to send, and the first is cancelled: the second has the receiver's turn.
    static void secondSenderHasTheTurn() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var ctx = Context.background().withCancel();
        var first = go("first", () -> fates.send(ctx, chan, 1));
        var second = go("second", () -> fates.send(chan, 4));
        var canceller = go("canceller", ctx::cancel);
        fates.receive(chan);
        Suite.join(canceller);
        Suite.join(first);
        if (chan.tryReceive() instanceof Received.Value<Integer>(Integer bit)) {
            Fates.once(fates.received, bit);
        } else if ((fates.received.get() & 4) == 0) {
            fates.receive(chan);
        }
        Suite.join(second);
        fates.balance();
        Fates.atRest(chan);
        check((fates.received.get() & 4) != 0, "who was not cancelled has not sent");
    }

    static void selectSendsUnderContext() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var ctx = Context.background().withCancel();
        var sender = go("sender", () -> {
            try {
                Fates.once(fates.sent, Select.<Integer>first().send(chan, 1, () -> 1).run(ctx));
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        });
        var canceller = go("canceller", ctx::cancel);
        if (chan.tryReceive() instanceof Received.Value<Integer>(Integer bit)) {
            Fates.once(fates.received, bit);
        }
        Suite.join(sender);
        Suite.join(canceller);
        fates.balance();
        Fates.atRest(chan);
    }

    // The channel on which nothing happens.

    static void never() throws Exception {
        Chan<Integer> chan = Chan.never();
        var ctx = Context.background().withCancel();
        var ended = new AtomicInteger();
        Suite.Body send = () -> {
            try {
                chan.send(ctx, 1);
            } catch (ContextException e) {
                ended.incrementAndGet();
            }
        };
        var sender = go("sender", send);
        var select = go("select", () -> ended.addAndGet(
                Select.<Integer>first().receive(chan, _ -> 10).send(chan, 1, () -> 10).done(ctx, _ -> 1).run()));
        var canceller = go("canceller", () -> {
            chan.abandon("which changes nothing");
            ctx.cancel();
        });
        try {
            check(chan.next(ctx) == null, "an answer");
        } catch (ContextException e) {
            ended.incrementAndGet();
        }
        Suite.join(sender);
        Suite.join(select);
        Suite.join(canceller);
        check(ended.get() == 3 && !chan.isClosed(), "ended " + ended.get());
        Fates.atRest(chan);
    }

    /// At each wait an interrupt, or none: then the cancel ends it.
    static void neverStruck() throws Exception {
        Chan<Integer> chan = Chan.never();
        var ctx = Context.background().withCancel();
        var sender = go("sender", () -> interrupted(() -> {
            try {
                chan.send(ctx, 1);
                throw new AssertionError("sent");
            } catch (ContextException e) {
                check(ctx.isDone(), "cancelled by nobody");
            }
        }));
        var canceller = go("canceller", ctx::cancel);
        Suite.join(sender);
        Suite.join(canceller);
        Fates.atRest(chan);
    }

    // More than one on a side.

    static void unbufferedOneToTwo() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var receiver = go("receiver", () -> fates.receive(chan));
        fates.receive(chan);
        Suite.join(sender);
        Suite.join(receiver);
        fates.balance();
        Fates.atRest(chan);
        check(fates.sent.get() == 3, fates.toString());
    }

    /// Two values of each sender, for two receivers: in order, and never more in the buffer than it has places.
    static void bufferedInOrder() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.buffered(1);
        var a = go("a", () -> fates.send(chan, 1, 2));
        var b = go("b", () -> fates.send(chan, 4, 8));
        var receiver = go("receiver", () -> fates.receive(chan, 2));
        check(chan.len() <= 1, "more than there are places");
        fates.receive(chan, 2);
        check(chan.len() <= 1, "more than there are places");
        Suite.join(a);
        Suite.join(b);
        Suite.join(receiver);
        fates.balance();
        Fates.atRest(chan);
        check(fates.sent.get() == 15, fates.toString());
    }

    /// A sender that waits, a receiver, and the close: both are told, or neither.
    static void unbufferedCloseAgainstSender() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var a = go("a", () -> fates.send(chan, 1));
        var b = go("b", () -> fates.send(chan, 4));
        var receiver = go("receiver", () -> fates.drain(chan));
        chan.close();
        Suite.join(a);
        Suite.join(b);
        Suite.join(receiver);
        fates.balance();
        Fates.atRest(chan);
    }
}
