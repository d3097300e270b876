package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Where values have gone: a bit for each. A sender has two bits side by side, 1 and 2 or 4 and 8, and sends the lower one first.
final class Fates {
    private static final int FIRSTS = 1 | 4 | 16;

    final AtomicInteger sent = new AtomicInteger();
    final AtomicInteger received = new AtomicInteger();
    final AtomicInteger undelivered = new AtomicInteger();

    /// The hook counts.
    Chan.Maker<Integer> counting() {
        return Chan.<Integer>onUndelivered(bit -> once(undelivered, bit));
    }

    /// Sends until the channel is closed.
    void send(SendChan<Integer> chan, int... bits) {
        send(null, chan, bits);
    }

    /// The same, or until `ctx` ends.
    void send(@Nullable Context ctx, SendChan<Integer> chan, int... bits) {
        for (int bit : bits) {
            try {
                if (ctx == null) {
                    chan.send(bit);
                } else {
                    chan.send(ctx, bit);
                }
                once(sent, bit);
            } catch (ChanClosedException e) {
                check(chan.isClosed(), "closed by nobody");
                return;
            } catch (ContextException e) {
                check(ctx != null && ctx.isDone(), "cancelled by nobody");
                return;
            }
        }
    }

    /// Receives until the channel is closed: of each sender in order.
    @Nullable Throwable drain(ReceiveChan<Integer> chan) {
        int mine = 0;
        for (;;) {
            switch (chan.next()) {
                case Received.Value<Integer>(Integer bit) -> mine = inOrder(mine, bit);
                case Received.Closed<Integer>(Throwable cause) -> {
                    return cause;
                }
            }
        }
    }

    /// Receives until `ctx` ends or the channel is closed.
    void drain(Context ctx, ReceiveChan<Integer> chan) {
        int mine = 0;
        try {
            while (chan.next(ctx) instanceof Received.Value<Integer>(Integer bit)) {
                mine = inOrder(mine, bit);
            }
        } catch (ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
    }

    void receive(ReceiveChan<Integer> chan) {
        once(received, chan.receive());
    }

    /// As many values as there are.
    void receive(ReceiveChan<Integer> chan, int n) {
        int mine = 0;
        for (int i = 0; i < n; i++) {
            mine = inOrder(mine, chan.receive());
        }
    }

    /// What one receiver got, with one more.
    int inOrder(int mine, int bit) {
        check((bit & FIRSTS) == 0 || (mine & bit << 1) == 0, "value " + bit + " after " + (bit << 1));
        once(received, bit);
        return mine | bit;
    }

    static void once(AtomicInteger bits, int bit) {
        check((bits.getAndUpdate(b -> b | bit) & bit) == 0, "value " + bit + " twice");
    }

    /// What was sent was received, or is undelivered, and not both; nothing else was.
    void balance() {
        check((received.get() & undelivered.get()) == 0, "received and undelivered: " + this);
        check((received.get() | undelivered.get()) == sent.get(), "something is lost: " + this);
    }

    static void nobodyWaits(ReceiveChan<?> chan) {
        var now = chan.snapshot();
        check(now.blockedSenders() == 0 && now.blockedReceivers() == 0, "left: " + now);
    }

    /// Nobody waits for `chan`, and nothing is in it.
    static void atRest(ReceiveChan<?> chan) {
        nobodyWaits(chan);
        check(chan.len() == 0, "left: " + chan.len());
    }

    @Override
    public String toString() {
        return "sent " + sent.get() + ", received " + received.get() + ", undelivered " + undelivered.get();
    }
}
