package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Until;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AfterGcTest {
    private static Object watched(AtomicInteger runs, boolean fails) {
        var of = new Object();
        new AfterGc<>(of) {
            @Override
            void collected(Object living) {
                runs.incrementAndGet();
                if (fails) {
                    throw new IllegalStateException("planted");
                }
            }
        }.watch();
        return of;
    }

    private static void runs(AtomicInteger runs, int more) throws Exception {
        int before = runs.get();
        Until.until(more + " more runs", () -> {
            System.gc();
            return runs.get() >= before + more;
        });
    }

    @Test
    void action_collectionAfterCollection_runsAgainAndAgain() throws Exception {
        for (boolean fails : new boolean[] {false, true}) {
            var runs = new AtomicInteger();
            Object of = watched(runs, fails);
            runs(runs, 3);
            assertTrue(of != null);
        }
    }

    @Test
    void object_nobodyElseRefersTo_isCollected() throws Exception {
        var of = new WeakReference<>(watched(new AtomicInteger(), false));
        Until.until("collected", () -> {
            System.gc();
            return of.refersTo(null);
        });
    }
}
