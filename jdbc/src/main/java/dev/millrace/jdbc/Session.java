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
    private final Duration tidyTime;
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
        this.tidyTime = grace.compareTo(SECOND) < 0 ? SECOND : grace;
        this.transaction = transaction;
    }

    Context context() {
        return fixed == null ? Context.current() : fixed;
    }

    /// A call that the context of the moment ends. Looks at it first.
    <T extends @Nullable Object> T guarded(@Nullable Cancel cancel, Call<T> call) throws Throwable {
        return entered(ctx -> Guard.call(ctx, connection, kind, cancel, grace, () -> shielded(call)));
    }

    /// A commit. Looks at the context first, and is not cancelled.
    <T extends @Nullable Object> T committing(Call<T> call) throws Throwable {
        return entered(ctx -> Guard.commit(ctx, connection, kind, grace, () -> shielded(call)));
    }

    private interface Under<T extends @Nullable Object> {
        T call(Context ctx) throws Throwable;
    }

    private <T extends @Nullable Object> T entered(Under<T> call) throws Throwable {
        Context ctx = context();
        if (transaction == null) {
            return call.call(ctx);
        }
        ctx.check();
        if (!transaction.gate.enter()) {
            throw transaction.isOver();
        }
        try {
            return call.call(ctx);
        } finally {
            transaction.leave();
        }
    }

    /// A call that tidies up: made whatever has ended. The connection is aborted when it has not returned the grace time, or a
    /// second, after the context's end.
    <T extends @Nullable Object> T tidying(Call<T> call) throws Throwable {
        return Guard.tidy(context(), connection, kind, tidyTime, () -> shielded(call));
    }

    /// The rollback of a transaction: as [#tidying], but the time runs from its start, for to abort is to roll back.
    void rollingBack(Call<?> call) throws Throwable {
        try (var limit = Context.background().withName("rollback").withTimeout(tidyTime)) {
            Guard.call(limit, connection, kind, null, Duration.ZERO, () -> shielded(call));
        }
    }

    /// No interrupt of ours reaches a driver: many close their socket then.
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
