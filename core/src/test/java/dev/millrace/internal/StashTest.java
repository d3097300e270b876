package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How items age, without collections. One may come all the same, so each is tried a few times.
class StashTest {
    private static void expect(Object expected, Supplier<Object> attempt) {
        Object seen = null;
        for (int i = 0; i < 20; i++) {
            seen = attempt.get();
            if (expected.equals(seen)) {
                return;
            }
        }
        assertEquals(expected, seen);
    }

    private static Stash of(int items) {
        var stash = new Stash();
        for (int i = 0; i < items; i++) {
            stash.put(i);
        }
        return stash;
    }

    private static HashSet<Object> takeAll(Stash stash) {
        var taken = new HashSet<Object>();
        for (Object item = stash.take(); item != null; item = stash.take()) {
            taken.add(item);
        }
        return taken;
    }

    @Test
    void items_afterOneAgeing_areAllThere() {
        for (int n : new int[] {1, 2, 20}) {
            expect(new HashSet<Object>(IntStream.range(0, n).boxed().toList()), () -> {
                var stash = of(n);
                stash.age();
                return takeAll(stash);
            });
        }
    }

    @Test
    void items_afterTwoAgeings_areAllGone() {
        for (int n : new int[] {1, 2, 20}) {
            var stash = of(n);
            stash.age();
            stash.age();
            assertEquals(0, stash.count());
            assertNull(stash.take());
        }
    }

    @Test
    void items_takenAndPutBetweenAgeings_stayAndTheOthersGo() {
        expect(3, () -> {
            var stash = of(20);
            stash.age();
            var used = new ArrayList<Object>(List.of(stash.take(), stash.take(), stash.take()));
            used.forEach(stash::put);
            stash.age();
            return stash.count();
        });
    }

    @Test
    void items_putAfterAnAgeing_surviveTheNext() {
        expect(5, () -> {
            var stash = of(10);
            stash.age();
            for (int i = 0; i < 5; i++) {
                stash.put("new " + i);
            }
            stash.age();
            // one of the five was in the slot; the ten were there at the first ageing and went
            return takeAll(stash).size();
        });
    }
}
