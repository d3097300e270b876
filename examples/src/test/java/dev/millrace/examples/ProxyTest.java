package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProxyTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void proxy_itsFourRequests_areSaidByBothLogs() {
        var out = Run.leavingNothing(new Proxy(), "--takes", "1h", "--limit", "2s").out();
        List<String> expected = List.of(
                "client: GET /fast: 200 hello",
                "  proxy:    200 GET /fast, ADDRESS, TIME",
                "  upstream: 200 GET /fast, ADDRESS, TIME",
                "client: GET /slow: gives up: context deadline exceeded",
                "  proxy:    499 GET /slow, ADDRESS, TIME: client left: ADDRESS closed the connection",
                "  upstream: 499 GET /slow, ADDRESS, TIME: client left: ADDRESS closed the connection",
                "client: GET /slow: 504",
                "  proxy:    504 GET /slow, ADDRESS, TIME: context deadline exceeded: \"GET /\" had 2 s",
                "  upstream: 499 GET /slow, ADDRESS, TIME: client left: ADDRESS closed the connection",
                "client: GET /broken: 502",
                "  proxy:    502 GET /broken, ADDRESS, TIME",
                "  upstream: 200 GET /broken, ADDRESS, TIME: no disk");
        assertEquals(expected, out.stream().map(l -> l.replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS")
                .replaceAll(", \\d+ ms", ", TIME").replaceAll("(reset|closed) the connection", "closed the connection"))
                .toList());
    }

    @Test
    void proxy_cancelled_throwsTheContextsException() {
        try (var ctx = Context.background().withCancel()) {
            ctx.cancel();
            var silent = new PrintStream(PrintStream.nullOutputStream());
            assertThrows(CancelledException.class, () -> new Proxy().run(ctx, silent, silent, List.of()));
        }
        assertTrue(new Proxy().help().contains("499"));
    }
}
