package dev.millrace.verify;

import java.net.InetSocketAddress;
import java.util.concurrent.Callable;

/// Prints what a request pays under a context against the plain handler, in Markdown: round trips of a raw client on one connection that is kept, to
/// two paths of one server. (Two servers in one process differ by more than what is looked for.) The rest of the machine should be idle.
public final class TripFigures {
    private TripFigures() {}

    /// Prints the rows of one adapter. Both paths answer `ok`.
    ///
    /// @param plain the path of the plain handler
    /// @param under that of the same handler under contexts
    public static void print(String adapter, InetSocketAddress server, String plain, String under) throws Exception {
        try (var client = new RawClient(server)) {
            Callable<?> first = trip(client, RawClient.get(plain));
            String timed = "grpc-timeout: 5S";
            PairedTimes.print(adapter + ", the plain one twice", first, trip(client, RawClient.get(plain)));
            PairedTimes.print(adapter, first, trip(client, RawClient.get(under)));
            PairedTimes.print(adapter + ", a deadline from its header", trip(client, RawClient.get(plain, timed)),
                    trip(client, RawClient.get(under, timed)));
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
