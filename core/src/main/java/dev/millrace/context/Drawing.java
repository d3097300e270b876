package dev.millrace.context;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Draws a snapshot as a tree of lines. Iterative: trees may be deep.
final class Drawing {
    /// One line that is still to be drawn, with the snapshot whose parts come below it (null for a task).
    private record Row(String indent, String branch, String below, String text, @Nullable ContextSnapshot context) {}

    private Drawing() {}

    static String draw(ContextSnapshot root) {
        var out = new StringBuilder();
        Deque<Row> rows = new ArrayDeque<>();
        rows.push(new Row("", "", "", text(root), root));
        while (!rows.isEmpty()) {
            Row row = rows.pop();
            out.append(row.indent).append(row.branch).append(row.text).append('\n');
            if (row.context != null) {
                List<Row> below = below(row, row.context);
                below.reversed().forEach(rows::push);
            }
        }
        return out.toString();
    }

    private static List<Row> below(Row row, ContextSnapshot context) {
        String indent = row.indent + row.below;
        int left = context.tasks().size() + context.children().size();
        var below = new ArrayList<Row>(left);
        for (ContextSnapshot.Task task : context.tasks()) {
            below.add(new Row(indent, --left == 0 ? "└─ " : "├─ ", "", text(task), null));
        }
        for (ContextSnapshot child : context.children()) {
            boolean last = --left == 0;
            below.add(new Row(indent, last ? "└─ " : "├─ ", last ? "   " : "│  ", text(child), child));
        }
        return below;
    }

    private static String text(ContextSnapshot c) {
        String title = c.name().isEmpty() ? c.text() : c.name();
        return padded(title) + state(c);
    }

    private static String state(ContextSnapshot c) {
        if (c.end().isPresent()) {
            CancelRecord end = c.end().get();
            boolean late = end.kind() == CancelRecord.Kind.DEADLINE_EXCEEDED;
            String verb = late ? "deadline exceeded" : "cancelled";
            if (c.inherited()) {
                return verb + " with its parent";
            }
            var text = new StringBuilder(verb);
            if (end.at() != null) {
                text.append(' ').append(Texts.ago(end.at()));
            }
            if (end.cause() != null) {
                text.append(": ").append(end.cause().getMessage());
            }
            if (end.site() != null) {
                text.append(" (").append(Texts.place(end.site())).append(')');
            }
            return text.toString();
        }
        String state = c.detached() ? "detached, alive" : "alive";
        return c.remaining()
                .map(left -> state + ", " + Texts.span(left.toNanos()) + " left")
                .orElse(state);
    }

    private static String text(ContextSnapshot.Task t) {
        var text = new StringBuilder(padded(t.name()));
        if (!t.running()) {
            return text.append("stopped after ").append(Texts.span(t.sinceEnd().toNanos())).toString();
        }
        text.append(t.sinceEnd().isZero() ? "running" : "STILL RUNNING " + Texts.span(t.sinceEnd().toNanos()));
        if (!t.waitsFor().isEmpty()) {
            text.append(": waits for ").append(t.waitsFor());
        }
        if (!t.at().isEmpty()) {
            text.append(" (").append(t.at()).append(')');
        }
        return text.toString();
    }

    private static String padded(String title) {
        return title.length() < 20 ? title + " ".repeat(20 - title.length()) : title + "  ";
    }
}
