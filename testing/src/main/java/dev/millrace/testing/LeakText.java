package dev.millrace.testing;

import dev.millrace.internal.Sites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaks in words.
final class LeakText {
    private static final int MOST_FRAMES = 16;

    private LeakText() {}

    /// `goroutine 31 "feeder" [chan send, 2.0 s], started by main at Feeds.java:12, context "request 7"`, and its stack.
    static String of(Leak.Running r) {
        String waits = r.waitsFor().isEmpty() ? r.state() == Thread.State.RUNNABLE ? "running" : r.state() + ""
                : r.waitsFor();
        String waited = r.waited().compareTo(Duration.ofMillis(1)) < 0 ? "" : ", " + span(r.waited());
        return label(r.id(), r.name()) + " [" + waits + waited + "], " + origin("started", r) + context(r)
                + stack(r.stack());
    }

    static String of(Leak.ToCome c) {
        String name = c.name().isEmpty() ? "a call" : "a call \"" + c.name() + "\"";
        return name + " [to come in " + span(c.dueIn()) + "], " + origin("set", c) + context(c);
    }

    static String of(Leak.Lost l) {
        String waited = l.waitsFor().isEmpty() ? "" : "; waited for " + l.waitsFor();
        return label(l.id(), l.name()) + " [nothing can wake it" + waited + "], " + origin("started", l) + context(l)
                + stack(l.stack());
    }

    /// `2 goroutines and 1 call to come`.
    static String count(List<Leak> leaks) {
        long calls = leaks.stream().filter(Leak.ToCome.class::isInstance).count();
        long goroutines = leaks.size() - calls;
        var parts = new ArrayList<String>();
        if (goroutines > 0) {
            parts.add(goroutines + (goroutines == 1 ? " goroutine" : " goroutines"));
        }
        if (calls > 0) {
            parts.add(calls + (calls == 1 ? " call to come" : " calls to come"));
        }
        return String.join(" and ", parts);
    }

    static String label(long id, String name) {
        return "goroutine " + id + (name.isEmpty() ? "" : " \"" + name + "\"");
    }

    private static String origin(String verb, Leak leak) {
        StackTraceElement site = leak.startedAt();
        return verb + " by " + leak.creator() + (site == null ? "" : " at " + place(site));
    }

    private static String context(Leak leak) {
        return leak.context().isEmpty() ? "" : ", context \"" + leak.context() + "\"";
    }

    /// Without the JDK's and the library's frames on top: what was waited for has been said.
    static String stack(List<StackTraceElement> stack) {
        int first = 0;
        while (first < stack.size() && isOurs(stack.get(first))) {
            first++;
        }
        List<StackTraceElement> shown = first == stack.size() ? stack : stack.subList(first, stack.size());
        var text = new StringBuilder();
        for (StackTraceElement frame : shown.subList(0, Math.min(shown.size(), MOST_FRAMES))) {
            if (isOurs(frame) && shown != stack) {
                break; // below the body there is only the library
            }
            text.append("\n    at ").append(frame.getClassName()).append('.').append(frame.getMethodName());
            text.append('(').append(frame.getFileName()).append(':').append(frame.getLineNumber()).append(')');
        }
        return text.toString();
    }

    static boolean isOurs(StackTraceElement frame) {
        return Sites.isOurs(frame.getClassName());
    }

    static String place(@Nullable StackTraceElement site) {
        return site == null
                ? "an unknown line"
                : site.getFileName() == null
                        ? site.getClassName() + "." + site.getMethodName()
                : site.getFileName() + ":" + site.getLineNumber();
    }

    /// `850 us`, `300 ms`, `1.5 s`.
    static String span(Duration span) {
        long nanos = Math.max(0, span.toNanos());
        if (nanos < 1_000_000) {
            return nanos / 1_000 + " us";
        }
        long millis = nanos / 1_000_000;
        return millis < 1_000 ? millis + " ms" : millis / 1_000 + "." + millis % 1_000 / 100 + " s";
    }
}
