package dev.millrace.examples.readme;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.http.ContextClient;
import dev.millrace.http.DeadlineHeader;
import dev.millrace.http.Propagation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;

/// The HTTP client, as the documents show it.
final class Rates {
    private Rates() {}

    // region client
    private static final ContextClient HTTP = ContextClient.over(HttpClient.newHttpClient());

    static String rate(Context parent, URI uri) throws IOException {
        try (var ctx = parent.withTimeout(ofMillis(300))) {
            return HTTP.get(ctx, uri).body(); // at the end of ctx it throws, and the server sees it go
        }
    }

    static List<String> firstFive(Context parent, URI events) throws IOException {
        var five = new ArrayList<String>();
        try (var ctx = parent.withCancel()) {
            for (String line : HTTP.lines(ctx, events).body()) { // as they come
                five.add(line);
                if (five.size() == 5) {
                    break;
                }
            }
        } // the connection is closed here
        return five;
    }
    // endregion

    // region policy
    private static final Context.Key<String> TENANT = Context.Key.named("tenant");

    private static final Propagation POLICY = Propagation.none() // sends nothing
            .withDeadline(DeadlineHeader.GRPC_TIMEOUT) // but what is left until the deadline,
            .withTrace() // traceparent and tracestate,
            .withValue(TENANT, "x-tenant"); // and a value of our own

    static String rateFor(Context ctx, String tenant, URI uri) throws IOException {
        return HTTP.withPropagation(POLICY).get(ctx.withValue(TENANT, tenant), uri).body();
    }
    // endregion
}
