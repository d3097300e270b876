package dev.millrace.probe;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hears what happens in the library. Implement it, and [Probes#install] it.
///
/// **It is called on the thread where the event happens**, partly while other threads wait for that thread; so it must be
/// quick, must not block, and must not use the library's blocking operations. What it throws is logged once and the probe
/// goes on being called.
@FunctionalInterface
public interface Probe {
    void on(Event event);

    /// Called in place of [#on] when a thread parks. Answers who is to be called on the same thread when the wait is over; null for nobody.
    /// So what belongs to one wait needs no map.
    ///
    /// Unless overridden, [#on] hears both.
    default @Nullable Consumer<Event.WaitEnded> onWait(Event.WaitStarted start) {
        on(start);
        return this::on;
    }
}
