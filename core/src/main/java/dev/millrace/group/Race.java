package dev.millrace.group;

import dev.millrace.context.Context;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The first success of several tasks for the same thing.
///
/// ```java
/// Quote quote = Race.first(ctx, List.of(c -> ask(c, replica1), c -> ask(c, replica2)));
/// ```
public final class Race {
    private Race() {}

    /// Runs all `tasks` and answers the first result that one of them returns. The others are cancelled (their cause says
    /// "lost the race") and waited for. When all fail, throws the first failure with the others suppressed.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before; no task is started then
    /// @throws IllegalArgumentException when there are no tasks
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; the tasks are cancelled and
    ///     waited for
    public static <T extends @Nullable Object> T first(
            Context ctx, Collection<? extends ContextCall<? extends T>> tasks) throws Exception {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a race needs at least one task, got none");
        }
        List<T> winner = Quorum.gather(ctx, 1, tasks, "lost the race");
        return winner.getFirst();
    }
}
