package dev.millrace.verify;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Examined.Opening;
import java.io.IOException;
import java.util.List;

/// What may come over a connection: requests one behind the other, and headers of somebody hostile.
public final class WireExams {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final int PIPELINED = 20;
    private static final int AT_ONCE_OVER = 4; // has a deadline, and is answered before it
    private static final int ENDED = 7; // has a deadline, and waits for it
    private static final int NOT_BEGUN = 12; // has no time at all

    private WireExams() {}

    /// Twenty requests in one write. One of them is ended by its deadline, one is not begun, and the deadline of one passes while those behind it are
    /// handled. The others have all their time and are not ended; all are answered, in order.
    public static void pipelined(Opening opening) throws Exception {
        try (var server = new Examined(opening, asked -> switch (asked.path()) {
            case "/" + AT_ONCE_OVER -> asked.time();
            case "/" + ENDED -> asked.awaitDone().test(20_000_000_000L) ? null : "never ended";
            default -> asked.awaitDone().test(15_000_000) ? "hit: " + asked.end().get()
                    : asked.time() + " " + asked.path();
        }); var client = server.client()) {
            var all = new StringBuilder();
            for (int i = 0; i < PIPELINED; i++) {
                String path = server.path("/" + i);
                all.append(switch (i) {
                    case AT_ONCE_OVER -> get(path, "grpc-timeout: 20m");
                    case ENDED -> get(path, "grpc-timeout: 30m");
                    case NOT_BEGUN -> get(path, "grpc-timeout: 0m");
                    default -> get(path);
                });
            }
            client.send(all.toString());
            for (int i = 0; i < PIPELINED; i++) {
                String answer = client.receive();
                switch (i) {
                    case AT_ONCE_OVER -> assertTrue(List.of("200 less", "504").contains(answer), answer); // on a slow machine
                    case ENDED, NOT_BEGUN -> assertEquals("504", answer);
                    default -> assertEquals("200 all /" + i, answer);
                }
            }
            for (int i = 0; i < PIPELINED; i++) {
                String end = server.logged("/" + i).end();
                if (i == ENDED || i == NOT_BEGUN) {
                    assertEquals("DEADLINE", end);
                } else if (i != AT_ONCE_OVER) {
                    assertEquals("RETURNED", end);
                }
            }
            assertEquals("200 all /after", client.send(get(server.path("/after"))).receive());
        }
    }

    /// One message: what is in it besides, and what may be answered (a regular expression).
    private record Message(String name, String headers, String answer) {}

    private static final String IGNORED = "200 all -";
    private static final String REFUSED = "|4(00|14|31)";
    /// To some servers CR, or LF, alone ends a line: then two headers came, and the first is good.
    private static final String LINE_END = "200 (all|less) -" + REFUSED;
    private static final String BIG = "9".repeat(64 << 10);

    private static final List<Message> MESSAGES = List.of(
            new Message("good-time", "grpc-timeout: 5S", "200 less -"), // so they are read
            new Message("good-envoy", "x-envoy-upstream-rq-timeout-ms: 5000", "200 less -"),
            new Message("good-parent", "traceparent: " + PARENT, "200 all " + PARENT),
            new Message("good-baggage", "baggage: other=1,tenant=a%20b", "200 all \\{tenant=a b\\}"),
            new Message("time-digits", "grpc-timeout: " + "9".repeat(40) + "m", IGNORED),
            new Message("time-more-than-the-limit", "grpc-timeout: 99999999H", IGNORED),
            new Message("time-64k", "grpc-timeout: " + BIG + "m", IGNORED + REFUSED),
            new Message("time-negative", "grpc-timeout: -1m", IGNORED),
            new Message("time-nan", "grpc-timeout: NaN", IGNORED),
            new Message("time-exponent", "grpc-timeout: 1e400S", IGNORED),
            new Message("time-no-unit", "grpc-timeout: 5", IGNORED),
            new Message("time-twice", "grpc-timeout: 5S\r\ngrpc-timeout: 6S", IGNORED),
            new Message("time-cr", "grpc-timeout: 5S\rX-Evil: 1", LINE_END),
            new Message("time-lf", "grpc-timeout: 5S\nX-Evil: 1", LINE_END),
            new Message("time-folded", "grpc-timeout: 5S\r\n X-Evil: 1", IGNORED + REFUSED),
            new Message("time-nul", "grpc-timeout: 5\0S", IGNORED + REFUSED),
            new Message("envoy-digits", "x-envoy-upstream-rq-timeout-ms: " + "9".repeat(40), IGNORED),
            new Message("envoy-overflow", "x-envoy-upstream-rq-timeout-ms: " + "9".repeat(18), IGNORED),
            new Message("envoy-zero", "x-envoy-upstream-rq-timeout-ms: 0", IGNORED),
            new Message("envoy-64k", "x-envoy-upstream-rq-timeout-ms: " + BIG, IGNORED + REFUSED),
            new Message("parent-short", "traceparent: 00-1-2-3", IGNORED),
            new Message("parent-upper", "traceparent: " + PARENT.toUpperCase(java.util.Locale.ROOT), IGNORED),
            new Message("parent-twice", "traceparent: " + PARENT + "\r\ntraceparent: " + PARENT, IGNORED),
            new Message("parent-64k", "traceparent: " + PARENT + BIG, IGNORED + REFUSED),
            new Message("parent-cr", "traceparent: " + PARENT + "\rX-Evil: 1",
                    "200 all (-|" + PARENT + ")" + REFUSED),
            new Message("state-alone", "tracestate: a=1", IGNORED),
            new Message("baggage-not-allowed", "baggage: evil=1", IGNORED),
            new Message("baggage-crlf", "baggage: tenant=a%0d%0aX-Evil:%201", IGNORED),
            new Message("baggage-nul", "baggage: tenant=a%00", IGNORED),
            new Message("baggage-percent", "baggage: tenant=%zz", IGNORED),
            new Message("baggage-utf8", "baggage: tenant=%ff%fe", IGNORED),
            new Message("baggage-64k", "baggage: tenant=" + BIG, IGNORED + REFUSED),
            new Message("baggage-9k", "baggage: tenant=" + "9".repeat(9 << 10), IGNORED + REFUSED),
            new Message("baggage-members", "baggage: " + "tenant=1,".repeat(5_000), "200 all \\{tenant=1\\}" + REFUSED),
            new Message("baggage-raw-cr", "baggage: tenant=a\rb", IGNORED + REFUSED),
            new Message("path%0d%0a200%20GET%20/fake", "x: y", IGNORED + REFUSED),
            new Message("path\rfake", "x: y", IGNORED + REFUSED));

    /// Each is answered, the next request is served (by the same connection, unless the server refused the first), and no line of the log is split.
    public static void hostile(Opening opening) throws Exception {
        try (var server = new Examined(opening, asked -> asked.time() + " " + asked.carried().get())) {
            for (int i = 0; i < MESSAGES.size(); i++) {
                Message m = MESSAGES.get(i);
                try (var client = server.client()) {
                    String answer;
                    try {
                        answer = client.send(get(server.path("/" + m.name()), m.headers())).receive();
                    } catch (IOException e) {
                        throw new AssertionError(m.name() + ": no answer", e);
                    }
                    assertTrue(answer.replaceFirst(" (?s)<.*|(?<=4..) .*", "").matches(m.answer()),
                            m.name() + ": " + answer);
                    boolean served = answer.startsWith("200");
                    try (var other = served ? null : server.client()) {
                        String after = "/after" + i;
                        assertEquals("200 all -",
                                (other == null ? client : other).send(get(server.path(after))).receive());
                        server.assertReturned(after);
                    }
                }
            }
            for (var served : server.all()) {
                String line = served.get().line();
                assertFalse(line.chars().anyMatch(Character::isISOControl), line);
                assertTrue(line.startsWith("200 GET /"), line);
            }
        }
    }
}
