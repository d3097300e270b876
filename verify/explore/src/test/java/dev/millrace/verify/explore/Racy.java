package dev.millrace.verify.explore;

import java.util.Set;

/// The fields of the library in which there are races on purpose; any other race fails the suite.
final class Racy {
    private static final String INTERNAL = "dev.millrace.internal.";

    static final Set<String> ALLOWED = Set.of(
            // Read without the lock between a stamp and its check, or as a hint whether it is worth to take the lock.
            "dev.millrace.verify.explore.Protocols$SeqPair.a",
            "dev.millrace.verify.explore.Protocols$SeqPair.b",
            INTERNAL + "ChanQueues.receivers",
            INTERNAL + "ChanQueues.senders",
            INTERNAL + "ChanQueues.count",
            INTERNAL + "ChanCore.closure",
            INTERNAL + "ChanCore.ring", // how long it is
            INTERNAL + "LockCore.writers",
            INTERNAL + "LockCore.writerComing",
            INTERNAL + "LockCore.readersComing",
            INTERNAL + "TimeSource.pending",
            INTERNAL + "TimeSource.when",
            INTERNAL + "SemaphoreCore.waiters",
            INTERNAL + "SemaphoreCore.held",
            INTERNAL + "SemaphoreCore.size",
            // Hints, which may be lost.
            INTERNAL + "Patience.pauses",
            INTERNAL + "Patience.waits",
            INTERNAL + "Patience.yields",
            INTERNAL + "Node.used",
            INTERNAL + "Node.tasked",
            INTERNAL + "DeadlineNode.polls",
            // Made when first needed, perhaps twice; what it refers to has final fields, or hints.
            INTERNAL + "LockCore.patience",
            INTERNAL + "LockCore.reading",
            INTERNAL + "LockCore.writing",
            INTERNAL + "ChanCore.patience",
            INTERNAL + "ChanCore.sending",
            INTERNAL + "ChanCore.receiving",
            // "The empty list" in docs/design/context-protocol.md.
            INTERNAL + "Hearers.first",
            // For how long somebody has waited: looked at by snapshots only.
            INTERNAL + "Waiter.since",
            // Compared by others with themselves only.
            INTERNAL + "BroadcastCore.sender",
            // Read without the lock, to see whether it is worth to take it.
            INTERNAL + "Stash$Places.count",
            INTERNAL + "Stash$Places.stack",
            // Set by the first who makes a bubble; who is in one was started after that.
            INTERNAL + "Scheduler.others",
            INTERNAL + "Countdown.unwatched",
            // Exact for a thread that asks about itself.
            "dev.millrace.sync.OneRun.runner");

    private Racy() {}
}
