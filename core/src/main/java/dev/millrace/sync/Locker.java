package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What can be locked and unlocked: a [Mutex], an [RWMutex], or the side of an [RWMutex] that reads.
///
/// ```java
/// hits.holding(() -> count++);
///
/// int n = hits.callHolding(() -> count);
/// ```
///
/// No locker is reentrant: who locks again what it has waits for itself. No locker has an owner: any goroutine may unlock. A goroutine may
/// wait for anything while it holds a lock; who wants the lock waits as long.
///
/// **Blocking and cancellation.** [#lock()] waits until it has the lock, whatever interrupts come; the interrupt status stays for
/// what comes after. [#lock(Context)] gives up when the context ends, or an interrupt comes: then nothing was locked. When the lock was
/// given at that very moment, it returns normally. To wait for a lock and other things at once there is `Select.lock`.
///
/// **Memory.** What happens before an unlock is visible after each later lock. A `tryLock` that answers false tells nothing.
///
/// **Compared with Go.** `sync.Locker`, with forms that take a context and forms that cannot forget to unlock.
public sealed interface Locker permits Mutex, RWMutex, ReadLocker {
    /// Locks. Waits until that is possible, whatever interrupts come; the interrupt status is kept.
    void lock();

    /// Locks. Waits until that is possible, or `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the lock is free; or ends while this
    ///     waits. Nothing was locked
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; nothing was locked, the interrupt status
    ///     is set again
    void lock(Context ctx);

    /// Locks if that is possible at once. Never waits.
    boolean tryLock();

    /// Unlocks. Any goroutine may, not only the one that has locked.
    ///
    /// @throws SyncError when it is not locked, in Go's words; it is as it was
    void unlock();

    /// Locks, runs `body`, and unlocks, however the body ends. Waits as [#lock()] does.
    default <X extends Throwable> void holding(Section<X> body) throws X {
        Objects.requireNonNull(body, "body");
        lock();
        try {
            body.run();
        } finally {
            unlock();
        }
    }

    /// Like [#holding(Section)], with a wait that ends as that of [#lock(Context)] does; then the body has not run. The context does not
    /// end the body.
    default <X extends Throwable> void holding(Context ctx, Section<X> body) throws X {
        Objects.requireNonNull(body, "body");
        lock(ctx);
        try {
            body.run();
        } finally {
            unlock();
        }
    }

    /// Locks, calls `body`, unlocks, however the body ends, and answers its result. Waits as [#lock()] does.
    default <T extends @Nullable Object, X extends Throwable> T callHolding(
            ScopedValue.CallableOp<? extends T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        lock();
        try {
            return body.call();
        } finally {
            unlock();
        }
    }

    /// Like [#callHolding(ScopedValue.CallableOp)], with a wait that ends as that of [#lock(Context)] does; then the body has not run.
    default <T extends @Nullable Object, X extends Throwable> T callHolding(
            Context ctx, ScopedValue.CallableOp<? extends T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        lock(ctx);
        try {
            return body.call();
        } finally {
            unlock();
        }
    }
}
