package dev.millrace.verify;

import java.net.InetSocketAddress;
import java.util.concurrent.Callable;

/// Prints what a request pays on a server under contexts against the plain server, in Markdown: round trips of a raw client on connections that are kept.
/// The rest of the machine should be idle.
public final class TripFigures {
    private TripFigures() {}

    /// Prints the rows of one adapter. Both servers answer `ok` to everything.
    public static void print(String adapter, InetSocketAddress plain, InetSocketAddress under, String prefix)
            throws Exception {
        try (var first = new RawClient(plain); var second = new RawClient(under); var third = new RawClient(plain)) {
            String plainly = RawClient.get(prefix + "/");
            String timed = RawClient.get(prefix + "/", "grpc-timeout: 5S");
            PairedTimes.print(adapter + ", the plain one twice", trip(first, plainly), trip(third, plainly));
            PairedTimes.print(adapter, trip(first, plainly), trip(second, plainly));
            PairedTimes.print(adapter + ", a deadline from its header", trip(first, timed), trip(second, timed));
        }
    }

    private static Callable<?> trip(RawClient client, String request) {
        return () -> {
            String answer = client.send(request).receive();
            if (!answer.equals("200 ok")) {
                throw new AssertionError("expected \"200 ok\", was \"" + answer + "\"");
            }
            return answer;
        };
    }
}
