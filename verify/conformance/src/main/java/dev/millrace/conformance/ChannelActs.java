package dev.millrace.conformance;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What programs of kind `channel` do on the library, so that a test can plant a fault in one of them.
class ChannelActs {
    static final int DEFAULT = -1;
    static final int TIMEOUT = -2;

    /// A case of a select.
    sealed interface Case {
        record Send(Chan<Long> chan, long v) implements Case {}

        record Receive(Chan<Long> chan) implements Case {}

        record Done(Context ctx) implements Case {}
    }

    /// The case that has happened, with what was received.
    record Picked(int index, @Nullable Received<Long> received) {
        Picked(int index) {
            this(index, null);
        }
    }

    /// A channel; with a capacity of -1 Go's nil channel.
    Chan<Long> make(String name, int cap) {
        return switch (cap) {
            case -1 -> Chan.never();
            case 0 -> Chan.<Long>named(name).unbuffered();
            default -> Chan.<Long>named(name).buffered(cap);
        };
    }

    void send(Chan<Long> chan, long v, Turn turn) {
        Context ctx = turn.underOver();
        if (ctx == null) {
            chan.send(v);
        } else {
            chan.send(ctx, v);
        }
    }

    Received<Long> receive(Chan<Long> chan, Turn turn) {
        Context ctx = turn.underOver();
        if (turn.way(2) == 0) {
            return ctx == null ? chan.next() : chan.next(ctx);
        }
        try {
            return new Received.Value<>(ctx == null ? chan.receive() : chan.receive(ctx));
        } catch (ChanClosedException e) {
            return new Received.Closed<>(null);
        }
    }

    void close(Chan<Long> chan) {
        chan.close();
    }

    boolean trySend(Chan<Long> chan, long v, Turn turn) {
        if (turn.way(2) == 0) {
            return chan.trySend(v);
        }
        return Select.<Boolean>first().send(chan, v, () -> true).orElse(() -> false).run();
    }

    @Nullable Received<Long> tryReceive(Chan<Long> chan, Turn turn) {
        if (turn.way(2) == 0) {
            return chan.tryReceive();
        }
        return Select.<@Nullable Received<Long>>first().next(chan, r -> r).orElse(() -> null).run();
    }

    Picked select(List<Case> cases, boolean orElse, @Nullable Duration timeout, Turn turn) {
        return turn.way(2) == 0 ? withLambdas(cases, orElse, timeout, turn)
                : withSelector(cases, orElse, timeout, turn);
    }

    private static Picked withLambdas(List<Case> cases, boolean orElse, @Nullable Duration timeout, Turn turn) {
        Select<Picked> select = Select.first();
        for (int i = 0; i < cases.size(); i++) {
            int index = i;
            switch (cases.get(i)) {
                case Case.Send(Chan<Long> chan, long v) -> select.send(chan, v, () -> new Picked(index));
                case Case.Receive(Chan<Long> chan) -> select.next(chan, r -> new Picked(index, r));
                case Case.Done(Context ctx) -> select.done(ctx, _ -> new Picked(index));
            }
        }
        if (orElse) {
            select.orElse(() -> new Picked(DEFAULT));
        }
        if (timeout != null) {
            select.timeout(timeout, () -> new Picked(TIMEOUT));
        }
        Context ctx = turn.underOver();
        return ctx == null ? select.run() : select.run(ctx);
    }

    private static Picked withSelector(List<Case> cases, boolean orElse, @Nullable Duration timeout, Turn turn) {
        Selector selector = Selector.random();
        for (Case one : cases) {
            switch (one) {
                case Case.Send(Chan<Long> chan, long v) -> selector.send(chan, v);
                case Case.Receive(Chan<Long> chan) -> selector.receive(chan);
                case Case.Done(Context ctx) -> selector.done(ctx);
            }
        }
        Context ctx = turn.underOver();
        Selector.Case happened;
        if (orElse) {
            happened = selector.poll();
        } else if (timeout != null) {
            happened = selector.await(timeout);
        } else {
            happened = ctx == null ? selector.await() : selector.await(ctx);
        }
        if (happened == null) {
            return new Picked(orElse ? DEFAULT : TIMEOUT);
        }
        if (happened instanceof Selector.Receive<?> receive) {
            @SuppressWarnings("unchecked") // all channels here are of longs
            var received = (Received<Long>) receive.received();
            return new Picked(happened.index(), received);
        }
        return new Picked(happened.index());
    }
}
