package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            plain,        D  plain
            'two words',  'D  two words'
            a\\b,         \\D  a\\\\b
            -x,           D  -x
            """)
    void line_of_ordinary_name_is_that_of_md5sum(String name, String expected) throws IOException {
        assertEquals(expected + "\n", line(name));
    }

    @Test
    void line_of_name_with_line_breaks_is_escaped() throws IOException {
        assertEquals("\\D  a\\nb\\rc\n", line("a\nb\rc"));
    }

    @Test
    void line_of_name_that_is_no_text_has_its_bytes() throws IOException {
        assertEquals("D  \u00FFa\u00C3\u00A4\n", line("\uDCFFa\u00E4"));
    }

    @Test
    void message_shows_what_is_no_text_as_hexadecimal() {
        assertEquals("\\xFFa\u00E4\\n\\x1B\\\\\\xC3", FileName.ofArgument("\uDCFFa\u00E4\n\u001B\\\uDCC3").toString());
    }

    @Test
    void message_shows_empty_name() {
        assertEquals("''", FileName.ofArgument("").toString());
    }

    @Test
    void order_is_that_of_unsigned_bytes() {
        List<FileName> sorted = Stream.of("\uD83D\uDE00", "\uDCFF", "a/b", "a b", "A", "\uFFFD", "a.b", "\u00E4")
                .map(FileName::ofArgument)
                .sorted()
                .toList();
        assertEquals(
                Stream.of("A", "a b", "a.b", "a/b", "\u00E4", "\uFFFD", "\uD83D\uDE00", "\uDCFF")
                        .map(FileName::ofArgument)
                        .toList(),
                sorted);
    }

    @Test
    void path_of_name_that_is_no_text_keeps_its_bytes() {
        assertTrue(FileName.ofArgument("/tmp/\uDCFF\u00E4").path().toUri().getRawPath().endsWith("/tmp/%FF%C3%A4"));
    }

    private static String line(String name) throws IOException {
        var out = new ByteArrayOutputStream();
        FileName.ofArgument(name).writeLine("D", out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
