package dev.millrace.testing;

import dev.millrace.internal.Goroutine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What the goroutines of a bubble do, in words.
final class Report {
    /// How long those who are about to park may take for it, in real time.
    private static final long SETTLE_NANOS = 50_000_000L;

    private Report() {}

    /// One text for each of `places`.
    static List<String> of(List<Place> places) {
        long end = System.nanoTime() + SETTLE_NANOS;
        while (!haveParked(places) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(50_000);
        }
        var all = new ArrayList<String>();
        for (Place place : places) {
            all.add(of(place));
        }
        return all;
    }

    private static boolean haveParked(List<Place> places) {
        for (Place place : places) {
            if (place.isBlocked() && place.goroutine.thread().getState() != Thread.State.WAITING) {
                return false;
            }
        }
        return true;
    }

    /// `goroutine 31 "worker" [chan receive on "jobs"], started at Pool.java:12`, and its stack.
    private static String of(Place place) {
        Goroutine g = place.goroutine;
        StackTraceElement[] stack = g.thread().getStackTrace();
        var text = new StringBuilder(g.toString());
        text.append(" [").append(doing(place, stack)).append(']');
        StackTraceElement site = g.site();
        if (site != null) {
            text.append(", started at ").append(site.getFileName()).append(':').append(site.getLineNumber());
        }
        boolean hidden = place.isBlocked() || !g.waitsFor().isEmpty(); // of a foreign wait all is shown
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(Goroutine.class.getName())) {
                break;
            }
            hidden = hidden && isHidden(frame);
            if (!hidden) {
                text.append("\n        at ").append(plain(frame));
            }
        }
        return text.toString();
    }

    private static String doing(Place place, StackTraceElement[] stack) {
        String ours = place.goroutine.waitsFor();
        if (place.isBlocked()) {
            return ours;
        }
        if (place.isHeldBack()) {
            return "waits for its turn";
        }
        String real = place.isInRealTime() ? "in real time: " : "";
        if (!ours.isEmpty()) {
            return real + ours + (real.isEmpty() ? ", which was made outside the bubble" : "");
        }
        Thread.State state = place.goroutine.thread().getState();
        return switch (state) {
            case WAITING, BLOCKED, TIMED_WAITING -> real + state + " in " + foreign(stack);
            default -> real + "running";
        };
    }

    /// What the first frame of a user's calls: `LinkedBlockingQueue.take`. When that is what blocks, as a monitor does, the frame itself.
    private static String foreign(StackTraceElement[] stack) {
        StackTraceElement found = null;
        for (StackTraceElement frame : stack) {
            boolean hidden = isHidden(frame);
            if (hidden || found == null) {
                found = frame;
            }
            if (!hidden) {
                break;
            }
        }
        if (found == null) {
            return "an unknown place";
        }
        String type = found.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + found.getMethodName();
    }

    private static boolean isHidden(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.")
                || type.startsWith("dev.millrace.internal.") || type.equals(BubbleScheduler.class.getName());
    }

    private static StackTraceElement plain(StackTraceElement frame) {
        return new StackTraceElement(frame.getClassName(), frame.getMethodName(), frame.getFileName(),
                frame.getLineNumber());
    }
}
