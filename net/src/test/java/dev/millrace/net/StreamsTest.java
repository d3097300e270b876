package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.context.DeadlineExceededException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamsTest {
    @Test
    void streams_ofAConnection_serveCodeThatKnowsOnlyThose() throws Exception {
        try (Pair pair = Pair.open(); var ctx = BG.withTimeout(Duration.ofSeconds(20))) {
            var out = new PrintStream(Streams.output(ctx, pair.client()), true, StandardCharsets.UTF_8);
            var in = new BufferedReader(
                    new InputStreamReader(Streams.input(ctx, pair.server()), StandardCharsets.UTF_8));
            out.println("grün");
            assertEquals("grün", in.readLine());
            Streams.output(ctx, pair.client()).write(0xff);
            assertEquals(0xff, Streams.input(ctx, pair.server()).read());
            out.close();
            assertFalse(pair.client().isOpen());
            assertEquals(-1, Streams.input(ctx, pair.server()).read());
        }
    }

    @Test
    void input_whoseDeadlinePasses_leavesTheConnectionUsable() throws Exception {
        try (Pair pair = Pair.open()) {
            try (var ctx = BG.withTimeout(Duration.ofMillis(10))) {
                var in = Streams.input(ctx, pair.client());
                assertThrows(DeadlineExceededException.class, in::read);
            }
            pair.server().write(BG, new byte[] {5, 6});
            var in = Streams.input(BG, pair.client());
            assertEquals(5, in.read());
            assertEquals(1, in.available());
            in.close();
            assertEquals(0, in.available());
        }
    }

    @Test
    void streams_ofNull_areRefused() throws Exception {
        try (Pair pair = Pair.open()) {
            assertThrows(NullPointerException.class, () -> Streams.input(null, pair.client()));
            assertThrows(NullPointerException.class, () -> Streams.output(BG, null));
        }
    }
}
