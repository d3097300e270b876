package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.internal.Closure;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One of several senders of a channel, which is closed when the last of them is: see [SendChan#producers].
///
/// ```java
/// for (var out : results.producers(3)) {
///     go(() -> {
///         try (out) {
///             out.send(compute());
///         }
///     });
/// }
/// ```
///
/// Its [#close()] says that this one will send no more, its [#close(Throwable)] that it failed: then the channel is closed with
/// the first such failure when the last producer is done. Closing it twice is an error, as for a channel, except by
/// try-with-resources after an explicit close with a failure: use [#tryClose()] where that can happen.
public final class Producer<T> implements SendChan<T>, AutoCloseable {
    final Chan<T> chan;
    private final Last<T> last;
    private final AtomicBoolean done = new AtomicBoolean();

    Producer(Chan<T> chan, Last<T> last) {
        this.chan = chan;
        this.last = last;
    }

    /// How many producers are not done yet.
    static final class Last<T> {
        private final Chan<T> chan;
        private final AtomicInteger left;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Last(Chan<T> chan, int n) {
            this.chan = chan;
            this.left = new AtomicInteger(n);
        }

        /// Fails when all are done: then the channel is closed, and stays so.
        void more(int n, Producer<T> asked) {
            for (int before = left.get(); before > 0; before = left.get()) {
                if (left.compareAndSet(before, Math.addExact(before, n))) {
                    return;
                }
            }
            asked.open();
        }

        void done(@Nullable Throwable cause) {
            if (cause != null && !failure.compareAndSet(null, cause)) {
                Throwable first = failure.get();
                if (first != null && first != cause) {
                    first.addSuppressed(cause);
                }
            }
            if (left.decrementAndGet() == 0) {
                Throwable first = failure.get();
                boolean closed = first == null ? chan.tryClose() : chan.tryClose(first);
                if (!closed && first != null) {
                    throw ChanClosedException.of("close of", chan.name(), Closure.closed(first));
                }
            }
        }
    }

    @Override
    public void send(T value) {
        open().send(value);
    }

    @Override
    public void send(Context ctx, T value) {
        open().send(ctx, value);
    }

    @Override
    public boolean trySend(T value) {
        return open().trySend(value);
    }

    private Chan<T> open() {
        if (done.get()) {
            throw isOver();
        }
        return chan;
    }

    boolean isDone() {
        return done.get();
    }

    RuntimeException isOver() {
        return ChanClosedException.of("send by a producer that is done on", chan.name(), Closure.closed(null));
    }

    @Override
    public void close() {
        if (!tryClose()) {
            throw ChanClosedException.of("close of a producer that is done on", chan.name(), Closure.closed(null));
        }
    }

    @Override
    public boolean tryClose() {
        chan.refuseFromOutside("close of a producer of");
        boolean first = done.compareAndSet(false, true);
        if (first) {
            last.done(null);
        }
        return first;
    }

    @Override
    public void close(Throwable cause) {
        if (!tryClose(cause)) {
            var e = ChanClosedException.of("close of a producer that is done on", chan.name(), Closure.closed(null));
            e.addSuppressed(cause);
            throw e;
        }
    }

    @Override
    public boolean tryClose(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        chan.refuseFromOutside("close of a producer of");
        boolean first = done.compareAndSet(false, true);
        if (first) {
            last.done(cause);
        }
        return first;
    }

    /// More producers for the same channel, each to be closed by itself. Only while this one is not done.
    @Override
    public List<Producer<T>> producers(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("the number of producers must be >= 1, was " + n);
        }
        chan.refuseFromOutside("producers of");
        open();
        var all = new Producer<?>[n];
        for (int i = 0; i < n; i++) {
            all[i] = new Producer<>(chan, last);
        }
        @SuppressWarnings("unchecked") // all were made here
        var list = (List<Producer<T>>) (List<?>) List.of(all);
        last.more(n, this);
        return list;
    }

    @Override
    public boolean isClosed() {
        return done.get() || chan.isClosed();
    }

    @Override
    public int len() {
        return chan.len();
    }

    @Override
    public int cap() {
        return chan.cap();
    }

    @Override
    public String name() {
        return chan.name();
    }

    @Override
    public ChanSnapshot snapshot() {
        return chan.snapshot();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "producer of " + chan;
    }
}
