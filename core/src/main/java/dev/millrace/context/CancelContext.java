package dev.millrace.context;

import dev.millrace.internal.Deadline;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.MergeNode;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A node with the right to cancel it.
final class CancelContext extends BasicContext implements CancellableContext {
    private final Node own;
    private Derived.@Nullable View view; // made when asked; several are as good as one

    CancelContext(Context parent, Node own, Values values) {
        super(BasicContext.of(parent), own, values, "");
        this.own = own;
    }

    @Override
    public void cancel() {
        end(null);
    }

    /// Once it has ended there is nothing to do, and nothing to refuse.
    private void end(@Nullable Throwable cause) {
        if (!Scheduler.isAlone() && own.scheduler() != Scheduler.real() && own.ending() == null) {
            Owner.within(own, "cancel of");
        }
        own.cancel(cause, false);
    }

    @Override
    public void cancel(@Nullable Throwable cause) {
        end(cause);
    }

    @Override
    public void cancel(String reason) {
        end(new CancelledException(Objects.requireNonNull(reason, "reason")));
    }

    @Override
    public void close() {
        end(null);
    }

    @Override
    public Context view() {
        Derived.View v = view;
        if (v == null) {
            v = new Derived.View(this);
            view = v;
        }
        return v;
    }

    @Override
    String step() {
        if (own instanceof MergeNode) {
            return ".AnyOf";
        }
        return own instanceof DeadlineNode d ? ".WithDeadline(" + when(d) + ")" : ".WithCancel";
    }

    private String when(Deadline d) {
        return d.instant() + " [" + Texts.span(d.nanos() - own.scheduler().nanoTime()) + "]";
    }

    /// Equal to itself and to its views.
    @Override
    public boolean equals(@Nullable Object o) {
        return o == this || (o instanceof Derived.View v && v.target() == this);
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
