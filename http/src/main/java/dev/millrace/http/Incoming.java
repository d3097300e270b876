package dev.millrace.http;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a [Propagation] found in the headers of a request.
///
/// ```java
/// Incoming in = POLICY.extract(exchange.getRequestHeaders()::get);
/// try (var ctx = in.open(server.withTimeout(MAXIMUM))) { … }
/// ```
public final class Incoming {
    record Value<T>(Context.Key<T> key, T value) {
        Context addTo(Context parent) {
            return parent.withValue(key, value);
        }
    }

    private final Optional<Duration> timeout;
    private final List<Value<?>> values;
    private final int dropped;

    Incoming(Optional<Duration> timeout, List<Value<?>> values, int dropped) {
        this.timeout = timeout;
        this.values = List.copyOf(values);
        this.dropped = dropped;
    }

    /// How much time the sender gives; zero when its deadline has passed. Empty when it said nothing, or nothing that can be read.
    public Optional<Duration> timeout() {
        return timeout;
    }

    /// How much of the request was dropped, as [Propagation#dropped()] counts.
    public int dropped() {
        return dropped;
    }

    /// `parent` with the values. Those that the headers did not have are `parent`'s.
    public Context addTo(Context parent) {
        Context ctx = parent;
        for (Value<?> v : values) {
            ctx = v.addTo(ctx);
        }
        return ctx;
    }

    /// A child of `parent` with the values and the deadline. A deadline of `parent` that is earlier holds: who sends a request can shorten its
    /// time, and never lengthen it. Whoever opens it closes it.
    public CancellableContext open(Context parent) {
        Context ctx = addTo(parent);
        return timeout.isPresent() ? ctx.withTimeout(timeout.get()) : ctx.withCancel();
    }

    /// For people. It shows no value.
    @Override
    public String toString() {
        return "Incoming[timeout " + timeout.map(Duration::toString).orElse("none") + ", "
                + values.stream().map(v -> v.key().name()).toList()
                + ", dropped " + dropped + "]";
    }
}
