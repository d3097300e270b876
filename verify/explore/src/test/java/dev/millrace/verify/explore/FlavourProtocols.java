package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import java.util.concurrent.atomic.AtomicInteger;

/// Channels of each flavour, and their ends: each value that was sent is received once, or given to the hook once, and never both.
final class FlavourProtocols {
    private FlavourProtocols() {}

    static void unlimitedTwoSenders() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().unlimited();
        var a = go("a", () -> fates.send(chan, 1, 2));
        var b = go("b", () -> fates.send(chan, 4));
        fates.receive(chan);
        fates.receive(chan);
        Suite.join(a);
        Suite.join(b);
        fates.receive(chan);
        fates.balance();
        check(chan.len() == 0 && fates.undelivered.get() == 0, fates + ", left " + chan.len());
    }

    /// More than there are places at first, so that two find it full at once.
    static void unlimitedGrows() throws Exception {
        Chan<Integer> chan = Chan.unlimited();
        for (int i = 0; i < 15; i++) {
            chan.send(1);
        }
        Suite.Body two = () -> {
            chan.send(1);
            chan.send(1);
        };
        var a = go("a", two);
        two.run();
        Suite.join(a);
        int n = 0;
        while (chan.tryReceive() != null) {
            n++;
        }
        check(n == 19, "received " + n);
    }

    static void latest() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().latest();
        var a = go("a", () -> fates.send(chan, 1, 2));
        var b = go("b", () -> fates.send(chan, 4));
        fates.receive(chan);
        Suite.join(a);
        Suite.join(b);
        chan.close();
        fates.drain(chan);
        fates.balance();
        check((fates.received.get() & 3) != 3 || (fates.undelivered.get() & 3) == 0, "out of order: " + fates);
    }

    static void droppingOldest() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().droppingOldest(2);
        fates.send(chan, 1, 2);
        var a = go("a", () -> fates.send(chan, 4));
        var b = go("b", () -> fates.send(chan, 16));
        fates.receive(chan);
        Suite.join(a);
        Suite.join(b);
        check(chan.len() >= 1 && chan.len() <= 2, "left " + chan.len());
        chan.close();
        fates.drain(chan);
        fates.balance();
    }

    static void droppingNewest() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().droppingNewest(1);
        var a = go("a", () -> fates.send(chan, 1));
        var b = go("b", () -> fates.send(chan, 4));
        fates.receive(chan);
        Suite.join(a);
        Suite.join(b);
        chan.close();
        fates.drain(chan);
        fates.balance();
    }

    static void abandonAgainstSend() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().buffered(1);
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var other = go("other", () -> chan.abandon("enough"));
        if (chan.tryReceive() instanceof Received.Value<Integer>(Integer bit)) {
            Fates.once(fates.received, bit);
        }
        Suite.join(sender);
        Suite.join(other);
        fates.balance();
        check(chan.isClosed() && chan.len() == 0, "left " + chan.len());
    }

    static void abandonAgainstReceiveAndClose() throws Exception {
        Chan<Integer> chan = Chan.unbuffered();
        var receiver = go("receiver", () -> check(chan.next() instanceof Received.Closed<Integer>, "a value"));
        var closer = go("closer", chan::tryClose);
        chan.abandon("enough");
        Suite.join(receiver);
        Suite.join(closer);
    }

    static void closeWithCause() throws Exception {
        var fates = new Fates();
        var cause = new IllegalStateException("so");
        Chan<Integer> chan = fates.counting().buffered(2);
        var sender = go("sender", () -> fates.send(chan, 1, 2));
        var receiver = go("receiver", () -> check(fates.drain(chan) == cause, "another cause"));
        chan.close(cause);
        Suite.join(sender);
        Suite.join(receiver);
        fates.balance();
    }

    static void closeAgainstClose() throws Exception {
        Chan<Integer> chan = Chan.unbuffered();
        var closed = new AtomicInteger();
        Suite.Body close = () -> closed.addAndGet(chan.tryClose() ? 1 : 0);
        var a = go("a", close);
        close.run();
        Suite.join(a);
        check(closed.get() == 1, "closed " + closed.get());
    }

    static void closeAgainstTwoReceivers() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.buffered(1);
        var a = go("a", () -> fates.drain(chan));
        var b = go("b", () -> fates.drain(chan));
        fates.send(chan, 1, 2);
        chan.close();
        Suite.join(a);
        Suite.join(b);
        fates.balance();
    }

    /// With so many places that a waiter is woken to try again: two senders wait, and one more may be faster.
    static void bargingSenders() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        for (int i = 0; i < 8; i++) {
            chan.send(0);
        }
        var a = go("a", () -> chan.send(1));
        var b = go("b", () -> chan.send(1));
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += chan.receive();
        }
        Suite.join(a);
        Suite.join(b);
        check(sum == 2 && chan.len() == 0, "sum " + sum);
    }

    static void bargingReceivers() throws Exception {
        Chan<Integer> chan = Chan.buffered(8);
        var sum = new AtomicInteger();
        var a = go("a", () -> sum.addAndGet(chan.receive()));
        var b = go("b", () -> sum.addAndGet(chan.receive()));
        chan.send(1);
        chan.send(2);
        chan.send(4);
        sum.addAndGet(chan.receive());
        Suite.join(a);
        Suite.join(b);
        check(sum.get() == 7 && chan.len() == 0, "sum " + sum.get());
    }

    /// A select that sends to a channel which always has room, but first to one that a receiver may wait for.
    static void orderedSelectOnLatest() throws Exception {
        var fates = new Fates();
        Chan<Integer> full = fates.counting().unbuffered();
        Chan<Integer> latest = fates.counting().latest();
        var receiver = go("receiver", () -> fates.drain(full));
        fates.send(latest, 2);
        int sent = Select.<Integer>ordered().send(full, 1, () -> 1).send(latest, 4, () -> 4).run();
        Fates.once(fates.sent, sent);
        full.close();
        Suite.join(receiver);
        check((fates.received.get() == 1) == (sent == 1), "sent " + sent + ", " + fates);
        latest.close();
        fates.drain(latest);
        fates.balance();
        Fates.atRest(full);
        Fates.atRest(latest);
    }

    /// The same, where the receiver waits already: the first case is the one that is done.
    static void orderedSelectMeetsReceiver() throws Exception {
        var fates = new Fates();
        Chan<Integer> full = fates.counting().unbuffered();
        Chan<Integer> latest = fates.counting().latest();
        var receiver = go("receiver", () -> fates.drain(full));
        LockWaitProtocols.until(() -> full.snapshot().blockedReceivers() == 1);
        check(Select.<Integer>ordered().send(full, 1, () -> 1).send(latest, 4, () -> 4).run() == 1, "not the first");
        full.close();
        Suite.join(receiver);
        check(fates.received.get() == 1 && latest.len() == 0, fates + ", left " + latest.len());
    }
}
