package dev.millrace.jdbc;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Interruptible;
import dev.millrace.sync.WaitGroup;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Takes one connection from a data source, on a goroutine of its own: JDBC has nothing that ends this, and so the caller must be able to
/// leave it alone.
///
/// ```
///   AWAITED ---- the source answers --> ANSWERED                  (the caller has it)
///      |
///      +-- the caller leaves --> LEFT -- the source answers -->   (the goroutine closes it)
/// ```
///
/// One compare-and-set decides, so a connection has exactly one who closes it. When the context ends, the goroutine is interrupted, and
/// the caller leaves when it has heard that, or has had the time to. An interrupt of the caller is passed on: what it does is the
/// source's affair, as if that had been called here.
final class Connecting {
    /// In which what hears an interrupt has heard it. The caller's end is late by this when the source is deaf.
    static final Duration HEARING = Duration.ofMillis(100);

    /// How a data source is asked.
    @FunctionalInterface
    interface Source {
        @Nullable Connection connect() throws SQLException;
    }

    private sealed interface Outcome {}

    private record Answered(@Nullable Connection connection) implements Outcome {}

    private record Failed(Throwable failure) implements Outcome {}

    private record Left() implements Outcome {}

    private final Source source;
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    private final WaitGroup answered = new WaitGroup();
    private boolean leftInterrupted; // the goroutine's status at its end; written before the outcome
    private volatile boolean passedOn; // written, then `connector` is read; there the other way round
    private volatile @Nullable Thread connector;

    private Connecting(Source source) {
        this.source = source;
        answered.add(1);
    }

    /// On the caller's thread when `ctx` never ends.
    static @Nullable Connection connect(Context ctx, Source source, Duration hearing) throws SQLException {
        ctx.check();
        if (ctx.done().isNever()) {
            return source.connect();
        }
        var connecting = new Connecting(source);
        Go.go(ctx, "jdbc connect", connecting::run);
        return connecting.await(ctx, hearing);
    }

    private void run(Context ctx) {
        Thread self = Thread.currentThread();
        self.setContextClassLoader(loader); // drivers are found by it
        connector = self;
        if (passedOn) {
            self.interrupt();
        }
        Outcome mine;
        try {
            mine = new Answered(Interruptible.call(ctx, source::connect));
        } catch (Throwable t) {
            mine = new Failed(t);
        }
        leftInterrupted = Thread.interrupted();
        if (outcome.compareAndSet(null, mine)) {
            answered.done();
        } else if (mine instanceof Answered(Connection late) && late != null) {
            closeLate(late);
        }
    }

    private static void closeLate(Connection late) {
        try {
            late.close();
        } catch (Throwable t) { // nobody waits for it
            System.getLogger("dev.millrace.jdbc")
                    .log(System.Logger.Level.DEBUG, "giving back a connection that came too late", t);
        }
    }

    private @Nullable Connection await(Context ctx, Duration hearing) throws SQLException {
        try {
            awaitUnder(ctx);
        } catch (ContextException _) {
            try (var limit = Context.background().withTimeout(hearing)) {
                awaitUnder(limit);
            } catch (ContextException _) {
                outcome.compareAndSet(null, new Left());
            }
        }
        Outcome end = Objects.requireNonNull(outcome.get());
        if (passedOn && (leftInterrupted || end instanceof Left)) {
            Thread.currentThread().interrupt();
        }
        return switch (end) {
            case Answered(Connection connection) -> connection;
            case Failed(ContextException t) -> throw ended(ctx, t);
            case Failed(Throwable t) -> throw Thrown.as(t);
            case Left _ -> throw ended(ctx, null);
        };
    }

    private void awaitUnder(Context limit) {
        while (true) {
            try {
                answered.await(limit);
                return;
            } catch (InterruptedWaitException _) {
                Thread.interrupted();
                passedOn = true;
                Thread thread = connector;
                if (thread != null) {
                    thread.interrupt();
                }
            }
        }
    }

    /// The context's exception with the caller's stack; `other` when the context has not ended.
    private static RuntimeException ended(Context ctx, @Nullable ContextException other) {
        try {
            ctx.check();
        } catch (ContextException e) {
            if (other != null) {
                for (Throwable t : other.getSuppressed()) {
                    e.addSuppressed(t);
                }
            }
            return e;
        }
        return other == null ? new IllegalStateException("left a context that has not ended: " + ctx) : other;
    }
}
