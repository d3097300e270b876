package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Mutation;
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
        return Cases.ANY_ORDER.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    void protocol_everyOrder_holds(Case c) {
        Suite.passes(c);
    }
}
