package dev.millrace.verify.architecture.planted.context;

import dev.millrace.verify.architecture.planted.internal.Low;

/// A right arrow.
public final class High {
    /// Right.
    public Low low() {
        return new Low();
    }
}
