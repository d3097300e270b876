package dev.millrace.verify.reliability;

import dev.millrace.verify.Hazard;
import org.junit.jupiter.api.Test;

/// Soaks: seconds within the build, `-Dreliability.soak=PT30M` or what the cases ask for in the full tier.
class SoakTest {
    @Test
    @Hazard(43)
    void operations_interruptedAtRandom_corruptNothing() throws Exception {
        Jvm.passes(Program.INTERRUPT_SOAK);
    }

    @Test
    @Hazard(63)
    void requests_ofAllKinds_leaveNothingBehind() throws Exception {
        Jvm.passes(Program.MIXED_SOAK);
    }
}
