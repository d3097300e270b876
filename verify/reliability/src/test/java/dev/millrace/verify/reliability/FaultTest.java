package dev.millrace.verify.reliability;

import dev.millrace.verify.Hazard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Faults: each in a JVM of its own.
class FaultTest {
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
