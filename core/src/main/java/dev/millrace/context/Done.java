package dev.millrace.context;

import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.PlainNode;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The event that a context ends. Contexts that share a node, such as a context and the values derived from it, share this.
///
/// Compared with Go: what `ctx.Done()` answers, with names for what one does with that channel.
public final class Done extends ContextBase {
    private static final Done NEVER = new Done(null);

    private Done(@Nullable Node node) {
        super(node);
    }

    static Done of(@Nullable Node node) {
        return node == null ? NEVER : (Done) node.face(Done::new);
    }

    /// An event of its own.
    static Node newEvent(Scheduler scheduler) {
        return new PlainNode(null, scheduler, "");
    }

    /// Whether the event has come.
    public boolean isDone() {
        return node != null && node.ending() != null;
    }

    /// Whether it can never come: Go's nil channel.
    public boolean isNever() {
        return node == null;
    }

    /// Waits for the event; for ever when it never comes.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public void await() {
        await(Scheduler.FOREVER);
    }

    /// Waits for the event, at most `timeout`. True when it has come.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    public boolean await(Duration timeout) {
        long nanos = Deadlines.nanos(Objects.requireNonNull(timeout, "timeout"));
        if (node != null) {
            Owner.check(node.scheduler(), "wait for", this);
        }
        return isDone() || (nanos > 0 && await(nanos));
    }

    private boolean await(long nanos) {
        if (node != null) {
            Owner.check(node.scheduler(), "wait for", this);
        }
        Object outcome;
        if (node == null) {
            outcome = nanos >= Scheduler.FOREVER
                    ? new Waiter(Scheduler.current()).await(this)
                    : Wait.sleep(Scheduler.current(), null, nanos, this);
        } else if (node.ending() != null) {
            return true;
        } else {
            outcome = Wait.forEnd(node, nanos, this);
        }
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException("wait for done");
        }
        return outcome instanceof Ending;
    }

    void awaitUninterruptibly() {
        if (node != null && node.ending() == null) {
            Wait.forEndUninterruptibly(node, this);
        }
    }

    @Override
    public String toString() {
        if (node == null) {
            return "done: never";
        }
        return "done of " + Texts.called(node.name()) + (isDone() ? ": yes" : ": not yet");
    }
}
