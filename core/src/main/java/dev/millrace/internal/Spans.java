package dev.millrace.internal;

/// Words for spans of time.
public final class Spans {
    private Spans() {}

    /// A span as one reads it: `300 ms`, `1.5 s`, `2 h 5 min`.
    public static String text(long nanos) {
        if (nanos < 0) {
            return "-" + text(-nanos);
        }
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return nanos / 1_000 + " us";
        }
        long millis = nanos / 1_000_000;
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis / 1_000 + "." + millis % 1_000 / 100 + " s";
        }
        long minutes = millis / 60_000;
        if (minutes < 60) {
            long seconds = millis % 60_000 / 1_000;
            return minutes + " min" + (seconds == 0 ? "" : " " + seconds + " s");
        }
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
