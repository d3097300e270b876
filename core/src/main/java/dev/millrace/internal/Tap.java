package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What `dev.millrace.probe` listens to. One at a time for the process, null when nobody looks: then each point of
/// interest costs one read. Called on the thread where it happens, partly while others wait for it, and must not block or
/// throw.
public abstract class Tap {
    private static volatile @Nullable Tap current;

    /// For implementations.
    protected Tap() {}

    public static @Nullable Tap current() {
        return current;
    }

    public static void set(@Nullable Tap tap) {
        current = tap;
    }

    public abstract void goroutineStarted(Goroutine goroutine);

    public abstract void goroutineEnded(Goroutine goroutine, @Nullable Throwable failure);

    /// `thread` parks, with `blocker` as the reason.
    public abstract void waitStarted(Thread thread, Object blocker);

    public abstract void waitEnded(Thread thread, Object blocker);

    public abstract void contextMade(Node node);

    public abstract void contextEnded(Node node, Ending ending);
}
