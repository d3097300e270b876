package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each program can fail: its broken twin does, and for the reason that was planted.
class CanaryTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            VALUES            | of sender 0 came
            CANCELLED_WAITERS | 1 have not ended
            LARGE_SELECT      | chi-square
            PING_PONG         | the players: 1 have not ended
            CANCEL_STORM      | a child is not cancelled
            DEADLINE_STORM    | all have ended
            DEEP_CHAIN        | the leaf is not cancelled
            ABANDONED         | heap grew by
            FAILING_CALLBACKS | all callbacks that do not fail
            SUSPENDED         | ticks within a tick
            EXHAUSTED         | sent was
            EXHAUSTED_JDK     | sent was
            REFUSED           | somebody behind it is forgotten
            OVERFLOWS         | offsets with damage
            STARVED           | a deadline is not delivered
            INTERRUPT_SOAK    | interrupts seen
            BRIDGE            | 1 flags are left
            LOADER            | the loader is still there
            CROWD             | all wait
            MIXED_SOAK        | the heap grows
            """)
    void program_brokenTwin_isFound(Program program, String sign) throws Exception {
        Jvm.Outcome ended = Jvm.broken(program);
        assertEquals(1, ended.status(), ended.out());
        assertTrue(ended.out().contains("AssertionError") && ended.out().contains(sign), ended.out());
    }

    @ParameterizedTest
    @CsvSource({"20"})
    void programs_allHaveATwin(int twins) {
        assertEquals(Program.values().length, twins);
    }
}
