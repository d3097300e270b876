package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The suites can fail: each planted fault is found by the protocol that it is in. Planted while the class is loaded; the sources are as they are.
class MutantsTest {
    private static final String INTERNAL = "dev.millrace.internal.";

    static Stream<Arguments> mutants() {
        return Stream.of(
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::waiterClaimedByTwo),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::mutexOfTwo),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::rwMutex),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::unbufferedOneToOne),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::bufferedTwoToTwo),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::selectOfTwo),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::waitGroup),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::once),
                mutant("Waiter", "wake", "wake", 0, 2, Protocols::cancelAgainstChild),
                mutant("Waiter", "decide", "compareAndSet", 0, 2, Protocols::waiterClaimedByTwo),
                mutant("Waiter", "decide", "compareAndSet", 1, 2, Protocols::waiterClaimedByTwo),
                mutant("Gate", "hold", "letThrough", 0, 2, Protocols::gateIsShutAndOpened),
                mutant("Gate", "hold", "compareAndSet", 0, 2, Protocols::gateIsShutAndOpened),
                mutant("Gate", "letThrough", "unpark", 0, 2, Protocols::gateIsShutAndOpened),
                mutant("Gate", "open", "letThrough", 0, 2, Protocols::gateIsShutAndOpened),
                mutant("SpinLock", "lock", "compareAndSet", 0, 2, Protocols::spinLockGuards),
                mutant("SeqLock", "tryLock", "compareAndSet", 0, 2, Protocols::seqLockIsReadAtOneInstant),
                mutant("SeqLock", "unlock", "setRelease", 0, 2, Protocols::unbufferedOneToOne),
                mutant("LockCore", "release", "compareAndSet", 0, 2, Protocols::mutexOfTwo),
                mutant("LockCore", "acquire", "compareAndSet", 0, 2, Protocols::mutexAndCancel),
                mutant("Countdown", "release", "wakeAll", 0, 2, Protocols::waitGroup),
                mutant("Countdown", "release", "compareAndSet", 0, 2, Protocols::waitGroup),
                mutant("Countdown", "release", "wakeAll", 0, 2, Protocols::once),
                mutant("Countdown", "enqueue", "compareAndSet", 0, 2, Protocols::waitGroup),
                mutant("Node", "add", "ended", 0, 2, Protocols::cancelAgainstChild),
                mutant("Node", "admit", "ended", 0, 2, Protocols::cancelAgainstChild),
                mutant("Walk", "tellBelow", "takeAll", 0, 2, Protocols::cancelAgainstChild),
                mutant("InterruptBridge", "deliver", "interrupt", 0, 3, Protocols::bridgeDelivers),
                mutant("InterruptBridge", "deliver", "unpark", 0, 3, Protocols::bridgeLeaksNothing),
                mutant("InterruptBridge", "exit", "takeBack", 0, 3, Protocols::bridgeLeaksNothing),
                mutant("InterruptBridge", "takeBack", "interrupted", 2, 3, Protocols::bridgeLeaksNothing),
                mutant("InterruptBridge", "exit", "outerHasSent", 0, 2, Protocols::bridgesInEachOther),
                Arguments.of(
                        new Mutation("dev.millrace.sync.Once", "runOrWait", "compareAndExchange", 0), 2,
                        (Suite.Protocol) Protocols::once),
                Arguments.of(
                        new Mutation("dev.millrace.sync.OneRun", "end", "add", 0), 2,
                        (Suite.Protocol) Protocols::once),
                Arguments.of(
                        new Mutation("dev.millrace.context.AfterFunc", "stop", "compareAndSet", 0), 2,
                        (Suite.Protocol) Protocols::afterFuncAgainstCancel));
    }

    private static Arguments mutant(
            String owner, String method, String call, int occurrence, int preemptions, Suite.Protocol protocol) {
        return Arguments.of(new Mutation(INTERNAL + owner, method, call, occurrence), preemptions, protocol);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    @Hazard({44, 56})
    void mutant_inItsProtocol_isFound(Mutation planted, int preemptions, Suite.Protocol protocol) {
        Suite.finds(planted, preemptions, protocol);
    }
}
