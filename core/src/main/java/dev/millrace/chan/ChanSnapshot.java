package dev.millrace.chan;

import java.time.Duration;

/// A channel at one instant.
///
/// @param name its name; empty when it has none
/// @param length the values in its buffer
/// @param capacity the values that its buffer can hold; [Integer#MAX_VALUE] when it is unlimited
/// @param closed whether its senders have closed it, or its receivers abandoned it
/// @param blockedSenders how many wait to send, cases of selects included
/// @param blockedReceivers how many wait to receive, the same
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
/// @param undelivered how many values were accepted and then given to the hook
public record ChanSnapshot(
        String name,
        int length,
        int capacity,
        boolean closed,
        int blockedSenders,
        int blockedReceivers,
        Duration longestWait,
        long undelivered) {}
