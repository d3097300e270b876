package dev.millrace.chan;

import java.util.List;

/// A broadcast, looked at once. The counts and the list of subscribers are each of one instant; each channel is then looked at by itself.
///
/// @param name its name; empty when it has none
/// @param closed whether it is closed
/// @param sent how many values had their turn to be sent, also those that not everybody got, or for which there was no subscriber
/// @param waitingSenders how many wait for their turn; the one whose turn it is waits, if it does, in a subscriber's channel
/// @param subscribers the subscribers' channels, in the order in which they subscribed
public record BroadcastSnapshot(
        String name, boolean closed, long sent, int waitingSenders, List<ChanSnapshot> subscribers) {
    /// With a copy of the list.
    public BroadcastSnapshot {
        subscribers = List.copyOf(subscribers);
    }
}
