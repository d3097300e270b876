package dev.millrace.verify.explore;

import static dev.millrace.testing.explore.engine.Mutation.Kind.CHECK_THEN_SET;
import static dev.millrace.testing.explore.engine.Mutation.Kind.LEFT_OUT;
import static dev.millrace.testing.explore.engine.Mutation.Kind.NEVER;
import static dev.millrace.testing.explore.engine.Mutation.Kind.PLAIN;
import static dev.millrace.testing.explore.engine.Mutation.Kind.UNLOCKED;

import dev.millrace.testing.explore.engine.Mutation;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Locks, channels, selects and pools whose queues are in a certain state when the next one comes: what is said of them holds in every order, and also
/// when there is no memory for who waits.
class LockProtocolsTest {
    static Stream<Case> anyOrder() {
        return LockCases.ANY_ORDER.stream();
    }

    static Stream<Case> allocations() {
        return LockCases.ALLOCATIONS.stream();
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                mutant(LEFT_OUT, "ChanCore", "balance", "admitSenders", 0, "barging, three senders"),
                mutant(LEFT_OUT, "ChanCore", "receiveWaiting", "balance", 0, "barging, full"),
                mutant(LEFT_OUT, "ChanCore", "sendWaiting", "balance", 0, "barging, empty"),
                mutant(LEFT_OUT, "ChanCore", "give", "append", 1, "barging, select behind"),
                mutant(NEVER, "ChanCore", "serveFromSource", "claim", 0, "alarm passes over"),
                mutant(LEFT_OUT, "TimeSource$Bell", "fire", "adjust", 0, "ticker of two"),
                mutant(CHECK_THEN_SET, "LockCore", "releaseSlowly", "compareAndSet", 0, "lock, release and pins"),
                mutant(CHECK_THEN_SET, "Waiter", "decide", "compareAndSet", 1, "lock, hungry and cancel"),
                mutant(LEFT_OUT, "LockCore", "serveWriters", "claim", 0, "lock, hungry and cancel"),
                planted(LEFT_OUT, "sync.OnceValue", "compute", "end", 1, "once value, done"),
                planted(LEFT_OUT, "sync.OnceValue", "done", "end", 0, "once value, done"),
                planted(CHECK_THEN_SET, "sync.OnceValue", "done", "compareAndSet", 0, "once value, done"),
                mutant(LEFT_OUT, "Countdown", "release", "occur", 0, "wait group, all done"),
                mutant(UNLOCKED, "Countdown", "enqueue", "lock", 0, "wait group, all done"),
                mutant(UNLOCKED, "LockCore", "tryWithin", "lock", 0, "bubble, try-locks"),
                mutant(LEFT_OUT, "LockCore", "acquireWaiting", "hasCome", 1, "lock, for who was woken"),
                mutant(LEFT_OUT, "LockCore", "await", "claim", 0, "lock, to wait"),
                mutant(UNLOCKED, "CondQueue", "broadcast", "lock", 0, "condition, broadcast and join"),
                mutant(LEFT_OUT, "CondQueue", "await", "claim", 0, "condition, to wait"),
                mutant(LEFT_OUT, "SemaphoreCore", "await", "claim", 0, "semaphore, to wait"),
                mutant(LEFT_OUT, "SelectCore", "add", "isToldByStamp", 0, "semaphore, poll of two"),
                mutant(PLAIN, "SemaphoreCore", "settle", "setRelease", 0, "semaphore, published by a section"),
                mutant(UNLOCKED, "SemaphoreCore", "releaseOnce", "lock", 0, "semaphore, permit closed by two"),
                mutant(CHECK_THEN_SET, "SemaphoreCore", "pin", "getAndSet", 0, "semaphore, resized beside its word"),
                mutant(LEFT_OUT, "SemaphoreCore", "resize", "pin", 0, "semaphore, resized beside its word"),
                mutant(CHECK_THEN_SET, "Selectable", "number", "compareAndExchange", 0, "select, numbers at once"),
                mutant(LEFT_OUT, "SelectCore", "tryLockAll", "unlockFirst", 0, "select, busy lock"),
                mutant(LEFT_OUT, "SelectCore", "await", "claim", 0, "select, to wait for a time"),
                mutant(LEFT_OUT, "SelectCore", "await", "leave", 0, "select, to wait"),
                mutant(LEFT_OUT, "SelectCore", "enter", "forget", 0, "selector forgets the last run"),
                mutant(UNLOCKED, "Stash$Stripe", "age", "lock", 0, "pool, collection and take"),
                mutant(LEFT_OUT, "Stash", "renew", "watch", 0, "pool, real collections"));
    }

    private static Arguments mutant(
            Mutation.Kind kind, String owner, String method, String what, int occurrence, String in) {
        return planted(kind, "internal." + owner, method, what, occurrence, in);
    }

    private static Arguments planted(
            Mutation.Kind kind, String owner, String method, String what, int occurrence, String in) {
        Case c = LockCases.all().filter(one -> one.name().equals(in)).findFirst().orElseThrow();
        return Arguments.of(new Mutation(kind, "dev.millrace." + owner, method, what, occurrence), c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("anyOrder")
    void queues_inEveryOrder_hold(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allocations")
    void waits_noMemoryAtEachOccasion_holdNobodyUp(Case c) {
        Suite.passes(c);
    }

    @Test
    void pool_realCollections_dropWhatNobodyTakes() {
        Suite.passes(LockCases.COLLECTIONS);
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("mutants")
    void mutant_inItsProtocol_isFound(Mutation planted, Case c) {
        Suite.finds(planted, c);
    }
}
