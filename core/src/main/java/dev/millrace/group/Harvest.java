package dev.millrace.group;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What several tasks have ready when the time is over.
///
/// ```java
/// try (var ctx = request.withTimeout(Duration.ofMillis(200))) {
///     List<Outcome<Offer>> offers = Harvest.by(ctx, shops);
/// }
/// ```
public final class Harvest {
    private Harvest() {}

    /// Runs all `tasks` and answers what came of each, in their order, when all have ended. Those that give up because `ctx` has
    /// ended are [Outcome.Missing]; so a deadline of `ctx` is what ends the wait, as soon as the tasks heed it.
    ///
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; the tasks are cancelled and
    ///     waited for
    public static <T extends @Nullable Object> List<Outcome<T>> by(
            Context ctx, Collection<? extends ContextCall<? extends T>> tasks) {
        var forked = new ArrayList<Forked<Outcome<T>>>(tasks.size());
        try (var group = TaskGroup.open(ctx, TaskGroup.Mode.COLLECT_ALL)) {
            for (ContextCall<? extends T> task : tasks) {
                forked.add(group.fork(c -> outcome(task, c)));
            }
            group.awaitAll(null);
        }
        var outcomes = new ArrayList<Outcome<T>>(forked.size());
        for (Forked<Outcome<T>> f : forked) {
            outcomes.add(f.get());
        }
        return List.copyOf(outcomes);
    }

    private static <T extends @Nullable Object> Outcome<T> outcome(ContextCall<? extends T> task, Context c) {
        try {
            return new Outcome.Success<T>(task.call(c));
        } catch (ContextException e) {
            return c.isDone() ? new Outcome.Missing<T>() : new Outcome.Failure<T>(e);
        } catch (Exception e) {
            return new Outcome.Failure<T>(e);
        }
    }
}
