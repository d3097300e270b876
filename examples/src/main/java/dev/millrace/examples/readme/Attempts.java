package dev.millrace.examples.readme;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.time.Retry;
import java.io.IOException;

/// What is tried again.
final class Attempts {
    private final Retry.Attempt<String> fetch;

    Attempts(Retry.Attempt<String> fetch) {
        this.fetch = fetch;
    }

    // region retry
    private static final Retry RETRY = Retry.exponential(ofMillis(5), ofSeconds(2)) // pauses: up to 5, 10, 20, … ms
            .attempts(4)
            .attemptTimeout(ofMillis(300))
            .on(e -> e instanceof IOException || e instanceof ContextException);

    String page(Context ctx, String url) throws Exception {
        return RETRY.call(ctx, c -> fetch(c, url)); // each attempt under a context of its own, with 300 ms
    } // no further attempt that cannot have its 300 ms before the deadline of ctx
     // endregion

    private String fetch(Context ctx, String url) throws Exception {
        return url + ": " + fetch.call(ctx);
    }
}
