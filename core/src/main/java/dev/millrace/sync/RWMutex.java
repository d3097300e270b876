package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.LockBase;
import dev.millrace.internal.LockCore;
import java.util.Objects;

/// A lock that many readers have at a time, or one writer.
///
/// ```java
/// private final RWMutex mu = new RWMutex();
/// private Config config; // guarded by mu
///
/// Config config() {
///     return mu.readLocker().callHolding(() -> config);
/// }
///
/// void reload() throws IOException {
///     mu.holding(() -> config = Config.read(file));
/// }
/// ```
///
/// The object itself is the writers' [Locker]; [#readLocker()] is the readers'. It is not reentrant, for readers neither: a writer that comes
/// between two read locks of one goroutine waits for the first and keeps out the second. Nobody can go from reading to writing, or
/// back, without unlocking. It has no owner. See [Locker] for what ends a wait, and for memory.
///
/// **Order and fairness.** A writer that waits keeps new readers out. When a writer unlocks, all readers that wait by then come
/// before the next writer that waits. When the last reader unlocks, the writer that waits longest is woken. Who is woken has yet to come, and who comes just
/// when the lock is free may be faster; but who has lost some such races, or has waited for a millisecond and lost, is given the lock directly. So neither
/// side can keep the other out. A writer that gives up lets in who waited only because of it.
///
/// Up to 2^30 - 1 readers at a time.
///
/// **Compared with Go.** `sync.RWMutex`. The unlock of what is not locked is fatal there; here it is a [SyncError], and nothing is changed.
/// There a lock that was given back is handed over at once; here it is free until who was woken has come. Additional: what a [Mutex] has.
public final class RWMutex extends LockBase implements Locker {
    private final ReadLocker reader;

    /// An unlocked lock.
    public RWMutex() {
        this("");
    }

    private RWMutex(String name) {
        super(new LockCore(false, name));
        reader = new ReadLocker(this);
    }

    /// An unlocked lock with a name for messages and dumps.
    public static RWMutex named(String name) {
        return new RWMutex(Objects.requireNonNull(name, "name"));
    }

    // Writing.

    @Override
    public void lock() {
        core.acquire();
    }

    @Override
    public void lock(Context ctx) {
        Lockers.lock(core, ctx, "sync.RWMutex.Lock");
    }

    /// Locks if nobody writes or reads; also before others who wait. Never waits.
    @Override
    public boolean tryLock() {
        return core.tryAcquire();
    }

    /// Unlocks. Any goroutine may, not only the one that has locked.
    ///
    /// @throws SyncError when no writer has it, also when there are readers; it is as it was
    @Override
    public void unlock() {
        if (!core.release()) {
            throw new SyncError("fatal error: sync: Unlock of unlocked RWMutex" + core.suffix());
        }
    }

    // Reading.

    /// Locks for reading. Waits until nobody writes or waits to write, whatever interrupts come; the interrupt status is kept.
    ///
    /// @throws IllegalStateException when there are 2^30 - 1 readers
    public void rLock() {
        core.acquireShared();
    }

    /// Like [#rLock()], until `ctx` ends.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when the lock is free; or ends while this
    ///     waits. Nothing was locked
    /// @throws InterruptedWaitException when the thread is interrupted while it waits; nothing was locked, the interrupt status
    ///     is set again
    /// @throws IllegalStateException when there are 2^30 - 1 readers
    public void rLock(Context ctx) {
        Lockers.lockShared(core, ctx, "sync.RWMutex.RLock");
    }

    /// Locks for reading if nobody writes or waits to write. Never waits.
    public boolean tryRLock() {
        return core.tryAcquireShared();
    }

    /// Unlocks for reading. Any goroutine may.
    ///
    /// @throws SyncError when nobody reads, also when there is a writer; it is as it was
    public void rUnlock() {
        if (!core.releaseShared()) {
            throw new SyncError("fatal error: sync: RUnlock of unlocked RWMutex" + core.suffix());
        }
    }

    /// The readers' side: its `lock` is [#rLock()], its `unlock` is [#rUnlock()]. Always the same object.
    public Locker readLocker() {
        return reader;
    }

    // Looking.

    /// Whether a writer has it, at this instant.
    public boolean isLocked() {
        return core.isHeld();
    }

    /// How many read, at this instant.
    public int readers() {
        return core.readerCount();
    }

    /// Its name; empty when it has none.
    public String name() {
        return core.name();
    }

    /// How it is now. Takes as long as the queues are.
    public LockSnapshot snapshot() {
        return Lockers.snapshot(core);
    }

    /// For people: its name, who has it, and how many wait.
    @Override
    public String toString() {
        return core.toString();
    }
}
