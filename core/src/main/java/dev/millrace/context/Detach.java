package dev.millrace.context;

import java.time.Duration;
import java.util.Objects;

/// How a detached context ends, see [Context#detach(Detach)].
public sealed interface Detach {
    /// At the deadline of the context that it was detached from, if there is one; not with its cancel.
    static Detach keepingDeadline() {
        return new KeepingDeadline();
    }

    /// When `span` has passed since the end of the context that it was detached from.
    static Detach lingering(Duration span) {
        return new Lingering(span);
    }

    /// See [#keepingDeadline()].
    record KeepingDeadline() implements Detach {}

    /// See [#lingering(Duration)].
    record Lingering(Duration span) implements Detach {
        public Lingering {
            Objects.requireNonNull(span, "span");
            if (span.isNegative()) {
                throw new IllegalArgumentException("span must be >= 0, was " + span);
            }
        }
    }
}
