package dev.millrace.net;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// What became of the connections of a [Listener#serve].
///
/// @param ended how many ended by themselves, before the stop or within the grace period
/// @param closed the other ends of those that were cut: still served when the grace period was over
/// @param took how long it was from the stop until all of them were over or closed
public record Drained(long ended, List<InetSocketAddress> closed, Duration took) {
    public Drained {
        closed = List.copyOf(closed);
    }

    /// Whether nothing was cut.
    public boolean isClean() {
        return closed.isEmpty();
    }
}
