package dev.millrace.probe;

/// Hears what happens in the library. Implement it, and [Probes#install] it.
///
/// **It is called on the thread where the event happens**, partly while other threads wait for that thread; so it must be
/// quick, must not block, and must not use the library's blocking operations. What it throws is logged once and the probe
/// goes on being called.
@FunctionalInterface
public interface Probe {
    void on(Event event);
}
