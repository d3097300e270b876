package dev.millrace.internal;

/// What protocols ask of the library when nothing else is going on.
public final class AtRest {
    private AtRest() {}

    /// As if a collection had been.
    public static void collection(Stash stash) {
        stash.age();
    }

    /// Whether any timer is still to fire.
    public static boolean someTimerIsSet() {
        return ((RealScheduler) Scheduler.real()).isAwaited();
    }
}
