package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineHeaderTest {
    private static final DeadlineHeader SECONDS = DeadlineHeader.of("X-Budget-S", ChronoUnit.SECONDS);

    @ParameterizedTest
    @CsvSource({"0, 0n", "-5, 0n", "1, 1n", "99999999, 99999999n", "100000000, 100000u", "300000000, 300000u",
        "99999999999, 99999999u", "100000000000, 100000m", "9223372036854775807, 2562047H"})
    void grpc_isWrittenInTheFinestUnitThatHoldsIt(long nanos, String text) {
        assertEquals(text, DeadlineHeader.GRPC_TIMEOUT.format(Duration.ofNanos(nanos)));
    }

    @ParameterizedTest
    @CsvSource({"1H, 3600000000000", "2M, 120000000000", "3S, 3000000000", "4m, 4000000", "5u, 5000", "6n, 6", "0S, 0",
        "00000007n, 7", "99999999H, 9223372036854775807"})
    void grpc_isRead(String text, long nanos) {
        assertEquals(Optional.of(Duration.ofNanos(nanos)), DeadlineHeader.GRPC_TIMEOUT.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "S", "1", "1s", "1h", "-1S", "+1S", "1.5S", "123456789S", " 1S", "1S ", "1 S", "1e4S", "NaN",
                "1e400", "１S", "1SS", "0x1S"})
    @Hazard(58)
    void grpc_ofAnotherForm_isMalformed(String text) {
        assertEquals(Optional.empty(), DeadlineHeader.GRPC_TIMEOUT.parse(text));
        assertEquals(Optional.empty(), DeadlineHeader.GRPC_TIMEOUT.parse(text + "9".repeat(1_000_000)));
    }

    @Test
    void envoy_writesNoZeroAndReadsItAsNoLimit() {
        assertEquals("1", DeadlineHeader.ENVOY_ASKED.format(Duration.ZERO));
        assertEquals("1", DeadlineHeader.ENVOY_ASKED.format(Duration.ofNanos(1_999_999)));
        assertEquals("300", DeadlineHeader.ENVOY_GRANTED.format(Duration.ofMillis(300)));
        assertEquals(Optional.empty(), DeadlineHeader.ENVOY_ASKED.parse("0"));
        assertEquals(Optional.of(Duration.ofMillis(15)), DeadlineHeader.ENVOY_GRANTED.parse("15"));
    }

    @Test
    void ownHeader_countsItsUnit() {
        assertEquals("x-budget-s", SECONDS.name());
        assertEquals("1", SECONDS.format(Duration.ofMillis(1_999)));
        assertEquals("0", SECONDS.format(Duration.ofMillis(999)));
        assertEquals(Optional.of(Duration.ZERO), SECONDS.parse("0"));
        assertEquals(Optional.of(Duration.ofNanos(Long.MAX_VALUE)), SECONDS.parse("9".repeat(18)));
        assertEquals(Optional.empty(), SECONDS.parse("9".repeat(19)));
        assertEquals(Optional.empty(), SECONDS.parse("1s"));
        assertEquals("unit must be one from NANOS to DAYS, was WEEKS", assertThrows(IllegalArgumentException.class,
                () -> DeadlineHeader.of("x", ChronoUnit.WEEKS)).getMessage());
    }

    @Test
    void whatIsWritten_isNeverLongerAndNotMuchShorter() {
        var random = new Random(8);
        for (int i = 0; i < 100_000; i++) {
            long nanos = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
            for (DeadlineHeader h : new DeadlineHeader[] {DeadlineHeader.GRPC_TIMEOUT, DeadlineHeader.ENVOY_ASKED,
                SECONDS}) {
                long read = h.parseNanos(h.format(nanos));
                boolean leastOfEnvoy = h == DeadlineHeader.ENVOY_ASKED && nanos < 1_000_000;
                assertTrue(leastOfEnvoy ? read == 1_000_000 : read <= nanos, h + " " + nanos + " " + read);
                long lost =
                        h == DeadlineHeader.GRPC_TIMEOUT ? nanos / 100_000 : h == SECONDS ? 1_000_000_000 : 1_000_000;
                assertTrue(leastOfEnvoy || nanos - read <= lost, h + " " + nanos + " " + read);
            }
        }
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
        assertEquals("2562047H", DeadlineHeader.GRPC_TIMEOUT.format(huge));
        assertEquals("0n", DeadlineHeader.GRPC_TIMEOUT.format(huge.negated()));
    }
}
