package dev.millrace.go;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.InterruptBridge;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Lets a context's end interrupt a blocking call of the JDK, and only that.
///
/// ```java
/// Job job = Interruptible.call(ctx, queue::take);
/// ```
///
/// While the body runs, the end of `ctx` interrupts this thread. The interrupt never outlives the body: it does not reach the
/// next thing that this thread does, and one that came from somebody else is left as it was. A body that was ended by it makes
/// the call throw the context's exception, with the body's own suppressed; an interrupt that is not ours passes through as it
/// came. A body that returns a value has done its work: the value is answered, also when the context ended meanwhile.
///
/// Give it short bodies. **Interrupting closes** a `SocketChannel` or `FileChannel` for all its users, and a socket that a
/// virtual thread reads. Not interruptible at all: `synchronized`, `Lock.lock`, file streams, native code. Operations of
/// this library take the context themselves and need none of this.
///
/// **A body that swallows.** Code that catches the interrupt and waits again is not ended by one: it stays, and a leak check or a dump names it. Where it cannot
/// be mended, [#runInsisting] and [#callInsisting] interrupt again and again until the body has ended, after 5 ms, then after twice that, up to half a second.
/// That reaches the body's cleaning up as well, which is no less interrupted than the rest; so it is not the usual form. In a bubble the pauses are of the bubble's time.
///
/// One case cannot be told apart: a foreign interrupt that lands after ours and before the body's end is one bit with it.
public final class Interruptible {
    private Interruptible() {}

    /// Runs `body`.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, and then `body` is not run; or when its end
    ///     ended the body
    public static void run(Context ctx, Task body) throws Exception {
        Objects.requireNonNull(body, "body");
        call(ctx, () -> {
            body.run();
            return true;
        });
    }

    /// Calls `body` and answers its result.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, and then `body` is not called; or when its
    ///     end ended the body
    public static <T extends @Nullable Object> T call(Context ctx, Callable<? extends T> body) throws Exception {
        return call(ctx, body, false);
    }

    /// Runs `body`, and interrupts it again and again once `ctx` has ended: for code that swallows interrupts.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, and then `body` is not run; or when its end
    ///     ended the body
    public static void runInsisting(Context ctx, Task body) throws Exception {
        Objects.requireNonNull(body, "body");
        callInsisting(ctx, () -> {
            body.run();
            return true;
        });
    }

    /// Calls `body`, answers its result, and interrupts it again and again once `ctx` has ended: for code that swallows interrupts.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, and then `body` is not called; or when its
    ///     end ended the body
    public static <T extends @Nullable Object> T callInsisting(Context ctx, Callable<? extends T> body)
            throws Exception {
        return call(ctx, body, true);
    }

    private static <T extends @Nullable Object> T call(Context ctx, Callable<? extends T> body, boolean insists)
            throws Exception {
        Objects.requireNonNull(body, "body");
        ctx.check();
        var bridge = InterruptBridge.enter(ContextBase.nodeOf(ctx), insists);
        try {
            T value = body.call();
            bridge.exit();
            return value;
        } catch (Throwable t) {
            if (bridge.exit() && isInterruption(t)) {
                throw ended(ctx, t);
            }
            throw t;
        }
    }

    private static RuntimeException ended(Context ctx, Throwable interruption) {
        try {
            ctx.check();
        } catch (RuntimeException e) {
            e.addSuppressed(interruption);
            return e;
        }
        return new IllegalStateException("interrupted by a context that has not ended: " + ctx, interruption);
    }

    /// Whether `t` is how a blocking call of the JDK says that it was interrupted.
    private static boolean isInterruption(Throwable t) {
        Throwable c = t;
        for (int depth = 0; c != null && depth < 100; c = c.getCause(), depth++) { // causes may form a ring
            if (c instanceof InterruptedException
                    || c instanceof ClosedByInterruptException
                    || c instanceof java.io.InterruptedIOException
                    || c instanceof dev.millrace.context.InterruptedWaitException
                    || (c instanceof SocketException && "Closed by interrupt".equals(c.getMessage()))) {
                return true;
            }
        }
        return false;
    }
}
