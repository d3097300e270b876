package dev.millrace.examples.readme;

import dev.millrace.context.Context;
import dev.millrace.group.ContextCall;
import dev.millrace.group.SingleFlight;
import dev.millrace.time.RateLimiter;

/// A single flight behind a limiter, as the documents show it.
final class Flights {
    private final ContextCall<String> fetch;

    Flights(ContextCall<String> fetch) {
        this.fetch = fetch;
    }

    // region flight
    private final SingleFlight<String, String> pages = new SingleFlight<>("pages");
    private final RateLimiter limiter = RateLimiter.perSecond(10, 3);

    String page(Context ctx, String url) throws Exception {
        return pages.get(ctx, url, c -> { // all who ask at the same time share one fetch
            limiter.await(c); // at most ten of them in a second, and three at once
            return fetch(c, url);
        });
    } // whose ctx ends leaves; when all have left, c ends too
     // endregion

    private String fetch(Context ctx, String url) throws Exception {
        return url + ": " + fetch.call(ctx);
    }

    int waiting() {
        return pages.snapshot().waiting();
    }
}
