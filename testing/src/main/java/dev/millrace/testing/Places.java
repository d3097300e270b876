package dev.millrace.testing;

import dev.millrace.internal.SpinLock;
import dev.millrace.internal.Waiter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The goroutines of a bubble that live: an intrusive list under its lock, the newest first.
final class Places extends SpinLock {
    private @Nullable Place newest; // guarded by the lock
    private volatile int count; // written under the lock

    int count() {
        return count;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void add(Place place) {
        lock();
        Place first = newest;
        place.after = first;
        if (first != null) {
            first.before = place;
        }
        newest = place;
        count++;
        unlock();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void remove(Place place) {
        lock();
        Place before = place.before;
        Place after = place.after;
        if (before == null) {
            newest = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
        count--;
        unlock();
    }

    /// The wait of somebody who was interrupted and has not gone on yet, null when there is none. Takes as long as the list is; called
    /// while nobody runs.
    @Nullable Waiter interrupted() {
        Waiter found = null;
        lock();
        for (Place place = newest; place != null && found == null; place = place.after) {
            found = place.interrupted();
        }
        unlock();
        return found;
    }

    /// All, the oldest first.
    List<Place> all() {
        var all = new ArrayList<Place>();
        int room;
        do {
            room = count + 16;
            all.ensureCapacity(room);
        } while (!copyTo(all, room));
        return all.reversed();
    }

    /// Copies when no more than `room` are there: the list does not grow under the lock.
    private boolean copyTo(List<Place> all, int room) {
        lock();
        boolean fits = count <= room;
        for (Place place = fits ? newest : null; place != null; place = place.after) {
            all.add(place);
        }
        unlock();
        return fits;
    }
}
