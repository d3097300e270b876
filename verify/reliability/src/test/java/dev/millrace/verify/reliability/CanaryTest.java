package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each program can fail: its broken twin does, and for the reason that was planted.
class CanaryTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            VALUES            | twice      | of sender 0 came
            VALUES            | late       | 13: the values stood still
            CANCELLED_WAITERS | deaf       | 1 have not ended
            CANCELLED_WAITERS | heap       | grew by
            CANCELLED_WAITERS | late       | 14: the waiters stood still
            CANCELLED_WAITERS | slow       | one by one
            LARGE_SELECT      | ordered    | chi-square
            PING_PONG         | leaves     | the players: 1 have not ended
            PING_PONG         | late       | 16: the players stood still
            CANCEL_STORM      | deaf       | a child is not cancelled
            CANCEL_STORM      | late       | 21: the cancel stood still
            DEADLINE_STORM    | deaf       | all have ended
            DEEP_CHAIN        | detached   | the leaf is not cancelled
            ABANDONED         | kept       | heap grew by
            FAILING_CALLBACKS | missing    | all callbacks that do not fail
            SUSPENDED         | burst      | ticks within
            SUSPENDED         | twice      | 3 calls
            EXHAUSTED         | forged     | sent was
            EXHAUSTED_JDK     | forged     | sent was
            REFUSED           | forgets    | somebody behind it is forgotten
            OVERFLOWS         | torn       | offsets with damage
            STARVED           | carrier    | a deadline is not delivered
            STARVED           | late       | computes: a deadline:
            INTERRUPT_SOAK    | leaks      | interrupts seen
            INTERRUPT_SOAK    | clears     | the flag is not set
            INTERRUPT_SOAK    | loses      | received,
            INTERRUPT_SOAK    | holds      | a lock is left
            INTERRUPT_SOAK    | stays      | 1 subscribers are left
            BRIDGE            | flag       | flags are left
            BRIDGE            | spins      | spins while the interrupt is on its way
            LOADER            | goroutine  | the loader is still there
            CROWD             | gone       | all wait
            CROWD             | stays      | the registry is back at
            CROWD             | uncounted  | the registry counts
            CROWD             | heap       | heap was
            MIXED_SOAK        | heap       | the heap grows
            MIXED_SOAK        | goroutine  | what requests have started has ended
            MIXED_SOAK        | timer      | timers at rest
            MIXED_SOAK        | waiter     | waiters at rest
            MIXED_SOAK        | hearer     | hearers at rest
            """)
    void program_brokenTwin_isFound(Program program, String fault, String sign) throws Exception {
        Jvm.Outcome ended = Jvm.broken(program, fault);
        assertEquals(1, ended.status(), ended.out());
        assertTrue(ended.out().contains("AssertionError") && ended.out().contains(sign), ended.out());
    }

    /// Of the rows above, as they are written there.
    @Test
    void programs_allHaveATwin() throws Exception {
        var rows = CanaryTest.class.getDeclaredMethod("program_brokenTwin_isFound", Program.class, String.class,
                String.class).getAnnotation(CsvSource.class).textBlock();
        var named = rows.lines().map(row -> row.split("\\|")[0].strip()).collect(Collectors.toSet());
        assertEquals(Arrays.stream(Program.values()).map(Program::name).collect(Collectors.toSet()), named);
    }
}
