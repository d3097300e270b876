package dev.millrace.verify.explore;

import java.util.List;
import java.util.stream.Stream;

/// What is explored of queues in certain states: of locks, channels, selects and pools.
final class LockCases {
    /// In every order.
    static final List<Case> ANY_ORDER = List.of(
            Case.of("lock, release and pins", 2, LockWaitProtocols::releaseAndPins).shows(33),
            Case.of("lock, select waits to read", 2, LockWaitProtocols::selectWaitsForReadLock).shows(33),
            Case.punctual("lock, hungry and cancel", 2, HandOffProtocols::hungryAgainstCancel).shows(33),
            Case.of("once value, done", 2, HandOffProtocols::onceValueDone).shows(36),
            Case.of("wait group, all done", 2, HandOffProtocols::waitGroupAllDone).shows(35),
            Case.of("lock, reader leaves", 2, LockWaitProtocols::readerLeavesQueue).shows(33),
            Case.punctual("bubble, try-locks", 1, LockWaitProtocols::bubbleTryLocks).shows(49),
            Case.of("condition, withdrawn", 2, LockWaitProtocols::condWithdrawn).shows(37),
            Case.of("condition, withdrawn alone", 2, LockWaitProtocols::condWithdrawnAlone).shows(37),
            Case.of("condition, cancel meets signal", 1, LockWaitProtocols::condCancelMeetsSignal).shows(37),
            Case.of("condition, leaves", 2, LockWaitProtocols::condLeavesQueue).shows(37),
            Case.of("condition, broadcast and join", 2, LockWaitProtocols::condBroadcastAgainstJoin).shows(37),
            Case.of("condition, broadcast and cancel", 2, LockWaitProtocols::condBroadcastAgainstCancel).shows(37),
            Case.of("semaphore, shrinks", 1, LockWaitProtocols::semaphoreShrinks),
            Case.of("semaphore, too much", 2, LockWaitProtocols::semaphoreTooMuchGivesUp),
            Case.of("semaphore, select waits", 2, LockWaitProtocols::selectWaitsForTokens),
            Case.of("semaphore, poll of two", 2, LockWaitProtocols::pollOfTwo),
            Case.of("semaphore, published by a section", 2, LockWaitProtocols::publishedBySection),
            Case.of("semaphore, permit closed by two", 2, LockWaitProtocols::permitClosedByTwo),
            Case.of("semaphore, resized beside its word", 2, LockWaitProtocols::resizeAgainstWord),
            Case.of("barging, three senders", 1, LockChanProtocols::bargingThreeSenders).shows(2),
            Case.of("barging, three receivers", 1, LockChanProtocols::bargingThreeReceivers).shows(2),
            Case.of("barging, full", 1, LockChanProtocols::bargingFull).shows(2),
            Case.of("barging, empty", 1, LockChanProtocols::bargingEmpty).shows(2),
            Case.of("barging, select behind", 1, LockChanProtocols::bargingSelectBehind).shows(2),
            Case.of("barging, close", 1, LockChanProtocols::bargingClose).shows(2),
            Case.of("receiver leaves", 2, LockChanProtocols::receiverLeavesQueue).shows(8),
            Case.of("alarm passes over", 1, LockChanProtocols::alarmPassesOver),
            Case.punctual("alarm is given up", 1, LockChanProtocols::alarmIsGivenUp),
            Case.punctual("alarm is stopped", 1, LockChanProtocols::alarmIsStopped),
            Case.of("ticker of two", 1, LockChanProtocols::tickerOfTwo),
            Case.punctual("alarm is abandoned", 1, LockChanProtocols::alarmIsAbandoned),
            Case.punctual("alarm loses a select", 1, LockChanProtocols::alarmLosesSelect),
            Case.of("select, channel twice", 2, SelectCaseProtocols::channelTwice).shows(5),
            Case.of("select, numbers at once", 2, SelectCaseProtocols::numbersAtOnce).shows(5),
            Case.of("select, busy lock", 0, SelectCaseProtocols::busyLock).shows(5),
            Case.of("select, ordered with a lock", 2, SelectCaseProtocols::orderedWithLock).shows(7),
            Case.of("select, ordered and receive", 2, SelectCaseProtocols::orderedAgainstReceive).shows(5),
            Case.of("select, alarm alone", 2, SelectCaseProtocols::alarmAlone).shows(5),
            Case.of("select, foreign context and sender", 2, SelectCaseProtocols::foreignAgainstSender).shows(5),
            Case.of("select runs itself", 2, SelectCaseProtocols::runsItself).shows(5),
            Case.punctual("bubble, select from outside", 1, SelectCaseProtocols::fromOutside).shows(52),
            Case.of("selector forgets the last run", 2, SelectCaseProtocols::lastRunIsForgotten).shows(5),
            Case.of("selector forgets the other end", 2, SelectCaseProtocols::otherEndIsForgotten).shows(5),
            Case.of("pool, enough for two", 2, PoolAgeProtocols::enoughForTwo).shows(38),
            Case.of("pool, first of all", 2, PoolAgeProtocols::firstOfAll).shows(38),
            Case.of("pool, collections", 2, PoolAgeProtocols::collections).shows(38),
            Case.of("pool, collection and take", 2, PoolAgeProtocols::collectionAgainstTake).shows(38));

    /// With no memory at each object that is made.
    static final List<Case> ALLOCATIONS = List.of(
            Case.allocations("lock, to wait", LockMemoryProtocols::lockToWait),
            Case.allocations("lock, for who was woken", LockMemoryProtocols::lockForWoken),
            Case.allocations("condition, to wait", LockMemoryProtocols::condToWait),
            Case.allocations("semaphore, to wait", LockMemoryProtocols::semaphoreToWait),
            Case.allocations("select, to wait", LockMemoryProtocols::selectToWait),
            Case.allocations("select, to wait for a time", LockMemoryProtocols::selectToWaitFor),
            Case.allocations("ticker of two", LockMemoryProtocols::tickerOfTwo));

    /// It has one order only, and that takes its time.
    static final Case COLLECTIONS = Case.of("pool, real collections", 0, PoolAgeProtocols::realCollections).shows(38);

    private LockCases() {}

    static Stream<Case> all() {
        return Stream.concat(Stream.concat(ANY_ORDER.stream(), ALLOCATIONS.stream()), Stream.of(COLLECTIONS));
    }
}
