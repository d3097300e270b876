package dev.millrace.linear;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether a history is linearizable: whether its calls could have happened one after the other, each at an instant between its
/// start and its end, with the answers that were seen.
///
/// The search is that of Wing and Gong ("Testing and verifying concurrent objects", 1993) with Lowe's memory of what was tried
/// ("Testing for linearizability", 2017). It is meant for some 15 calls.
public final class Linear {
    private Linear() {}

    /// A call that was seen. `start` and `end` are instants; a call comes before another one for sure when its end is less than
    /// that one's start.
    public record Call<O>(int thread, O op, Object answer, long start, long end) {
        boolean isBefore(Call<?> other) {
            return thread == other.thread ? start < other.start : end < other.start;
        }

        boolean overlaps(Call<?> other) {
            return !isBefore(other) && !other.isBefore(this);
        }
    }

    private record Tried(int done, Object state) {}

    public static <S, O> boolean explains(Spec<S, O> spec, List<Call<O>> history) {
        if (history.size() > 31) {
            throw new IllegalArgumentException("at most 31 calls, were " + history.size());
        }
        int[] before = new int[history.size()]; // of each call, those that must come first
        for (int i = 0; i < before.length; i++) {
            for (int j = 0; j < before.length; j++) {
                if (history.get(j).isBefore(history.get(i))) {
                    before[i] |= 1 << j;
                }
            }
        }
        return search(spec, history, before, 0, spec.start(), new HashSet<>());
    }

    private static <S, O> boolean search(
            Spec<S, O> spec, List<Call<O>> history, int[] before, int done, S state, Set<Tried> tried) {
        if (done == (1 << history.size()) - 1) {
            return true;
        }
        if (!tried.add(new Tried(done, state))) {
            return false;
        }
        for (int i = 0; i < before.length; i++) {
            if ((done & 1 << i) == 0 && (before[i] & ~done) == 0) {
                Call<O> next = history.get(i);
                for (S after : spec.after(state, next.op(), next.answer())) {
                    if (search(spec, history, before, done | 1 << i, after, tried)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// Whether two calls of different threads happened at the same time.
    static <O> boolean isConcurrent(List<Call<O>> history) {
        for (int i = 0; i < history.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (history.get(i).thread() != history.get(j).thread()
                        && history.get(i).overlaps(history.get(j))) {
                    return true;
                }
            }
        }
        return false;
    }

    static <O> String text(List<Call<O>> history) {
        long first = history.stream().mapToLong(Call::start).min().orElse(0);
        var lines = new ArrayList<String>();
        history.stream()
                .sorted((a, b) -> Long.compare(a.start(), b.start()))
                .forEach(c -> lines.add("  thread " + c.thread() + " " + (c.start() - first) + ".." + (c.end() - first)
                        + " ns: " + c.op() + " -> " + c.answer()));
        return String.join("\n", lines);
    }
}
