package dev.millrace.testing;

import dev.millrace.internal.SpinLock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Serial mode: one goroutine of the bubble runs at a time, and a seed says who is next.
///
/// The *turn* belongs to one goroutine, to the driver, or to nobody. Those who could run and have not the turn are *ready*.
///
/// ```
///   start, or a claim of its waiter   ->  ready      [#ready]
///   ready                             ->  has the turn, when who has it passes it on and the seed says so     [#pass]
///   waits, ends, gives way            ->  passes the turn on
/// ```
///
/// A goroutine that is ready stays parked, or parks before it does anything that could be seen, until it has the turn ([#take]). Whoever has
/// it is the only one that starts and wakes others; so who is ready, and in which order they came to be, is decided by the order in which the turn was given, and
/// by nothing else. The driver has the turn while it drives: what it wakes runs only afterwards.
///
/// A thread that is none of the bubble's may wake somebody while nobody has the turn. Then nobody would pass it on, and who was woken takes it
/// for whom the seed says.
///
/// The lock guards all that is not final. Nobody is unparked under it.
final class Turns extends SpinLock {
    private static final @Nullable Place[] NONE = {};

    private long seed; // a state of SplitMix64
    private @Nullable Place[] ready = new Place[16];
    private int count;
    private volatile @Nullable Place holder; // written under the lock
    private boolean driven; // the driver has the turn
    private volatile boolean open; // written under the lock: everybody runs

    Turns(long seed) {
        this.seed = seed;
    }

    /// The next number by chance.
    long random() {
        lock();
        long z = next();
        unlock();
        return z;
    }

    // G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
    private long next() {
        long z = seed += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /// Makes sure that `n` can be ready at once: nothing is allocated under locks later.
    void reserve(int n) {
        lock();
        int has = ready.length;
        unlock();
        if (has < n) {
            @Nullable Place[] larger = new Place[2 * n];
            lock();
            if (ready.length < larger.length) {
                System.arraycopy(ready, 0, larger, 0, count);
                ready = larger;
            }
            unlock();
        }
    }

    /// `place` could run. Perhaps under other locks.
    void ready(Place place) {
        lock();
        if (!open) {
            ready[count++] = place;
        }
        unlock();
    }

    /// The driver takes the turn, which nobody has.
    void driveStarts() {
        lock();
        driven = true;
        unlock();
    }

    /// The driver passes the turn on, if anybody is ready. In one step: who is awake already may ask for it at any moment.
    void driveEnds() {
        lock();
        driven = false;
        Place next = holder == null ? choose() : null;
        unlock();
        unpark(next);
    }

    /// Passes the turn on, if anybody is ready. By who has it.
    void pass() {
        lock();
        holder = null;
        Place next = choose();
        unlock();
        unpark(next);
    }

    /// Gives the turn to somebody who is ready, when nobody has it.
    void passOn() {
        lock();
        Place next = holder == null ? choose() : null;
        unlock();
        unpark(next);
    }

    private @Nullable Place choose() {
        if (count == 0 || driven || open) {
            return null;
        }
        int i = (int) Long.remainderUnsigned(next(), count);
        Place chosen = ready[i];
        count--;
        System.arraycopy(ready, i + 1, ready, i, count - i); // not by a swap: in the order in which they came
        ready[count] = null;
        holder = chosen;
        return chosen;
    }

    private static void unpark(@Nullable Place next) {
        if (next != null) {
            LockSupport.unpark(next.goroutine.thread());
        }
    }

    /// Waits until `place`, which is ready and whose thread calls, has the turn.
    void take(Place place) {
        boolean interrupted = false;
        passOn();
        place.waitsForTurn(true);
        while (holder != place && !open) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        place.waitsForTurn(false);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Nobody needs the turn any more: everybody runs.
    void open() {
        lock();
        open = true;
        @Nullable Place[] all = ready;
        int n = count;
        ready = NONE;
        count = 0;
        unlock();
        for (int i = 0; i < n; i++) {
            unpark(all[i]);
        }
    }

    @Override
    public String toString() {
        return "its turn in a bubble";
    }
}
