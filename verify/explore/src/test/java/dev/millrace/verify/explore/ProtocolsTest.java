package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said of the library's protocols holds in every order of their threads, up to a number of preemptions.
class ProtocolsTest {
    /// A suite that finds nothing says something only when it can.
    @BeforeAll
    static void canary_plantedFault_isFound() {
        Suite.finds(new Mutation("dev.millrace.internal.Waiter", "wake", "wake", 0), 2,
                Protocols::waiterClaimedByTwo);
    }

    static Stream<Arguments> protocols() {
        return Stream.of(
                protocol("waiter, two claims", 3, Protocols::waiterClaimedByTwo),
                protocol("waiter, claim and interrupt", 3, Protocols::waiterClaimedAndInterrupted),
                protocol("gate", 2, Protocols::gateIsShutAndOpened),
                protocol("spin lock", 3, Protocols::spinLockGuards),
                protocol("sequence lock", 3, Protocols::seqLockIsReadAtOneInstant),
                protocol("mutex of two", 3, Protocols::mutexOfTwo),
                protocol("mutex of three", 3, Protocols::mutexOfThree),
                protocol("mutex and cancel", 3, Protocols::mutexAndCancel),
                protocol("read-write mutex", 3, Protocols::rwMutex),
                protocol("unbuffered, 1 to 1", 3, Protocols::unbufferedOneToOne),
                protocol("unbuffered, 2 to 1", 2, Protocols::unbufferedTwoToOne),
                protocol("unbuffered, close and receive", 3, Protocols::unbufferedCloseAgainstReceive),
                protocol("unbuffered, cancel and send", 3, Protocols::unbufferedCancelAgainstSend),
                protocol("buffered, 2 to 2", 2, Protocols::bufferedTwoToTwo),
                protocol("buffered, close", 2, Protocols::bufferedClose),
                protocol("select of two", 3, Protocols::selectOfTwo),
                protocol("cancel and child", 3, Protocols::cancelAgainstChild),
                protocol("cancel and cancel", 3, Protocols::cancelAgainstCancel),
                protocol("after-func and cancel", 3, Protocols::afterFuncAgainstCancel),
                protocol("wait group", 3, Protocols::waitGroup),
                protocol("wait group, used again", 3, Protocols::waitGroupUsedAgain),
                protocol("once", 3, Protocols::once),
                protocol("interrupt bridge leaks nothing", 3, Protocols::bridgeLeaksNothing),
                protocol("interrupt bridge delivers", 3, Protocols::bridgeDelivers),
                protocol("interrupt bridges in each other", 2, Protocols::bridgesInEachOther),
                protocol("condition, signal", 3, MoreProtocols::condSignal),
                protocol("condition, cancel", 3, MoreProtocols::condCancel),
                protocol("semaphore", 3, MoreProtocols::semaphore),
                protocol("semaphore, cancel", 3, MoreProtocols::semaphoreCancel),
                protocol("selects in opposite order", 3, MoreProtocols::selectsInOppositeOrder),
                protocol("select, cancel and send", 3, MoreProtocols::selectAndCancel),
                protocol("select, default", 3, MoreProtocols::selectOrElse),
                protocol("select, timeout", 2, MoreProtocols::selectTimeout),
                protocol("group, two failures", 2, MoreProtocols::groupFirstFailure),
                protocol("group, cancels others", 2, MoreProtocols::groupCancelsOthers),
                protocol("single flight", 2, MoreProtocols::singleFlight),
                protocol("single flight, left", 2, MoreProtocols::singleFlightLeft),
                protocol("broadcast", 3, MoreProtocols::broadcast));
    }

    private static Arguments protocol(String name, int preemptions, Suite.Protocol protocol) {
        return Arguments.of(name, preemptions, protocol);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    @Hazard({1, 2, 3, 5, 6, 7, 8, 17, 18, 19, 30, 33, 34, 35, 36, 37, 44})
    void protocol_everyOrder_holds(String name, int preemptions, Suite.Protocol protocol) {
        Suite.passes(name, preemptions, protocol);
    }
}
