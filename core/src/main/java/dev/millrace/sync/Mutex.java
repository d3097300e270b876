package dev.millrace.sync;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.LockBase;
import dev.millrace.internal.LockCore;
import java.util.Objects;

/// A lock that one goroutine has at a time.
///
/// ```java
/// private final Mutex mu = new Mutex();
/// private final Map<String, Integer> hits = new HashMap<>(); // guarded by mu
///
/// void hit(String page) {
///     mu.holding(() -> hits.merge(page, 1, Integer::sum));
/// }
///
/// int hits(String page) {
///     return mu.callHolding(() -> hits.getOrDefault(page, 0));
/// }
/// ```
///
/// It is not reentrant and has no owner; see [Locker] for that, for what ends a wait, and for memory.
///
/// **Order and fairness.** Who waits first is served first, but a goroutine that comes just when the lock is free may be faster. Who has lost
/// some such races, or has waited for a millisecond and lost, is given the lock directly. So nobody can be kept out by
/// others that lock again at once.
///
/// **Compared with Go.** `sync.Mutex`. The unlock of an unlocked mutex is fatal there; here it is a [SyncError], and nothing is changed.
/// Additional: a wait under a context, a case of a select, a name, and in debug mode the names of who locks in the wrong order.
public final class Mutex extends LockBase implements Locker {
    /// An unlocked mutex.
    public Mutex() {
        this("");
    }

    private Mutex(String name) {
        super(new LockCore(true, name));
    }

    /// An unlocked mutex with a name for messages and dumps.
    public static Mutex named(String name) {
        return new Mutex(Objects.requireNonNull(name, "name"));
    }

    @Override
    public void lock() {
        core.acquire();
    }

    @Override
    public void lock(Context ctx) {
        Lockers.lock(core, ctx, "sync.Mutex.Lock");
    }

    /// Locks if nobody has it; also before others who wait. Never waits.
    @Override
    public boolean tryLock() {
        return core.tryAcquire();
    }

    @Override
    public void unlock() {
        if (!core.release()) {
            throw new SyncError("fatal error: sync: unlock of unlocked mutex" + core.suffix());
        }
    }

    /// Whether somebody has it, at this instant.
    public boolean isLocked() {
        return core.isHeld();
    }

    /// Its name; empty when it has none.
    public String name() {
        return core.name();
    }

    /// How it is now. Takes as long as the queue is.
    public LockSnapshot snapshot() {
        return Lockers.snapshot(core);
    }

    /// For people: its name, whether it is locked, and how many wait.
    @Override
    public String toString() {
        return core.toString();
    }
}
