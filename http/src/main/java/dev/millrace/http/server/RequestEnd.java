package dev.millrace.http.server;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a request's context ended, and the status that says so.
///
/// ```java
/// } catch (ContextException e) {
///     log(RequestEnd.statusOf(ctx, e) + " " + e.getMessage()); // 499 context canceled: client left: …
/// }
/// ```
public enum RequestEnd {
    /// The client left: 499, which is for logs only, as in nginx. Nobody reads an answer.
    CLIENT_LEFT(499),
    /// Its time was over, the server's limit or what the client gave: 504.
    DEADLINE(504),
    /// Something above the request was cancelled, such as the server that is about to stop; or the server closed the connection: 503.
    SHUTDOWN(503),
    /// The handler has returned, or the answer is complete where a server tells that. Whatever still runs under the request's context
    /// should have had `ctx.detach()`. There is no status for that: 0.
    RETURNED(0);

    /// Shared: a request that ends as it should makes no object.
    @SuppressWarnings("StaticAssignmentOfThrowable") // a cause, never thrown
    static final CancelledException RETURN = new CancelledException("the request's handler has returned");

    static {
        RETURN.setStackTrace(new StackTraceElement[0]); // of no request
    }

    private final int status;

    RequestEnd(int status) {
        this.status = status;
    }

    /// The status: 499, 504 or 503; 0 for [#RETURNED].
    public int status() {
        return status;
    }

    /// How the request ended that `ctx` belongs to: its own context, or one derived from it. Null while the request's context lives, and
    /// for a context that belongs to none.
    public static @Nullable RequestEnd of(Context ctx) {
        OpenRequest request = ctx.value(OpenRequest.KEY);
        return request == null ? null : request.end();
    }

    /// The status to answer, or to log, when `failure` left the work for the request that `ctx` belongs to: how the request ended, when it
    /// has; 504 when `failure` is a deadline of the work's own; else 500.
    public static int statusOf(Context ctx, Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        RequestEnd end = of(ctx);
        if (end != null && end != RETURNED) {
            return end.status;
        }
        return failure instanceof ContextException e && e.isTimeout() ? DEADLINE.status : 500;
    }

    /// How `request`, a request's own context, ended.
    static @Nullable RequestEnd ofRequest(Context request) {
        if (!request.isDone()) {
            return null;
        }
        Throwable cause = request.cause();
        if (cause == RETURN) { // nearly always, and then no exception is made
            return RETURNED;
        }
        if (cause instanceof ClientLeftException) {
            return CLIENT_LEFT;
        }
        ContextException err = request.err();
        return (err != null && err.isTimeout()) || cause instanceof DeadlineExceededException ? DEADLINE : SHUTDOWN;
    }
}
