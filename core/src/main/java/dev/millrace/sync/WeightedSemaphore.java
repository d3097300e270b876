package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.SemaphoreBase;
import dev.millrace.internal.SemaphoreCore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Bounds what is done at once, by weight: so many tokens, of which each holds as many as it needs.
///
/// ```java
/// var memory = WeightedSemaphore.named("memory", 512);
///
/// Image render(Context ctx, Job job) {
///     try (var permit = memory.permit(ctx, job.megabytes())) {
///         return job.render();
///     }
/// }
/// ```
///
/// [#acquire(long)] and its kin take tokens, [#release] gives them back, whoever took them. A [Permit] does the second at the end of a
/// block. [#tryAcquire] never waits. The number of tokens can be changed while they are held: [#resize]. In a select the semaphore is a
/// case that happens by taking tokens: `Select.acquire`, `Selector.acquire`.
///
/// **Blocking and cancellation.** `acquire(ctx, n)` looks at the context first, and gives up when it ends; `acquire(n)` observes none.
/// A foreign interrupt ends either. Who gives up holds nothing.
///
/// **Order.** Strictly first come, first served: while somebody waits nobody is let in before him, also when he asks for
/// less, or for nothing. So a large request is never starved by small ones. Only who asks for more than [#size()] stands in nobody's way:
/// he waits until his context ends, or a [#resize] makes it possible; then he comes to the end of the queue.
///
/// **Memory.** What happens before a release is visible after the acquire that takes its tokens.
///
/// **Compared with Go.** `golang.org/x/sync/semaphore.Weighted`. There an acquire that was granted at the moment at which its context ends
/// fails, and gives the tokens back; here either the grant is first, and it returns normally with the tokens, or the end is,
/// and nothing was taken. Releasing more than is held changes nothing here; a negative weight is refused, where Go takes it as it is. Not
/// there in Go: an acquire without context, permits, `resize`, what can be asked, selects.
///
/// Not promised: that who releases is who acquired. Nobody owns tokens.
public final class WeightedSemaphore extends SemaphoreBase {
    /// A semaphore with `size` tokens, all free.
    ///
    /// @throws IllegalArgumentException when `size` is negative
    public WeightedSemaphore(long size) {
        this("", size);
    }

    private WeightedSemaphore(String name, long size) {
        super(SemaphoreCore.make(name, size));
    }

    /// A semaphore with `size` tokens, all free, and a name for messages and dumps.
    ///
    /// @throws IllegalArgumentException when `size` is negative
    public static WeightedSemaphore named(String name, long size) {
        return new WeightedSemaphore(name, size);
    }

    // Taking.

    /// Takes `n` tokens, and waits until they are free and all who came before have theirs. With more than [#size()], until it has been resized.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again, and it holds nothing
    /// @throws IllegalArgumentException when `n` is negative
    public void acquire(long n) {
        if (core.acquire(null, n) != null) {
            throw new InterruptedWaitException("semacquire");
        }
    }

    /// Like [#acquire(long)], until `ctx` ends. What was granted before that returns normally.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when tokens are free; or ends first. It holds nothing
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again, and it holds nothing
    /// @throws IllegalArgumentException when `n` is negative
    public void acquire(Context ctx, long n) {
        ctx.check();
        Object outcome = core.acquire(ContextBase.nodeOf(ctx), n);
        if (outcome != null) {
            ctx.check();
            throw new InterruptedWaitException("semacquire");
        }
    }

    /// Takes `n` tokens if they are free and nobody waits. Never waits.
    ///
    /// @throws IllegalArgumentException when `n` is negative
    public boolean tryAcquire(long n) {
        return core.tryAcquire(n);
    }

    /// Takes `n` tokens as [#acquire(Context, long)] does, for a block: closing the permit gives them back.
    public Permit permit(Context ctx, long n) {
        var permit = new Permit(this, n); // before the tokens: nothing may fail after them
        acquire(ctx, n);
        return permit;
    }

    /// Takes `n` tokens as [#tryAcquire] does; null when it could not. A `try` block over null runs, and closes nothing.
    public @Nullable Permit tryPermit(long n) {
        var permit = new Permit(this, n);
        return tryAcquire(n) ? permit : null;
    }

    // Giving back.

    /// Gives `n` tokens back, and lets in those who wait and can have theirs now, from the first on.
    ///
    /// @throws IllegalStateException when fewer are held ("semaphore: released more than held"); nothing is changed then
    /// @throws IllegalArgumentException when `n` is negative
    public void release(long n) {
        core.release(n);
    }

    /// Changes how many tokens there are. With more, those who wait and can have theirs now are let in. With fewer, nobody loses
    /// what he holds: what is held above the new size is not given out again when it comes back. Takes as long as the queue is.
    ///
    /// @throws IllegalArgumentException when `size` is negative; nothing is changed then
    public void resize(long size) {
        core.resize(size);
    }

    // Looking.

    /// How many tokens there are, free or held.
    public long size() {
        return core.size();
    }

    /// How many tokens are free now; 0 also when more are held than there are. They may be due to somebody who waits for more.
    public long available() {
        return core.available();
    }

    /// Its name; empty when it has none.
    public String name() {
        return core.name();
    }

    /// The semaphore at one instant. Takes as long as the queue is.
    public SemaphoreSnapshot snapshot() {
        SemaphoreCore.View now = core.look();
        return new SemaphoreSnapshot(
                core.name(), now.size(), now.held(), now.waiting(), now.wanted(), Duration.ofNanos(now.longestWait()));
    }

    /// `semaphore "db" (3 of 10 held, 2 waiting)`.
    @Override
    public String toString() {
        return core.toString();
    }
}
