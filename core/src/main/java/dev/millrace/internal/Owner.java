package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// To whom an object of ours belongs, who may use it, and which waits for it count.
///
/// An object belongs to the [Scheduler] that was current when it was made: to a bubble of the test kit, or to the real one,
/// and then it is everybody's. A bubble must know all that can happen in it: its clock moves, and it reports a deadlock, when
/// everybody inside waits. So nothing from outside may end a wait that its scheduler counts (a *durable* one).
///
/// | the caller | an object of no bubble | of the caller's bubble | of another bubble |
/// |---|---|---|---|
/// | is in no bubble | as ever | | refused |
/// | is in a bubble | works; the wait does not count | works; the wait counts | refused |
///
/// A wait for several things (cases of a select, a channel and a context) counts when all of them belong to the caller's
/// bubble, or can never come. Looking (`len`, `toString`, snapshots, `isDone`) is everybody's. A `WaitGroup` belongs to whoever made its
/// counter leave zero ([Countdown]), a wait for a `Cond` to whoever waits ([CondQueue]). What belongs to a bubble that has ended stays refused.
///
/// How production does not pay: an object of a bubble is made such that its fast path never succeeds ([LockCore], `Once`), or is of a
/// class of its own ([OwnedChan], [OwnedSemaphore]) which is not even loaded otherwise; [Countdown] has moved a limit that it compares
/// with anyway. The looks here are on paths that wait, derive, cancel or throw.
public final class Owner {
    private Owner() {}

    /// Refuses `operation` on `what`, which belongs to `owner`, unless the caller is in that bubble, or it is none.
    ///
    /// @throws IllegalStateException when it is refused; nothing was done
    public static void check(Scheduler owner, String operation, Object what) {
        if (owner != Scheduler.real() && owner != Scheduler.current()) {
            throw new IllegalStateException(refusal(owner, operation, what));
        }
    }

    /// Refuses `operation` on a context, whose node is `node`, unless that belongs where the caller is: it would let one end what is of
    /// another. Answers the caller's scheduler.
    ///
    /// @throws IllegalStateException when it is refused; nothing was done
    public static Scheduler within(@Nullable Node node, String operation) {
        return Scheduler.isAlone() ? Scheduler.real() : withinOneOfMany(node, operation);
    }

    private static Scheduler withinOneOfMany(@Nullable Node node, String operation) {
        Scheduler here = Scheduler.current();
        if (node != null && node.scheduler != here) {
            throw foreign(node, operation);
        }
        return here;
    }

    private static IllegalStateException foreign(Node node, String operation) {
        String context = label(node);
        return new IllegalStateException(
                node.scheduler != Scheduler.real()
                        ? refusal(node.scheduler, operation, context)
                        : operation + " " + context
                                + " inside a bubble, but it comes from outside and could end what is inside"
                                + " at times that the bubble's clock does not know: derive from Context.background(),"
                                + " or from its detach(), which keeps the values (called on " + caller() + ")");
    }

    /// The scheduler that counts a wait of the caller, who may use what is of `owner`, for that and for the end of `node`: the real one,
    /// which counts nothing, when the two are not of the same bubble.
    ///
    /// @throws IllegalStateException when `node` is of a bubble in which the caller is not
    public static Scheduler counting(Scheduler owner, @Nullable Node node) {
        return node == null || node.scheduler == owner ? owner : mixed(node);
    }

    private static Scheduler mixed(Node node) {
        if (node.scheduler != Scheduler.real() && node.scheduler != Scheduler.current()) {
            throw foreign(node, "wait under");
        }
        return Scheduler.real();
    }

    static String label(Node node) {
        return node.name().isEmpty() ? "a context without name" : "context \"" + node.name() + "\"";
    }

    /// `send on channel "jobs" (0 of 1) of a bubble from outside it (it belongs to bubble A; called on thread main, which is in no bubble)`.
    public static String refusal(Scheduler owner, String operation, Object what) {
        return operation + " " + what + " of a bubble from outside it (it belongs to " + owner + "; called on "
                + caller() + ")";
    }

    /// `goroutine 7 "worker", which is in bubble A`.
    static String caller() {
        Goroutine g = Goroutine.running();
        Thread thread = Thread.currentThread();
        Scheduler here = Scheduler.current();
        return (g != null ? g.toString()
                : "thread " + (thread.getName().isEmpty() ? thread.threadId() : thread.getName()))
                + ", which is in " + (here == Scheduler.real() ? "no bubble" : here);
    }
}
