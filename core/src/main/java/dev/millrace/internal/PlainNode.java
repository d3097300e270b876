package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A node that ends when somebody cancels it, or its parent ends.
public final class PlainNode extends Node {
    private final @Nullable StackTraceElement madeAt;

    public PlainNode(@Nullable Node up, Scheduler scheduler, String name) {
        super(up, scheduler, name);
        madeAt = Debug.on() ? Sites.caller() : null;
        if (up == null) {
            needsNoLook();
        }
    }

    @Override
    public @Nullable StackTraceElement madeAt() {
        return madeAt;
    }
}
