package dev.millrace.jdbc;

import dev.millrace.context.Context;
import dev.millrace.internal.InterruptBridge;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What all wrapped objects of one connection share: how their calls are made.
final class Session {
    private static final Duration SECOND = Duration.ofSeconds(1);

    final Connection connection;
    final DriverKind kind;
    private final @Nullable Context fixed;
    private final Duration grace;
    final @Nullable Transaction transaction;

    /// @param fixed the context of all calls; null for the ambient one of each call
    Session(
            Connection connection,
            DriverKind kind,
            @Nullable Context fixed,
            Duration grace,
            @Nullable Transaction transaction) {
        this.connection = connection;
        this.kind = kind;
        this.fixed = fixed;
        this.grace = grace;
        this.transaction = transaction;
    }

    Context context() {
        return fixed == null ? Context.current() : fixed;
    }

    /// A call that the context of the moment ends. Looks at it first.
    <T extends @Nullable Object> T guarded(@Nullable Cancel cancel, Call<T> call) throws Throwable {
        return guarded(context(), cancel, grace, call);
    }

    /// A call that tidies up: made whatever has ended, and not cut short. No interrupt of ours reaches it.
    <T extends @Nullable Object> T tidying(Call<T> call) throws Throwable {
        return shielded(call);
    }

    /// A call that tidies up, with the connection aborted when it takes longer than the grace time, or than a second.
    void tidyingInTime(Call<?> call) throws Throwable {
        try (var limit = Context.background().withTimeout(grace.compareTo(SECOND) < 0 ? SECOND : grace)) {
            Guard.call(limit, connection, kind, null, Duration.ZERO, () -> shielded(call));
        }
    }

    private <T extends @Nullable Object> T guarded(
            Context ctx, @Nullable Cancel cancel, Duration time, Call<T> call) throws Throwable {
        ctx.check();
        if (transaction == null) {
            return Guard.call(ctx, connection, kind, cancel, time, () -> shielded(call));
        }
        if (!transaction.gate.enter()) {
            throw transaction.isOver();
        }
        try {
            return Guard.call(ctx, connection, kind, cancel, time, () -> shielded(call));
        } finally {
            transaction.leave();
        }
    }

    private <T extends @Nullable Object> T shielded(Call<T> call) throws Throwable {
        InterruptBridge held = InterruptBridge.shield();
        try {
            return kind.holdsCarrier() && Thread.currentThread().isVirtual() ? Offload.call(call) : call.call();
        } finally {
            InterruptBridge.unshield(held);
        }
    }

    static SQLException closed(String what) {
        return new SQLException(what, "25000");
    }
}
