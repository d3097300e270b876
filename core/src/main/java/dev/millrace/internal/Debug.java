package dev.millrace.internal;

/// Debug mode: creation sites, and every context registered with its parent so that dumps are complete.
public final class Debug {
    private static volatile boolean on = Boolean.getBoolean("dev.millrace.debug");

    private Debug() {}

    public static boolean on() {
        return on;
    }

    /// Sets the mode and answers the old one.
    public static synchronized boolean set(boolean value) {
        boolean old = on;
        on = value;
        return old;
    }
}
