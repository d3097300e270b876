package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Wrong input is answered with what was expected, help with help.
class UsageTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                         | millrace: expected a command: md5, fetch, run, exec, list or conformance
            foo                        | millrace: no command is called "foo"; expected one of md5, fetch, run, exec, list, conformance, help
            md5                        | millrace md5: Missing required parameter: 'PATH'
            md5 -                      | millrace md5: expected a file or a directory, was "-": standard input is not read here (a file of that name is "./-")
            md5 --timeot 1s x          | millrace md5: unknown option "--timeot"; did you mean --timeout?
            md5 --zzz x                | millrace md5: unknown option "--zzz"; expected one of
            md5 --timeout 5x x         | millrace md5: Invalid value for option '--timeout': expected a unit
            md5 --timeout abc x        | millrace md5: Invalid value for option '--timeout': expected a duration such as 500ms or 1m30s, was "abc"
            md5 --timeout -5s x        | millrace md5: Invalid value for option '--timeout': expected a duration above zero such as 500ms or 1m30s, was "-5s"
            md5 --timeout=0 x          | millrace md5: Invalid value for option '--timeout': expected a duration above zero
            md5 --limit 0 x            | millrace md5: Invalid value for option '--limit': expected a number from 1, was "0"
            md5 --limit many x         | millrace md5: Invalid value for option '--limit': expected a number from 1, was "many"
            fetch                      | millrace fetch: Missing required parameter: 'URL'
            fetch example.org          | millrace fetch: expected a URL such as https://example.org/path, was "example.org"
            fetch http://a/ ftp://b/   | millrace fetch: expected a URL such as https://example.org/path, was "ftp://b/"
            fetch http://              | millrace fetch: expected a URL such as https://example.org/path, was "http://" (
            fetch http://a:99999/      | millrace fetch: expected a URL such as https://example.org/path, was "http://a:99999/"
            run                        | millrace run: Missing required parameter: 'NAME'
            run coordinate-contxt      | millrace run: no program is called "coordinate-contxt"; did you mean coordinate-context?
            run qqqqqqqqqqqq           | millrace run: no program is called "qqqqqqqqqqqq"; expected one that `millrace list` shows
            run hello --jfr            | millrace run: expected a file behind --jfr
            exec                       | millrace exec: Missing required parameter: 'CMD'
            exec --timeout 5x true     | millrace exec: Invalid value for option '--timeout': expected a unit
            exec --grace -1s true      | millrace exec: Invalid value for option '--grace': expected a duration from 0 such as 0 or 500ms, was "-1s"
            exec --grac 1s true        | millrace exec: unknown option "--grac"; did you mean --grace?
            list x                     | millrace list: expected nothing more, was "x"
            conformance --kind mutex   | millrace conformance: Invalid value for option '--kind': expected context, channel, sync or data, was "mutex"
            conformance --limit 0      | millrace conformance: Invalid value for option '--limit': expected a number from 1, was "0"
            conformance --kinds data   | millrace conformance: unknown option "--kinds"; did you mean --kind?
            """)
    void wrong_command_line_is_answered_with_what_was_expected(String line, String expected) {
        Ran ran = Ran.here(line.isEmpty() ? new String[0] : line.split(" +"));
        assertEquals(2, ran.code());
        assertEquals("", ran.out());
        List<String> err = ran.err().lines().toList();
        assertTrue(err.getFirst().startsWith(expected), ran.err());
        assertTrue(err.getLast().matches("Try 'millrace( \\w+)? --help'\\."), ran.err());
        assertEquals(2, err.size(), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "md5 --help", "fetch -h", "run --help", "exec --help", "list --help",
        "conformance --help",
        "help md5"})
    void help_goes_to_standard_output_without_colours(String line) {
        Ran ran = Ran.here(line.split(" "));
        assertEquals(0, ran.code());
        assertEquals("", ran.err());
        assertTrue(ran.out().contains("Usage: millrace"), ran.out());
        assertFalse(ran.out().contains("\u001B"), ran.out());
    }

    @Test
    void version_is_that_of_the_build() {
        Ran ran = Ran.here("--version");
        assertEquals(0, ran.code());
        assertTrue(ran.out().matches("millrace \\d+\\.\\d+\\.\\d+\\S*\n"), ran.out());
    }

    @Test
    void nearest_of_typing_mistakes_comes_first() {
        assertEquals(List.of("watch"), Nearest.of("wacth", List.of("deadline", "watch", "list")));
        assertEquals(List.of("fetch-lost", "fetch-group"),
                Nearest.of("fetch", List.of("fetch-group", "md5all", "fetch-lost")));
        assertEquals(List.of(), Nearest.of("qqqq", List.of("watch")));
    }

    @ParameterizedTest
    @CsvSource({"a,a,0", "'',abc,3", "kitten,sitting,3", "ab,ba,2"})
    void distance_counts_changed_letters(String a, String b, int distance) {
        assertEquals(distance, Nearest.distance(a, b));
    }
}
