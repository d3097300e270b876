package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void values_givenInAnyOrderAndForm_areRead() {
        var options = new Options(List.of("--number=7", "--flag", "rest", "--word", "b", "--pause", "1m30s"));
        assertEquals(Duration.ofSeconds(90), options.duration("--pause", Duration.ZERO));
        assertEquals(7, options.number("--number", 1, 0, 10));
        assertEquals("b", options.word("--word", "a", "b"));
        assertTrue(options.flag("--flag"));
        assertEquals(List.of("rest"), options.rest());
    }

    @Test
    void values_notGiven_areTheDefaults() {
        var options = new Options(List.of());
        assertEquals(Duration.ofSeconds(3), options.duration("--pause", Duration.ofSeconds(3)));
        assertEquals(Optional.empty(), options.duration("--timeout"));
        assertEquals(1, options.number("--number", 1, 0, 10));
        assertEquals("", options.word("--word", "a", "b"));
        assertTrue(!options.flag("--flag"));
        options.end();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
        "--pause               # --pause: expected a duration such as 500ms or 1m30s, but no value came",
        "--pause --flag        # --pause: expected a duration such as 500ms or 1m30s, but no value came",
        "--pause=              # --pause: expected a duration such as 500ms or 1m30s, but no value came",
        "--pause soon          # --pause: expected a duration such as 500ms or 1m30s, was \"soon\"",
        "--pause 5             # --pause: expected a unit (ns, us, \u00b5s, ms, s, m, h) after each number, was \"5\"",
        "--pause 5d            # --pause: expected a unit of ns, us, \u00b5s, ms, s, m, h, was \"d\" in \"5d\"",
        "--pause -1s           # --pause: expected a duration of 0 or more, was \"-1s\"",
        "--number              # --number: expected a whole number from 0 to 10, but no value came",
        "--number eleven       # --number: expected a whole number from 0 to 10, was \"eleven\"",
        "--number 11           # --number: expected a whole number from 0 to 10, was \"11\"",
        "--number 99999999999  # --number: expected a whole number from 0 to 10, was \"99999999999\"",
        "--word c              # --word: expected a or b, was \"c\"",
        "--word                # --word: expected a or b, but no value came",
        "--flag --flag         # expected --pause DURATION, --number NUMBER, --word a|b, --flag or --help, was \"--flag\" again",
        "--flog                # expected --pause DURATION, --number NUMBER, --word a|b, --flag or --help, was \"--flog\"",
        "more                  # expected --pause DURATION, --number NUMBER, --word a|b, --flag or --help, was \"more\"",
    })
    void values_notAsExpected_areRefusedWithWhatWasExpectedAndWhatCame(String args, String rest) {
        var wrong = assertThrows(Options.Wrong.class, () -> {
            var options = new Options(List.of(args.split(" +")));
            options.duration("--pause", Duration.ZERO);
            options.number("--number", 1, 0, 10);
            options.word("--word", "a", "b");
            options.flag("--flag");
            options.end();
        });
        assertEquals(rest, wrong.getMessage());
    }
}
