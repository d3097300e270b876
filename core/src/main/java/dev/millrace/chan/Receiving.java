package dev.millrace.chan;

import dev.millrace.context.Context;
import java.util.Objects;
import java.util.Spliterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A channel's values for a stream: one is received when one is asked for, and none before. Never split, so that a parallel stream
/// takes none ahead either.
final class Receiving<T> implements Spliterator<T> {
    private final ReceiveChan<T> chan;
    private final @Nullable Context ctx;

    Receiving(ReceiveChan<T> chan, @Nullable Context ctx) {
        this.chan = chan;
        this.ctx = ctx;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        Objects.requireNonNull(action, "action");
        return switch (ctx == null ? chan.next() : chan.next(ctx)) {
            case Received.Value<T>(T value) -> {
                action.accept(value);
                yield true;
            }
            case Received.Closed<T>(Throwable cause) -> {
                if (cause != null) {
                    chan.receive(); // throws what says so
                }
                yield false;
            }
        };
    }

    @Override
    public @Nullable Spliterator<T> trySplit() {
        return null;
    }

    @Override
    public long estimateSize() {
        return Long.MAX_VALUE;
    }

    @Override
    public int characteristics() {
        return ORDERED | NONNULL;
    }
}
