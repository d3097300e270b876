package dev.millrace.go;

/// The facts of the JDK's scheduler of virtual threads, in Go's letters: G are the goroutines, P the parallelism, M the
/// platform threads that carry. Implemented by the module `dev.millrace.jvm`; without it [Go#scheduler()] knows only the
/// parallelism. Found by [java.util.ServiceLoader].
public interface SchedulerFacts {
    /// How many virtual threads can run at once: Go's GOMAXPROCS.
    int parallelism();

    /// Sets [#parallelism()].
    ///
    /// @throws UnsupportedOperationException when this source cannot
    void parallelism(int n);

    /// Platform threads that carry virtual threads; -1 when not known.
    int poolSize();

    /// Virtual threads that run now; -1 when not known.
    int mounted();

    /// Virtual threads that could run and wait for a carrier; -1 when not known.
    long queued();
}
