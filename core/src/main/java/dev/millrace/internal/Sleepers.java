package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Those who wait at one place and are woken by a timer of their own, so that nobody needs to find them: a list for those who look.
public final class Sleepers {
    private final SpinLock lock = new SpinLock();
    private @Nullable Link first; // guarded by lock

    /// What [#look()] sees, at one instant.
    ///
    /// @param longestWait nanoseconds since the one who waits longest has parked; 0 when nobody waits
    public record View(int waiting, long longestWait) {}

    /// Puts `waiter`, which stands in no list, at the end.
    public void add(Waiter waiter) {
        lock.lock();
        first = Link.append(first, waiter);
        lock.unlock();
    }

    /// Takes `waiter` off, if it stands here.
    public void remove(Waiter waiter) {
        lock.lock();
        if (first != null && waiter.isLinked()) {
            first = Link.remove(first, waiter);
        }
        lock.unlock();
    }

    /// Takes as long as the list is, under the lock.
    public View look() {
        lock.lock();
        int waiting = Party.count(first);
        long longest = Party.longestWait(first);
        lock.unlock();
        return new View(waiting, longest);
    }
}
