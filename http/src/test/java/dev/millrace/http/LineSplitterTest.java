package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineSplitterTest {
    private static List<String> split(byte[] bytes, Charset charset, Random random) {
        var splitter = new LineSplitter(charset);
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < bytes.length;) {
            int n = Math.min(bytes.length - from, random.nextInt(4) == 0 ? 2000 : random.nextInt(5));
            splitter.add(List.of(ByteBuffer.wrap(bytes, from, n), ByteBuffer.allocate(0)));
            from += n;
            for (String line = splitter.next(); line != null; line = splitter.next()) {
                lines.add(line);
            }
        }
        for (String line = splitter.last(); line != null; line = splitter.last()) {
            lines.add(line);
        }
        return lines;
    }

    @Test
    void lines_inAnyParts_areThoseOfABufferedReader() throws Exception {
        var random = new Random(25);
        String[] bits = {"a", "bc", "\n", "\r", "\r\n", "", "ö", "😀", "long ".repeat(300), "\u2028"};
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)) {
            for (int i = 0; i < 2_000; i++) {
                var text = new StringBuilder();
                for (int n = random.nextInt(12); n > 0; n--) {
                    text.append(bits[random.nextInt(bits.length)]);
                }
                byte[] bytes = text.toString().getBytes(charset);
                if (random.nextInt(4) == 0 && bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] = (byte) 0xC3; // no text any more
                }
                try (var reader = new BufferedReader(new InputStreamReader(new ByteArrayInputStream(bytes), charset))) {
                    assertEquals(reader.lines().toList(), split(bytes, charset, random), text.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"text/plain, UTF-8", "text/plain; charset=ISO-8859-1, ISO-8859-1",
        "'text/plain;Charset=\"utf-16\" ; x=y', UTF-16",
        "text/plain; charset=nonsense-1, UTF-8", "text/plain; charset=, UTF-8", "'text/plain; charset=\u0001', UTF-8"})
    void charset_isThatOfTheType(String type, String name) {
        var headers = HttpHeaders.of(Map.of("Content-Type", List.of(type)), (_, _) -> true);
        assertEquals(name, Lines.charset(headers).name());
    }
}
