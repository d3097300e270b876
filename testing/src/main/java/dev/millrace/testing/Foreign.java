package dev.millrace.testing;

import java.util.ArrayList;
import java.util.List;

/// Watches whether a bubble stands because those that the bubble takes for running wait for something that is not the bubble's.
///
/// A goroutine that is neither durably blocked, nor held back by the bubble, nor in real time, and whose thread is WAITING or BLOCKED, is
/// *foreign*. When all that run are foreign, the same ones at the same waits, in every look for a while, the bubble's clock will not move
/// any more. RUNNABLE and TIMED_WAITING are progress: a computation, a read of a file, a `Thread.sleep`.
final class Foreign {
    private final long patience;
    private long since;
    private long pattern;

    Foreign(long patience) {
        this.patience = patience;
    }

    /// Looks, `now`. True when it has lasted too long.
    boolean look(List<Place> places, long now) {
        long seen = 0;
        int foreign = 0;
        for (Place place : places) {
            if (place.isBlocked() || place.isHeldBack()) {
                continue;
            }
            if (!isForeign(place)) {
                foreign = 0;
                break;
            }
            foreign++;
            seen = 31 * (31 * seen + System.identityHashCode(place)) + place.waits();
        }
        if (foreign == 0 || seen != pattern || since == 0) {
            since = foreign == 0 ? 0 : now;
            pattern = seen;
        }
        return since != 0 && now - since >= patience;
    }

    static List<Place> among(List<Place> places) {
        var found = new ArrayList<Place>();
        for (Place place : places) {
            if (!place.isBlocked() && !place.isHeldBack() && isForeign(place)) {
                found.add(place);
            }
        }
        return found;
    }

    private static boolean isForeign(Place place) {
        if (place.isInRealTime()) {
            return false;
        }
        Thread.State state = place.goroutine.thread().getState();
        return state == Thread.State.WAITING || state == Thread.State.BLOCKED;
    }
}
