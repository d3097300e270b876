package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Faults: each in a JVM of its own.
class FaultTest {
    private static final Pattern LOST = Pattern.compile(", (\\d+) of \\d+ threads lost");

    private static int lost(Jvm.Outcome outcome) {
        var found = LOST.matcher(outcome.out());
        assertTrue(found.find(), outcome.out());
        return Integer.parseInt(found.group(1));
    }

    @Test
    @Hazard(25)
    void callbacks_thatFail_keepNobodyFromHearing() throws Exception {
        Jvm.passes(Program.FAILING_CALLBACKS);
    }

    @Test
    @Hazard(29)
    void process_suspended_firesOnceWhatBecameDue() throws Exception {
        Jvm.passes(Program.SUSPENDED);
    }

    /// Interpreted, compiled simply, and (in the full tier) compiled as much as may be: the frames differ.
    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-Xmixed -XX:TieredStopAtLevel=1", "-Xmixed"})
    @Hazard(39)
    void stack_overflowsAtEveryOffset_leavesNoLockAndForgetsNobody(String form) throws Exception {
        if (Jvm.FULL || !form.equals("-Xmixed")) {
            Jvm.passes(Program.OVERFLOWS, form.split(" "));
        }
    }

    @Test
    @Hazard(41)
    void heap_exhausted_givesNoWrongResult() throws Exception {
        int lost = lost(Jvm.passes(Program.EXHAUSTED));
        if (Jvm.FULL) {
            // Which threads the JVM loses is luck: three runs of each, and some to spare.
            lost += lost(Jvm.passes(Program.EXHAUSTED)) + lost(Jvm.passes(Program.EXHAUSTED));
            int control = 0;
            for (int i = 0; i < 3; i++) {
                control += lost(Jvm.passes(Program.EXHAUSTED_JDK));
            }
            assertTrue(lost <= control + 5, "lost " + lost + ", the JDK alone " + control);
        }
    }

    @Test
    @Hazard(42)
    void carrier_takenByOne_contextsEndAllTheSame() throws Exception {
        Jvm.passes(Program.STARVED);
    }

    @Test
    @Hazard(61)
    void classLoader_ofTheLibrary_isCollected() throws Exception {
        Jvm.passes(Program.LOADER);
    }
}
