package dev.millrace.probe;

/// Has probes installed from the library's first use on, without a call by the program: a provider found by [java.util.ServiceLoader].
public interface ProbeSource {
    /// Called once, when the first context that can end is made, the first goroutine starts, the first thread parks, or the first probe is
    /// installed: on that thread, so it must be quick and must not wait for another thread. What it throws is logged.
    ///
    /// It may install a [Probe], or arrange for one to be installed once somebody wants to look.
    void begin();
}
