package dev.millrace.group;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.GoExit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The first `k` successes of several tasks.
///
/// ```java
/// List<Ack> acks = Quorum.of(ctx, 2, replicas.stream().map(r -> (ContextCall<Ack>) c -> r.write(c, entry)).toList());
/// ```
public final class Quorum {
    private Quorum() {}

    /// Runs all `tasks` and answers the first `k` results, in the order in which they came. The other tasks are cancelled then,
    /// and waited for. As soon as `k` cannot be reached any more, all are cancelled, and the first failure is thrown with the
    /// others suppressed.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before; no task is started then
    /// @throws IllegalArgumentException unless `k` is between 1 and the number of tasks
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; the tasks are cancelled and
    ///     waited for
    public static <T extends @Nullable Object> List<T> of(
            Context ctx, int k, Collection<? extends ContextCall<? extends T>> tasks) throws Exception {
        if (k < 1 || k > tasks.size()) {
            throw new IllegalArgumentException("k must be between 1 and " + tasks.size() + " (the tasks), was " + k);
        }
        return gather(ctx, k, tasks, "the quorum is complete without it");
    }

    static <T extends @Nullable Object> List<T> gather(
            Context ctx, int k, Collection<? extends ContextCall<? extends T>> tasks, String loss) throws Exception {
        ctx.check();
        var complete = new CancelledException(loss);
        var impossible = new CancelledException("the quorum cannot be reached");
        var tally = new Tally<T>(k, tasks.size() - k);
        var group = TaskGroup.open(ctx, TaskGroup.Mode.COLLECT_ALL);
        try (group) {
            for (ContextCall<? extends T> task : tasks) {
                group.go(c -> {
                    T value;
                    try {
                        value = task.call(c);
                    } catch (Throwable t) {
                        boolean echo = t instanceof ContextException
                                && (t.getCause() == complete || t.getCause() == impossible);
                        if (tally.failure(echo || t instanceof GoExit ? null : t)) {
                            group.cancel(impossible);
                        }
                        if (t instanceof GoExit exit) {
                            throw exit;
                        }
                        return;
                    }
                    if (tally.success(value)) {
                        group.cancel(complete);
                    }
                });
            }
            group.awaitAll(null);
        }
        return tally.result();
    }

    private static final class Tally<T extends @Nullable Object> {
        private final int k;
        private final int spare;
        private final List<T> results = new ArrayList<>(); // guarded by this
        private final Failures failures = new Failures();
        private int failed; // guarded by this

        Tally(int k, int spare) {
            this.k = k;
            this.spare = spare;
        }

        /// True when this one completes the quorum.
        synchronized boolean success(T value) {
            if (results.size() < k) {
                results.add(value);
                return results.size() == k;
            }
            return false;
        }

        /// True when this one makes the quorum impossible. Null: it left without a failure that says anything.
        synchronized boolean failure(@Nullable Throwable t) {
            if (t != null) {
                failures.add(t);
            }
            return ++failed == spare + 1;
        }

        synchronized List<T> result() throws Exception {
            if (results.size() < k) {
                Throwable failure = failures.report();
                throw failure != null
                        ? Failures.asItIs(failure)
                        : new IllegalStateException(failed + " tasks left by Go.exit(): no result of " + k + " wanted");
            }
            return Collections.unmodifiableList(results);
        }
    }
}
