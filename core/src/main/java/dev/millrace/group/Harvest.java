package dev.millrace.group;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.GoExit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
    /// When `ctx` has ended before, no task is started, and all are missing.
    ///
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; the tasks are cancelled and
    ///     waited for
    public static <T extends @Nullable Object> List<Outcome<T>> by(
            Context ctx, Collection<? extends ContextCall<? extends T>> tasks) {
        var outcomes = new AtomicReferenceArray<Outcome<T>>(tasks.size());
        try (var group = TaskGroup.open(ctx, TaskGroup.Mode.COLLECT_ALL)) {
            int next = 0;
            for (ContextCall<? extends T> task : tasks) {
                int i = next++;
                outcomes.set(i, new Outcome.Missing<>()); // stays when the task leaves by Go.exit()
                if (!ctx.isDone()) {
                    group.go(c -> outcomes.set(i, outcome(task, c)));
                }
            }
            group.awaitAll(null);
        }
        var list = new ArrayList<Outcome<T>>(outcomes.length());
        for (int i = 0; i < outcomes.length(); i++) {
            list.add(outcomes.get(i));
        }
        return List.copyOf(list);
    }

    private static <T extends @Nullable Object> Outcome<T> outcome(ContextCall<? extends T> task, Context c) {
        try {
            return new Outcome.Success<T>(task.call(c));
        } catch (ContextException e) {
            return c.isDone() ? new Outcome.Missing<T>() : new Outcome.Failure<T>(e);
        } catch (GoExit exit) {
            throw exit;
        } catch (Throwable e) {
            return new Outcome.Failure<T>(e);
        }
    }
}
