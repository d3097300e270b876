package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void exact_takes_the_last_arguments_of_the_command_line() {
        assertArrayEquals(
                new String[] {"md5", "", "a b"},
                Arguments.exact(new String[] {"md5", "", "a b"}, bytes("java\0-cp\0x\0Main\0md5\0\0a b\0")));
    }

    @Test
    void exact_restores_what_the_locale_has_lost() {
        assertArrayEquals(
                new String[] {"\u00E4", "\uDCE4\uDCFFx"},
                Arguments.exact(new String[] {"??", "\uFFFD\uFFFDx"},
                        bytes("java\0Main\0\u00C3\u00A4\0\u00E4\u00FFx\0")));
    }

    @Test
    void exact_of_rewritten_arguments_answers_them_as_the_jvm_has_them() {
        assertArrayEquals(new String[] {"b"}, Arguments.exact(new String[] {"b"}, bytes("java\0Main\0a\0")));
    }

    @Test
    void exact_of_unknown_command_line_answers_the_arguments_as_the_jvm_has_them() {
        assertArrayEquals(new String[] {"a"}, Arguments.exact(new String[] {"a"}, new byte[0]));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
