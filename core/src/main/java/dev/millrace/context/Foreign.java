package dev.millrace.context;

import dev.millrace.internal.Ending;
import dev.millrace.internal.ForeignNode;
import dev.millrace.internal.Scheduler;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A foreign source as the tree needs it.
record Foreign(ContextSource source) implements ForeignNode.Source {
    static Context of(ContextSource source) {
        var node = new ForeignNode(new Foreign(source), Scheduler.current(), "");
        node.made();
        return new Derived.Step(null, node, Values.over(source::value), "", source.toString());
    }

    @Override
    public @Nullable Throwable err() {
        return source.err();
    }

    @Override
    public boolean isDeadline(Throwable err) {
        return err instanceof DeadlineExceededException;
    }

    @Override
    public @Nullable Throwable causeOf(Throwable err) {
        return err instanceof ContextException ? err.getCause() : err;
    }

    @Override
    public void dress(Ending ending, Throwable err) {
        Face.dress(ending, err);
    }

    @Override
    public Runnable onDone(Runnable callback) {
        return source.onDone(callback);
    }

    @Override
    public @Nullable Instant deadline() {
        return Objects.requireNonNull(source.deadline(), () -> "deadline() of context source " + source + " was null")
                .orElse(null);
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
