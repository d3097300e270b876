package dev.millrace.verify.explore;

import static dev.millrace.testing.explore.engine.Mutation.Kind.ALWAYS;
import static dev.millrace.testing.explore.engine.Mutation.Kind.CHECK_THEN_SET;
import static dev.millrace.testing.explore.engine.Mutation.Kind.NEVER;
import static dev.millrace.testing.explore.engine.Mutation.Kind.PLAIN;
import static dev.millrace.testing.explore.engine.Mutation.Kind.UNLOCKED;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
                mutant("InterruptBridge", "deliver", "arm", 0, 1, InsistProtocols::delivers),
                mutant("InterruptBridge$Again", "fire", "arm", 0, 1, InsistProtocols::delivers),
                mutant("InterruptBridge$Again", "end", "interrupted", 0, 2, InsistProtocols::leavesWhileSentAgain),
                mutant("InterruptBridge", "exit", "end", 0, 2, InsistProtocols::leavesWhileSentAgain),
                mutant("InterruptBridge", "shield", "hold", 0, 1, InsistProtocols::shielded),
                mutant("InterruptBridge", "unshield", "arm", 0, 1, InsistProtocols::keptBack),
                planted(CHECK_THEN_SET, "internal.InterruptBridge$Again", "end", "compareAndSet", 0, 2,
                        InsistProtocols::leavesWhileSentAgain),
                mutant("Node", "cancel", "awaitSettled", 0, 2, CallbackProtocols::cancelsRelatives),
                planted(CHECK_THEN_SET, "internal.Waiter", "decide", "compareAndSet", 0, 2, MoreProtocols::condSignal),
                planted(CHECK_THEN_SET, "internal.Waiter", "decide", "compareAndSet", 1, 2,
                        Protocols::waiterClaimedAndInterrupted),
                planted(CHECK_THEN_SET, "internal.Waiter", "await", "compareAndSet", 0, 2, MoreProtocols::condSignal),
                planted(CHECK_THEN_SET, "internal.SpinLock", "lock", "compareAndSet", 0, 2, Protocols::spinLockGuards),
                planted(CHECK_THEN_SET, "internal.SeqLock", "tryLock", "compareAndSet", 0, 2,
                        Protocols::unbufferedOneToOne),
                planted(CHECK_THEN_SET, "internal.LockCore", "release", "compareAndSet", 0, 2,
                        MoreProtocols::condSignal),
                planted(CHECK_THEN_SET, "internal.LockCore", "acquireShared", "compareAndSet", 0, 2,
                        Protocols::rwMutex),
                planted(CHECK_THEN_SET, "internal.LockCore", "pin", "getAndBitwiseOr", 0, 2, Protocols::mutexOfThree),
                planted(CHECK_THEN_SET, "internal.SemaphoreCore", "takeOpen", "compareAndSet", 0, 2,
                        MoreProtocols::semaphore),
                planted(CHECK_THEN_SET, "internal.SemaphoreCore", "giveBackOpen", "compareAndSet", 0, 2,
                        MoreProtocols::semaphore),
                planted(CHECK_THEN_SET, "internal.Countdown", "add", "compareAndSet", 0, 2,
                        Protocols::waitGroupUsedAgain),
                planted(CHECK_THEN_SET, "internal.InterruptBridge", "deliver", "compareAndSet", 0, 2,
                        Protocols::bridgeLeaksNothing),
                planted(CHECK_THEN_SET, "context.AfterFunc", "stop", "compareAndSet", 0, 2,
                        Protocols::afterFuncAgainstCancel),
                planted(CHECK_THEN_SET, "sync.Once", "runOrWait", "compareAndExchange", 0, 2, Protocols::once),
                planted(PLAIN, "internal.SeqLock", "unlock", "setRelease", 0, 2, MoreProtocols::condSignal),
                planted(PLAIN, "internal.Hearers", "unlock", "setRelease", 0, 2, Protocols::bridgeLeaksNothing),
                planted(PLAIN, "internal.Node", "walk", "setRelease", 0, 2, Protocols::cancelAgainstCancel),
                planted(PLAIN, "internal.LockCore", "settle", "setRelease", 0, 2, MoreProtocols::condSignal),
                planted(PLAIN, "sync.Once", "ended", "state", 0, 2, Protocols::once),
                planted(UNLOCKED, "internal.ChanCore", "receiveWaiting", "lock", 0, 2, Protocols::unbufferedOneToOne),
                planted(UNLOCKED, "internal.SelectCore", "tryLockAll", "tryLock", 0, 2,
                        MoreProtocols::selectsInOppositeOrder),
                planted(UNLOCKED, "internal.Node", "admit", "lock", 0, 2, Protocols::cancelAgainstChild),
                planted(UNLOCKED, "internal.Countdown", "enqueue", "lock", 0, 2, Protocols::waitGroupUsedAgain),
                planted(UNLOCKED, "internal.SemaphoreCore", "release", "lock", 0, 2, MoreProtocols::semaphore),
                planted(NEVER, "internal.Node", "add", "ended", 0, 2, Protocols::bridgeDelivers),
                planted(ALWAYS, "internal.Gate", "hold", "getVolatile", 0, 2, Protocols::gateIsShutAndOpened),
                planted(NEVER, "internal.Waiter", "decide", "compareAndSet", 1, 2, MoreProtocols::semaphoreCancel),
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

    private static Arguments planted(
            Mutation.Kind kind, String owner, String method, String what, int occurrence, int preemptions,
            Suite.Protocol protocol) {
        return Arguments.of(
                new Mutation(kind, "dev.millrace." + owner, method, what, occurrence), preemptions, protocol);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    @Hazard({44, 56})
    void mutant_inItsProtocol_isFound(Mutation planted, int preemptions, Suite.Protocol protocol) {
        Suite.finds(planted, preemptions, protocol);
    }

    // The five of the bridge's design: check then interrupt, forget to clear, forget the outer one, no unpark are planted above.

    /// An exit does not know that an interrupt is on its way.
    static Edited noStateBetween() {
        return Edited.core("no state between", "internal.InterruptBridge",
                new Edited.Edit("compareAndSet(this, from, INTERRUPTING)", "compareAndSet(this, from, INTERRUPTED)"),
                new Edited.Edit("""
                                    if (!STATE.compareAndSet(this, INTERRUPTING, INTERRUPTED)) {
                                        state = INTERRUPTED;
                                        LockSupport.unpark(thread);
                                    }
                        """, ""));
    }

    @Test
    @Hazard(44)
    void bridge_withoutStateBetween_isFound() {
        Suite.finds(noStateBetween(), 3, true, Protocols.class, "bridgeLeaksNothing");
    }

    // What is no fault that was found.

    @Test
    void fault_thatCannotBeLinked_isRefused() {
        var unlinked = Edited.core("another name", "internal.Waiter",
                new Edited.Edit("public final void wake()", "public final void wakeUp()"),
                new Edited.Edit("((Waiter) l).wake()", "((Waiter) l).wakeUp()"),
                new Edited.Edit("            wake();\n", "            wakeUp();\n"));
        var refused = assertThrows(AssertionError.class,
                () -> Suite.finds(unlinked, 2, true, Protocols.class, "waiterClaimedByTwo"));
        assertTrue(String.valueOf(refused.getMessage()).contains("loaded or linked"), refused.toString());
    }

    @Test
    void fault_thatIsNone_isNotFound() {
        var none = new Mutation("dev.millrace.internal.Waiter", "wake", "noSuchCall", 0);
        var refused = assertThrows(AssertionError.class,
                () -> Suite.finds(none, 1, Protocols::waiterClaimedByTwo));
        assertTrue(String.valueOf(refused.getMessage()).contains("was not found"), refused.toString());
    }

    @Test
    void edit_ofWhatIsNotThere_isRefused() {
        assertThrows(AssertionError.class, () -> Edited.core("nothing", "internal.Waiter",
                new Edited.Edit("no such text", "")));
    }
}
