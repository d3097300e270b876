package dev.millrace.verify.reliability;

import dev.millrace.verify.Hazard;
import org.junit.jupiter.api.Test;

/// Load: each in a JVM of its own.
class LoadTest {
    @Test
    @Hazard(13)
    void values_allCapacitiesAndNumbers_comeOnceAndInOrder() throws Exception {
        Jvm.passes(Program.VALUES);
    }

    @Test
    @Hazard(14)
    void waiters_ofOneChannel_areCancelledAndLeaveNothing() throws Exception {
        Jvm.passes(Program.CANCELLED_WAITERS);
    }

    @Test
    @Hazard(15)
    void select_overAThousandCases_isFairAndLinear() throws Exception {
        Jvm.passes(Program.LARGE_SELECT);
    }

    @Test
    @Hazard(16)
    void pingPong_besideThoseWhoCompute_goesOn() throws Exception {
        Jvm.passes(Program.PING_PONG);
    }

    @Test
    @Hazard(21)
    void cancel_ofVeryManyChildren_isLinear() throws Exception {
        Jvm.passes(Program.CANCEL_STORM);
    }

    @Test
    @Hazard(22)
    void deadlines_veryManyAtOneInstant_allFire() throws Exception {
        Jvm.passes(Program.DEADLINE_STORM);
    }

    @Test
    @Hazard(23)
    void chain_aMillionDeep_endsAndHasItsValues() throws Exception {
        Jvm.passes(Program.DEEP_CHAIN);
    }

    @Test
    @Hazard(24)
    void children_abandoned_costNothing() throws Exception {
        Jvm.passes(Program.ABANDONED);
    }

    @Test
    @Hazard(62)
    void goroutines_veryMany_areCountedAndLeaveNothing() throws Exception {
        Jvm.passes(Program.CROWD);
    }

    @Test
    @Hazard(45)
    void cancels_ofInterruptedRegionsOnBusyProcessors_leaveNoFlag() throws Exception {
        Jvm.passes(Program.BRIDGE);
    }
}
