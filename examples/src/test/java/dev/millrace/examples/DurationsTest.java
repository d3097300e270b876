package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0", "+0, 0", "-0, 0", "0s, 0", "5s, 5000000000", "30s, 30000000000", "1478s, 1478000000000",
        "-5s, -5000000000", "+5s, 5000000000", "5.0s, 5000000000", "5.6s, 5600000000", "5.s, 5000000000",
        ".5s, 500000000",
        "1.0s, 1000000000", "1.00s, 1000000000", "1.004s, 1004000000", "1.0040s, 1004000000",
        "100.00100s, 100001000000",
        "10ns, 10", "11us, 11000", "12\u00b5s, 12000", "12\u03bcs, 12000", "13ms, 13000000", "14s, 14000000000",
        "15m, 900000000000", "16h, 57600000000000", "3h30m, 12600000000000", "10.5s4m, 250500000000",
        "-2m3.4s, -123400000000", "1h2m3s4ms5us6ns, 3723004005006", "39h9m14.425s, 140954425000000",
        "1h15m30.918s, 4530918000000", "52763797000ns, 52763797000", "0.3333333333333333333h, 1199999999999",
        "9223372036854775807ns, 9223372036854775807", "9223372036854775.807us, 9223372036854775807",
        "9223372036s854ms775us807ns, 9223372036854775807", "0.9223372036854775807h, 3320413933267",
        "0.100000000000000000000h, 360000000000", "1.9ns, 1"
    })
    void parse_whatGoReads_isTheSameSpan(String text, long nanos) {
        assertEquals(Duration.ofNanos(nanos), Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+", "s", ".", "-.", ".s", "+.s", "1s.", "--5s", "five", " 5s", "s5"})
    void parse_noDuration_saysWhatWasExpected(String text) {
        assertRefused(text, "expected a duration such as 500ms or 1m30s, was \"" + text + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "-3", "1.5", "1m30", "00"})
    void parse_missingUnit_saysWhichThereAre(String text) {
        assertRefused(text, "expected a unit (ns, us, \u00b5s, ms, s, m, h) after each number, was \"" + text + '"');
    }

    @ParameterizedTest
    @CsvSource({"1d, d", "1 s, ' s'", "5S, S", "1m30sec, sec", "1e3s, e"})
    void parse_unknownUnit_saysWhichThereAre(String text, String unit) {
        assertRefused(text, "expected a unit of ns, us, \u00b5s, ms, s, m, h, was \"" + unit + "\" in \"" + text + '"');
    }

    @Test
    void parse_tooLong_saysTheBound() {
        assertRefused("9223372036854775808ns",
                "expected a duration of at most 292 years, was \"9223372036854775808ns\"");
        assertRefused("3000000h", "expected a duration of at most 292 years, was \"3000000h\"");
    }

    private static void assertRefused(String text, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Durations.parse(text)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s", "7, 7ns", "1000, 1\u00b5s", "1500, 1.5\u00b5s", "999999, 999.999\u00b5s", "106312345, 106.312ms",
        "10000000, 10ms", "1000000000, 1s", "1231562438, 1.231s", "60000000000, 1m0s", "90500000000, 1m30.5s",
        "3600000000000, 1h0m0s", "4530918000000, 1h15m30.918s"
    })
    void text_ofASpan_isAsGoPrintsIt(long nanos, String text) {
        assertEquals(text, Durations.text(Duration.ofNanos(nanos)));
        // What is printed can be read again, and is less by less than a thousandth of the unit.
        long lost = nanos - Durations.parse(text).toNanos();
        assertTrue(lost >= 0 && lost < 1_000_000, () -> "lost " + lost);
    }
}
