package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The heap against a sorted list.
class TimerHeapTest {
    private static final class Numbered extends Timer {
        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        protected void fire() {}

        @Override
        public String toString() {
            return "timer " + number;
        }
    }

    /// Keeps the same timers in the order of their instants, equal ones in that of addition.
    private static final class Reference {
        private record Entry(Timer timer, long offset, int added) {}

        private final List<Entry> entries = new ArrayList<>();
        private int added;

        void add(Timer timer, long offset) {
            entries.add(new Entry(timer, offset, added++));
            entries.sort(Comparator.comparingLong(Entry::offset).thenComparingInt(Entry::added));
        }

        boolean remove(Timer timer) {
            return entries.removeIf(e -> e.timer == timer);
        }

        Timer first() {
            return entries.isEmpty() ? null : entries.getFirst().timer;
        }
    }

    private static void randomOperations(long base, int steps, long seed, int range) {
        var random = new Random(seed);
        var heap = new TimerHeap();
        var reference = new Reference();
        var known = new ArrayList<Timer>();
        for (int i = 0; i < steps; i++) {
            int what = random.nextInt(10);
            if (what < 5 || known.isEmpty()) {
                var timer = new Numbered(i);
                long offset = random.nextInt(range);
                heap.add(timer, base + offset);
                reference.add(timer, offset);
                known.add(timer);
            } else if (what < 8) {
                Timer timer = known.get(random.nextInt(known.size())); // perhaps no longer in it
                assertEquals(reference.remove(timer), heap.remove(timer));
            } else {
                long now = random.nextInt(range);
                var due = heap.pollDue(base + now);
                if (due == null) {
                    assertTrue(reference.entries.isEmpty() || reference.entries.getFirst().offset > now);
                } else {
                    assertTrue(reference.entries.getFirst().offset <= now);
                    assertSame(reference.first(), due);
                    reference.remove(due);
                }
            }
            assertEquals(reference.entries.size(), heap.size());
            assertSame(reference.first(), heap.first());
            if (heap.size() > 0) {
                assertEquals(base + reference.entries.getFirst().offset, heap.firstWhen());
            }
        }
        while (heap.size() > 0) {
            var due = heap.pollDue(base + range);
            assertSame(reference.first(), due);
            reference.remove(due);
        }
    }

    @Test
    void operations_atRandom_agreeWithASortedList() {
        for (int seed = 0; seed < 30; seed++) {
            randomOperations(0, 400, seed, 1_000);
            randomOperations(0, 400, seed, 3); // many equal instants
        }
    }

    @Test
    @Hazard(28)
    void operations_aroundTheWrap_agreeWithASortedList() {
        for (int seed = 0; seed < 30; seed++) {
            randomOperations(Long.MAX_VALUE - 500, 400, seed, 1_000);
            randomOperations(Long.MIN_VALUE + 100, 200, seed, 1_000);
        }
    }

    @Test
    void equalInstants_comeInTheOrderOfAddition() {
        var heap = new TimerHeap();
        var all = new ArrayList<Timer>();
        for (int i = 0; i < 1_000; i++) {
            var timer = new Numbered(i);
            all.add(timer);
            heap.add(timer, 7);
        }
        for (Timer timer : all) {
            assertSame(timer, heap.pollDue(7));
        }
        assertNull(heap.pollDue(Long.MAX_VALUE / 4));
    }

    @Test
    void timer_removedOnce_canBeAddedAgain() {
        var heap = new TimerHeap();
        var timer = new Numbered(0);
        assertFalse(heap.remove(timer));
        heap.add(timer, 5);
        assertNull(heap.pollDue(4));
        assertTrue(heap.remove(timer));
        assertFalse(heap.remove(timer));
        heap.add(timer, 3);
        assertSame(timer, heap.pollDue(3));
        assertFalse(heap.remove(timer));
        assertNull(heap.first());
    }

    /// One that was taken out to fire may have to come back when there is no memory: its place is kept.
    @Test
    void room_isKeptForOneThatComesBack() {
        var heap = new TimerHeap();
        int count = 0;
        for (; heap.hasRoom(); count++) {
            heap.add(new Numbered(count), count);
        }
        Timer due = heap.pollDue(count);
        assertTrue(heap.hasRoom());
        heap.add(new Numbered(count), count);
        assertFalse(heap.hasRoom());
        int room = heap.larger().length / 2;
        assertTrue(heap.size() < room, heap.size() + " of " + room);
        heap.add(due, count);
    }
}
