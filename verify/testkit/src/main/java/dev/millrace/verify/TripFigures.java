package dev.millrace.verify;

import java.net.InetSocketAddress;
import java.util.concurrent.Callable;

/// Prints what a request pays under a context, in Markdown: round trips of a raw client on one connection that is kept, to paths of one server. (Two servers
/// in one process differ by more than what is looked for.) The rest of the machine should be idle.
public final class TripFigures {
    private TripFigures() {}

    /// Prints the rows of one adapter. All paths answer `ok`.
    ///
    /// @param plain the path of the plain handler
    /// @param byHand that of the same handler with what a program does by hand: a deadline from the header, a timer for it, something that says
    ///     to the handler that it is over, the request's end in a log
    /// @param under that of the same handler under contexts
    public static void print(String adapter, InetSocketAddress server, String plain, String byHand, String under)
            throws Exception {
        try (var client = new RawClient(server)) {
            Callable<?> first = trip(client, RawClient.get(plain));
            Callable<?> hand = trip(client, RawClient.get(byHand));
            Callable<?> ours = trip(client, RawClient.get(under));
            String timed = "grpc-timeout: 5S";
            Callable<?> timedHand = trip(client, RawClient.get(byHand, timed));
            Callable<?> timedOurs = trip(client, RawClient.get(under, timed));
            PairedTimes.print(adapter + ", the plain one twice", first, trip(client, RawClient.get(plain)));
            PairedTimes.print(adapter + ": plain, Millrace", first, ours);
            PairedTimes.print(adapter + ": plain, Millrace, a deadline from its header",
                    trip(client, RawClient.get(plain, timed)), timedOurs);
            PairedTimes.print(adapter + ": by hand, Millrace", hand, ours);
            PairedTimes.print(adapter + ": by hand, Millrace, a deadline from its header", timedHand, timedOurs);
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
