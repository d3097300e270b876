package dev.millrace.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The labels that dumps show of a thread: those of the context that it was started with; while it is within `Labels.run`, those of that
/// context. Threads stand here by their numbers, so that nothing keeps one, and goroutines that use no labels pay nothing.
public final class Shown {
    private static final ConcurrentHashMap<Long, ContextBase> WITHIN = new ConcurrentHashMap<>();

    private Shown() {}

    /// Calls `body`, with the labels of `context` as those of this thread.
    public static <T extends @Nullable Object, X extends Throwable> T call(
            ContextBase context, ScopedValue.CallableOp<? extends T, X> body) throws X {
        Long id = Thread.currentThread().threadId();
        ContextBase before = WITHIN.put(id, context);
        try {
            return body.call();
        } finally {
            if (before == null) {
                WITHIN.remove(id);
            } else {
                WITHIN.put(id, before);
            }
        }
    }

    /// The labels of the thread with this number, in the order of their names; `context` is what it was started with.
    public static Map<String, String> labels(long thread, @Nullable Object context) {
        ContextBase within = WITHIN.isEmpty() ? null : WITHIN.get(thread);
        return within != null ? within.labels() : context instanceof ContextBase base ? base.labels() : Map.of();
    }

    /// How many threads are within some labels: for tests.
    static int count() {
        return WITHIN.size();
    }

    /// ` labels:{"tenant": "7"}`, as Go writes it; empty when there are none.
    static String text(Map<String, String> labels) {
        return labels.isEmpty() ? "" : " labels:" + set(labels, "\"", ": ");
    }

    /// `{tenant=7}`.
    public static String set(Map<String, String> labels) {
        return set(labels, "", "=");
    }

    private static String set(Map<String, String> labels, String quote, String middle) {
        var text = new StringBuilder("{");
        labels.forEach((name, value) -> {
            text.append(text.length() > 1 ? ", " : "").append(quote);
            inOneLine(text, name);
            text.append(quote).append(middle).append(quote);
            inOneLine(text, value);
            text.append(quote);
        });
        return text.append('}').toString();
    }

    private static void inOneLine(StringBuilder to, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> to.append('\\').append(c);
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                        to.append(String.format("\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
    }
}
