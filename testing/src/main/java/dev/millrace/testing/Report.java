package dev.millrace.testing;

import dev.millrace.internal.Goroutine;
import java.util.ArrayList;
import java.util.List;

/// What goroutines do, in words: one text for each.
final class Report {
    private Report() {}

    static List<String> of(List<Seat> seats) {
        var all = new ArrayList<String>();
        for (Seat seat : seats) {
            all.add(of(seat));
        }
        return all;
    }

    /// `goroutine 31 "worker" [chan receive "jobs"], started at Pool.java:12`, and its stack.
    private static String of(Seat seat) {
        Goroutine g = seat.goroutine;
        var text = new StringBuilder(g.toString());
        String waits = g.waitsFor();
        text.append(" [").append(waits.isEmpty() ? "running" : waits).append(']');
        StackTraceElement site = g.site();
        if (site != null) {
            text.append(", started at ").append(site.getFileName()).append(':').append(site.getLineNumber());
        }
        boolean ours = true;
        for (StackTraceElement frame : g.thread().getStackTrace()) {
            if (frame.getClassName().equals(Goroutine.class.getName())) {
                break;
            }
            ours = ours && isHidden(frame.getClassName());
            if (!ours) {
                text.append("\n        at ").append(frame);
            }
        }
        return text.toString();
    }

    private static boolean isHidden(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("dev.millrace.internal.")
                || type.startsWith("dev.millrace.testing.BubbleScheduler");
    }
}
