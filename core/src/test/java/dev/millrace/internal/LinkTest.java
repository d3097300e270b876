package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The intrusive list against a `List`.
class LinkTest {
    private static final class Element extends Link {
        @Override
        void hear(Walk walk) {
            throw new AssertionError("stands in no node's list");
        }
    }

    private static void assertSame(List<Link> expected, Link first) {
        var forwards = new ArrayList<Link>();
        var backwards = new ArrayList<Link>();
        if (first != null) {
            Link l = first;
            do {
                forwards.add(l);
                assertTrue(l.isLinked());
                l = l.next;
            } while (l != first && forwards.size() <= expected.size());
            do {
                l = l.prev;
                backwards.add(l);
            } while (l != first && backwards.size() <= expected.size());
        }
        assertEquals(expected, forwards);
        assertEquals(expected.reversed(), backwards);
    }

    @Test
    void operations_atRandom_agreeWithAList() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var reference = new ArrayList<Link>();
            Link first = null;
            for (int i = 0; i < 300; i++) {
                int what = random.nextInt(reference.size() > 6 ? 8 : 12);
                if (what > 4 || reference.isEmpty()) {
                    var made = new Element();
                    first = Link.append(first, made);
                    reference.add(made);
                } else if (what > 1) {
                    Link gone = reference.remove(random.nextInt(reference.size()));
                    first = Link.remove(first, gone);
                    assertNull(gone.next);
                    assertNull(gone.prev);
                } else {
                    int at = random.nextInt(reference.size());
                    var made = new Element();
                    Link old = reference.set(at, made);
                    first = Link.replace(first, old, made);
                    assertNull(old.next);
                    assertNull(old.prev);
                }
                assertSame(reference, first);
            }
            while (!reference.isEmpty()) {
                first = Link.remove(first, reference.removeLast());
                assertSame(reference, first);
            }
            assertNull(first);
        }
    }
}
