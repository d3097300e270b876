package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.testing.explore.engine.Mutation.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said of contexts and of waits holds in every order, in bubbles, and without memory; and would not with a fault.
class ContextProtocolsTest {
    private static final String INTERNAL = "dev.millrace.internal.";

    static Stream<Case> protocols() {
        return ContextCases.all().stream();
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                planted(Kind.NEVER, "Node", "admit", "edge", ContextTreeProtocols::childKnownOnce),
                planted(Kind.LEFT_OUT, "Node", "admit", "replace", ContextTreeProtocols::weakBecomesStrong),
                planted(Kind.LEFT_OUT, "Node", "registerOne", "endFor", ContextTreeProtocols::noTimer),
                planted(Kind.LEFT_OUT, "Hearers", "sweep", "remove", ContextTreeProtocols::goneMakesRoom),
                planted(Kind.LEFT_OUT, "Walk", "letLeave", "leaveParent", ContextMergeProtocols::mergedLeavesParents),
                planted(Kind.LEFT_OUT, "LingerNode$Watch", "tell", "endFor",
                        ContextForeignProtocols::lingeringWithoutTimer),
                planted(Kind.PLAIN, "Node", "edge", "edge", ContextForeignProtocols::foreignEnds),
                planted(Kind.CHECK_THEN_SET, "Countdown", "release", "compareAndSet",
                        WaitingCountProtocols::countGrowsWhileItIsReleased),
                planted(Kind.NEVER, "InterruptBridge", "deliver", "state", WaitingBridgeProtocols::heardAfterShield));
    }

    private static Arguments planted(
            Kind kind, String owner, String method, String what, Suite.Protocol protocol) {
        return Arguments.of(new Mutation(kind, INTERNAL + owner, method, what, 0), protocol);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    void protocol_everyOrder_holds(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void mutant_inItsProtocol_isFound(Mutation planted, Suite.Protocol protocol) {
        Suite.finds(planted, 2, protocol);
    }

    /// Who was decided before it has said that it waits has made no token that it could give back.
    @Test
    void wait_countedThoughItWasDecided_isFound() {
        Suite.finds(new Mutation(Kind.NEVER, INTERNAL + "Waiter", "await", "compareAndSet", 0), 1, false,
                WaitingCountProtocols::bubbleDecidedBefore);
    }
}
