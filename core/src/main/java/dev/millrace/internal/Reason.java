package dev.millrace.internal;

/// What a wait is for, where that is not simply the public object that one waits for. Its text is what dumps show, in Go's words.
///
/// Reports look from the parked thread to its [Waiter], from there to the reason, and from the reason to the object: so nobody keeps a
/// list of who waits for what.
public interface Reason {
    /// The object on which those who could end the wait would act. Compared by identity.
    Object awaited();

    /// What a probe is shown.
    default Object shown() {
        return this;
    }

    /// What a probe is shown of `reason`.
    static Object shown(Object reason) {
        return reason instanceof Reason r ? r.shown() : reason;
    }

    /// The object of a wait.
    static Object awaited(Object reason) {
        return reason instanceof Reason r ? r.awaited() : reason;
    }
}
