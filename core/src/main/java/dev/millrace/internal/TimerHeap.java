package dev.millrace.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Timers in the order of their instants: an intrusive 4-ary min-heap.
///
/// Adding and removing take O(log n) and mostly O(1), since a new timer usually belongs near the end; each element knows
/// its place. Four children per node halve the height of a binary heap and share a cache line (A. LaMarca, R. Ladner,
/// "The Influence of Caches on the Performance of Heaps", 1996). Instants are compared by subtraction, so they may wrap
/// around. Not safe for concurrent use: its owner locks.
@SuppressWarnings("NullAway") // no element below size is null
public final class TimerHeap {
    private @Nullable Timer[] heap = new Timer[64];
    private int size;
    private long added;

    public int size() {
        return size;
    }

    /// Copies the timers, in no order, when they fit. Answers how many there are.
    int copyTo(@Nullable Timer[] all) {
        if (size <= all.length) {
            System.arraycopy(heap, 0, all, 0, size);
        }
        return size;
    }

    /// The timer that is due first, null when there is none.
    public @Nullable Timer first() {
        return size == 0 ? null : heap[0];
    }

    /// The instant of the first timer; only when there is one.
    public long firstWhen() {
        return heap[0].when;
    }

    /// Whether one more timer fits without allocating, and after it one that was taken out and comes back.
    public boolean hasRoom() {
        return size + 1 < heap.length;
    }

    /// An array for twice as many, to be made outside the lock.
    public @Nullable Timer[] larger() {
        return new Timer[heap.length * 2];
    }

    /// Takes over `larger` when it is larger than what is there.
    public void grow(@Nullable Timer[] larger) {
        if (larger.length > heap.length) {
            System.arraycopy(heap, 0, larger, 0, size);
            heap = larger;
        }
    }

    /// Adds `timer`, which is in no heap. Of timers for the same instant the first added is the first.
    public void add(Timer timer, long when) {
        add(timer, when, added++);
    }

    /// Adds `timer`, which is in no heap. Of timers for the same instant the one of the least `order` is the first.
    public void add(Timer timer, long when, long order) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        timer.when = when;
        timer.order = order;
        up(size++, timer);
    }

    /// Removes `timer`. False when it is in no heap.
    public boolean remove(Timer timer) {
        int i = timer.index;
        if (i < 0) {
            return false;
        }
        timer.index = -1;
        Timer last = heap[--size];
        heap[size] = null;
        if (i < size) {
            if (i > 0 && before(last, heap[(i - 1) >> 2])) {
                up(i, last);
            } else {
                down(i, last);
            }
        }
        return true;
    }

    /// Removes and answers the first timer when its instant is not after `now`, else null.
    public @Nullable Timer pollDue(long now) {
        Timer first = first();
        if (first == null || first.when - now > 0) {
            return null;
        }
        remove(first);
        return first;
    }

    private static boolean before(Timer a, Timer b) {
        long d = a.when - b.when;
        return d < 0 || (d == 0 && a.order < b.order);
    }

    private void up(int i, Timer timer) {
        while (i > 0) {
            int parent = (i - 1) >> 2;
            Timer p = heap[parent];
            if (!before(timer, p)) {
                break;
            }
            heap[i] = p;
            p.index = i;
            i = parent;
        }
        heap[i] = timer;
        timer.index = i;
    }

    private void down(int i, Timer timer) {
        for (;;) {
            int child = (i << 2) + 1;
            if (child >= size) {
                break;
            }
            int end = Math.min(child + 4, size);
            int least = child;
            for (int c = child + 1; c < end; c++) {
                if (before(heap[c], heap[least])) {
                    least = c;
                }
            }
            Timer l = heap[least];
            if (!before(l, timer)) {
                break;
            }
            heap[i] = l;
            l.index = i;
            i = least;
        }
        heap[i] = timer;
        timer.index = i;
    }
}
