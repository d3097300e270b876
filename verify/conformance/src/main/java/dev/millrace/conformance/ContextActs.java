package dev.millrace.conformance;

import dev.millrace.chan.Select;
import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What programs of kind `context` do on the library, so that a test can plant a fault in one of them.
class ContextActs {
    Context background() {
        return Context.background();
    }

    Context todo() {
        return Context.todo();
    }

    CancellableContext withCancel(Context parent) {
        return parent.withCancel();
    }

    CancellableContext withTimeout(Context parent, Duration span, @Nullable Throwable cause) {
        return cause == null ? parent.withTimeout(span) : parent.withTimeout(span, cause);
    }

    CancellableContext withDeadline(Context parent, Instant at, @Nullable Throwable cause) {
        return cause == null ? parent.withDeadline(at) : parent.withDeadline(at, cause);
    }

    /// Go's nil as a value is a key that is hidden.
    Context withValue(Context parent, Context.Key<String> key, @Nullable String value) {
        return value == null ? parent.without(key) : parent.withValue(key, value);
    }

    Context withoutCancel(Context parent) {
        return parent.detach();
    }

    void cancel(CancellableContext ctx, @Nullable Throwable cause) {
        if (cause == null) {
            ctx.cancel();
        } else {
            ctx.cancel(cause);
        }
    }

    AfterFunc afterFunc(Context ctx, Runnable action) {
        return ctx.afterFunc(action);
    }

    boolean stop(AfterFunc action) {
        return action.stop();
    }

    /// Waits for the end in one of the ways that there are.
    void await(Context ctx, int form) {
        switch (form % 3) {
            case 0 -> ctx.awaitDone();
            case 1 -> ctx.done().await();
            default -> Select.<Boolean>first().done(ctx, _ -> true).run();
        }
    }
}
