package dev.millrace.group;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.util.Arrays;
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
                group.start(new Voter<>(group, task, tally, complete, impossible), true);
            }
            group.awaitAll(null);
        }
        return tally.result();
    }

    /// One of the tasks. It votes when it has ended, however it did, also when it had no memory to begin.
    private static final class Voter<T extends @Nullable Object> extends Member {
        private final ContextCall<? extends T> task;
        private final Tally<T> tally;
        private final CancelledException complete;
        private final CancelledException impossible;
        private boolean answered;
        private @Nullable T value; // when it has answered

        Voter(TaskGroup group, ContextCall<? extends T> task, Tally<T> tally, CancelledException complete,
                CancelledException impossible) {
            super(group, group.context(), "");
            this.task = task;
            this.tally = tally;
            this.complete = complete;
            this.impossible = impossible;
        }

        @Override
        protected void body() throws Exception {
            value = task.call(group.context());
            answered = true;
        }

        /// What went wrong is the tally's, and not the group's.
        @Override
        @SuppressWarnings("NullAway") // the task answered it, null where T allows that
        @Nullable Throwable settle(@Nullable Throwable t) {
            if (answered && t == null) {
                if (tally.success(value)) {
                    group.cancel(complete);
                }
            } else {
                boolean echo = t instanceof ContextException
                        && (t.getCause() == complete || t.getCause() == impossible);
                if (tally.failure(this, echo ? null : t)) {
                    group.cancel(impossible);
                }
            }
            return null;
        }
    }

    private static final class Tally<T extends @Nullable Object> {
        private final int k;
        private final int spare;
        private final @Nullable Object[] results; // guarded by this; there is room whatever memory is left when one comes
        private final Failures failures = new Failures();
        private int got; // guarded by this
        private int failed; // guarded by this

        Tally(int k, int spare) {
            this.k = k;
            this.spare = spare;
            this.results = new Object[k];
        }

        /// True when this one completes the quorum.
        synchronized boolean success(T value) {
            if (got < k) {
                results[got] = value;
                return ++got == k;
            }
            return false;
        }

        /// True when this one makes the quorum impossible. Null: it left without a failure that says anything.
        synchronized boolean failure(Failed place, @Nullable Throwable t) {
            if (t != null) {
                failures.add(place, t);
            }
            return ++failed == spare + 1;
        }

        @SuppressWarnings("unchecked") // they are what the tasks answered
        synchronized List<T> result() throws Exception {
            if (got < k) {
                Throwable failure = failures.report();
                throw failure != null
                        ? Failures.asItIs(failure)
                        : new IllegalStateException(failed + " tasks left by Go.exit(): no result of " + k + " wanted");
            }
            return (List<T>) Collections.unmodifiableList(Arrays.asList(results));
        }
    }
}
