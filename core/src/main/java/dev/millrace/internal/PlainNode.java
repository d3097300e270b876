package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A node that ends when somebody cancels it, or its parent ends.
public final class PlainNode extends Node {
    public PlainNode(@Nullable Node up, Scheduler scheduler, String name) {
        super(up, scheduler, name);
        if (up == null) {
            needsNoLook();
        }
    }
}
