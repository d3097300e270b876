package dev.millrace.examples.questions;

import dev.millrace.context.CancelRecord;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.time.Duration;

/// See `docs/questions/where-context-canceled-comes-from.md`.
final class ContextCanceled {
    private ContextCanceled() {}

    /// Calls the server behind this one.
    interface Upstream {
        String answer(Context ctx) throws Exception;
    }

    // region proxy
    /// Answers the status for the client and a line for the log.
    static String forward(Context request, Upstream upstream) throws Exception {
        try (var ctx = request.withName("upstream").withTimeout(Duration.ofMillis(300))) {
            return "200 " + upstream.answer(ctx);
        } catch (ContextException e) {
            if (request.isDone()) {
                return "499 " + reason(request); // the client has left: nobody reads this answer
            }
            return (e.isTimeout() ? "504 " : "502 ") + e.getMessage();
        }
    }

    private static String reason(Context request) {
        CancelRecord end = request.cancelRecord();
        return end == null ? "" : end.origin() + " ended on " + end.thread() + ": " + request.cause();
    }
    // endregion

    // region server
    /// What a server does when the connection of a client breaks.
    static String serve(Upstream upstream) throws Exception {
        try (var request = Context.background().withName("request 17").withCancel()) {
            return forward(request, ctx -> {
                request.cancel("client left");
                return upstream.answer(ctx);
            });
        }
    }
    // endregion
}
