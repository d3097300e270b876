package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said of the library's protocols holds in every order of their threads, up to a number of preemptions.
class ProtocolsTest {
    /// A suite that finds nothing says something only when it can.
    @BeforeAll
    static void canary_plantedFault_isFound() {
        Suite.finds(new Mutation("dev.millrace.internal.Waiter", "wake", "wake", 0), 2,
                Protocols::waiterClaimedByTwo);
    }

    static Stream<Case> protocols() {
        return Stream.concat(Cases.ANY_ORDER.stream(), ChannelCases.ANY_ORDER.stream());
    }

    static Stream<Case> insisting() {
        return Cases.INSISTING.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("insisting")
    @Hazard(47)
    void bridge_thatInsistsInEveryOrder_delivers(Case c) {
        Suite.passes(c);
    }

    static Stream<Case> callbacks() {
        return Cases.CALLBACKS.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("callbacks")
    @Hazard(26)
    void callback_cancelsAndRegistersInEveryOrder_isHeard(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    @Hazard({1, 2, 3, 5, 6, 7, 8, 17, 18, 19, 30, 33, 34, 35, 36, 37, 44})
    void protocol_everyOrder_holds(Case c) {
        Suite.passes(c);
    }
}
