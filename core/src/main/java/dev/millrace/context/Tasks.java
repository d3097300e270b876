package dev.millrace.context;

import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Sites;
import dev.millrace.internal.StopLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The goroutines under a node: those that live, from the registry; those that have ended after it, from its ending.
final class Tasks {
    private Tasks() {}

    static List<Goroutine> runningBelow(@Nullable Node node) {
        var found = new ArrayList<Goroutine>();
        for (Goroutine g : Registry.all()) {
            Node its = g.node();
            if (its != null && (node == null || its.isBelow(node))) {
                found.add(g);
            }
        }
        return found;
    }

    /// Entries about tasks below `node`; also those whose context has gone, when `node` is where the end began.
    static List<StopLog.Entry> stoppedBelow(Node node, Ending ending) {
        StopLog log = ending.stops();
        if (log == null) {
            return List.of();
        }
        Node up = node.up();
        boolean origin = up == null || up.ending() != ending;
        var found = new ArrayList<StopLog.Entry>();
        for (StopLog.Entry entry : log.entries()) {
            Node its = entry.get();
            if (its == null ? origin : its.isBelow(node)) {
                found.add(entry);
            }
        }
        return found;
    }

    static StopReport stopReport(@Nullable Node node) {
        Ending ending = node == null ? null : node.ending();
        if (node == null || ending == null) {
            return new StopReport(List.of(), 0, List.of());
        }
        var running = new ArrayList<StopReport.Running>();
        Duration since = Duration.ofNanos(ending.age());
        for (Goroutine g : runningBelow(node)) {
            Node its = g.node();
            running.add(new StopReport.Running(
                    g.label(), g.id(), its == null ? "" : its.name(), since, List.of(g.thread().getStackTrace())));
        }
        var stopped = new ArrayList<StopReport.Stopped>();
        var over = new HashSet<Long>();
        for (StopLog.Entry entry : stoppedBelow(node, ending)) {
            Node its = entry.get();
            stopped.add(new StopReport.Stopped(
                    entry.label(), its == null ? "" : its.name(), Duration.ofNanos(entry.nanos())));
            over.add(entry.id());
        }
        running.removeIf(task -> over.contains(task.goroutine())); // who stopped while we looked
        StopLog log = ending.stops();
        return new StopReport(stopped, log == null ? 0 : log.leftOut(), running);
    }

    /// What a running goroutine waits for: one of our objects, else the JDK's method that the user's code has called.
    static String waitsFor(Goroutine g, StackTraceElement[] stack) {
        String ours = g.waitsFor();
        if (!ours.isEmpty()) {
            return ours;
        }
        return Sites.jdkCall(stack);
    }

    /// The line of the user's code where it stands; empty when there is none.
    static String place(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!Sites.isJdk(frame.getClassName()) && !frame.getClassName().startsWith("dev.millrace.internal.")
                    && !frame.getClassName().startsWith("dev.millrace.context.")) {
                return Texts.place(frame);
            }
        }
        return "";
    }
}
