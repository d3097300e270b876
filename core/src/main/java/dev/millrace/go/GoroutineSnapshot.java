package dev.millrace.go;

import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Shown;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A goroutine at one moment.
///
/// @param id its number, which is its thread's
/// @param name its name; empty when it has none
/// @param creator the number of the thread that started it
/// @param context the name of its context; empty when that has none
/// @param labels the labels that it shows, see [Labels]
/// @param state what its thread does, as the JDK says
/// @param waitsFor what it waits for; empty when it does not wait by the library
/// @param startedAt the line that started it; in debug mode only
/// @param stack where it stands
public record GoroutineSnapshot(
        long id,
        String name,
        long creator,
        String context,
        Map<String, String> labels,
        Thread.State state,
        String waitsFor,
        @Nullable StackTraceElement startedAt,
        List<StackTraceElement> stack) {
    /// Copies the list and the map.
    public GoroutineSnapshot {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        stack = List.copyOf(stack);
    }

    static GoroutineSnapshot of(Goroutine g) {
        Node node = g.node();
        return new GoroutineSnapshot(
                g.id(),
                g.name(),
                g.creator(),
                node == null ? "" : node.name(),
                Shown.labels(g.id(), g.context()),
                g.thread().getState(),
                g.waitsFor(),
                g.site(),
                List.of(g.thread().getStackTrace()));
    }
}
