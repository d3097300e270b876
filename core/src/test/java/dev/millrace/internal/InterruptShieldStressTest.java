package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cancels at any moment around shielded and open code, below two bridges. Bounded by time as well as by rounds.
class InterruptShieldStressTest {
    private static final int ROUNDS = 200_000;
    private static final long LIMIT = Duration.ofSeconds(2).toNanos();

    /// Two contexts; each is cancelled by a thread of its own, or never.
    private record Round(CancellableContext outer, CancellableContext inner, Cancels first, Cancels second) {
        boolean isRunning() {
            return (first.due && !first.returned) || (second.due && !second.returned);
        }
    }

    private static final class Cancels {
        volatile boolean due;
        volatile boolean returned;
    }

    private final AtomicReference<Round> offered = new AtomicReference<>();
    private volatile boolean stop;

    private static void spin(int bound) {
        int n = ThreadLocalRandom.current().nextInt(bound);
        for (int i = 0; i < n; i++) {
            Thread.onSpinWait();
        }
    }

    private Thread canceller(boolean first) {
        return Thread.ofPlatform().daemon().start(() -> {
            Round last = null;
            while (!stop) {
                Round r = offered.get();
                if (r == null || r == last) {
                    Thread.yield();
                    continue;
                }
                last = r;
                Cancels mine = first ? r.first : r.second;
                if (mine.due) {
                    spin(200);
                    (first ? r.outer : r.inner).cancel();
                    mine.returned = true;
                }
            }
        });
    }

    private static InterruptBridge enter(Context ctx) {
        return InterruptBridge.enter(ContextBase.nodeOf(ctx));
    }

    private static boolean flag() {
        return Thread.currentThread().isInterrupted();
    }

    /// Shielded and open pieces by turns; with `all`, until the cancels that are due have returned.
    private static void body(int round, Round r, boolean all) {
        for (int piece = 0; piece < 4 || (all && r.isRunning()); piece++) {
            var shield = InterruptBridge.shield();
            boolean inside = flag();
            spin(100);
            inside |= flag();
            var nested = InterruptBridge.shield();
            spin(20);
            InterruptBridge.unshield(nested);
            inside |= flag();
            InterruptBridge.unshield(shield);
            assertFalse(inside, "round " + round + ": an interrupt came in");
            spin(50);
            if (piece % 8 == 7) {
                Thread.yield();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancels_aroundShields_reachNoneAndAreNotLost(boolean virtual) throws Exception {
        Thread one = canceller(true);
        Thread two = canceller(false);
        var result = new CompletableFuture<Integer>();
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(() -> {
            try {
                result.complete(rounds());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        try {
            assertTrue(result.get(50, TimeUnit.SECONDS) > 0, "the race must be one");
        } finally {
            stop = true;
            one.join();
            two.join();
        }
    }

    private int rounds() {
        int cancelled = 0;
        long start = System.nanoTime();
        for (int i = 0; i < ROUNDS && System.nanoTime() - start < LIMIT; i++) {
            var r = new Round(Context.background().withCancel(), Context.background().withCancel(), new Cancels(),
                    new Cancels());
            r.first.due = ThreadLocalRandom.current().nextBoolean();
            r.second.due = ThreadLocalRandom.current().nextBoolean();
            boolean all = i % 4 != 0; // else the regions' ends race with the cancels
            var outer = enter(r.outer);
            var inner = enter(r.inner);
            offered.set(r);
            boolean any = r.first.due || r.second.due;
            boolean flag;
            boolean between;
            boolean innerSent;
            boolean outerSent;
            try {
                body(i, r, all);
            } finally {
                flag = flag();
                innerSent = inner.exit();
                between = flag();
                outerSent = outer.exit();
            }
            boolean left = Thread.interrupted();
            while (r.isRunning()) {
                Thread.yield();
            }
            assertFalse(left | Thread.interrupted(), "round " + i + ": a flag is left");
            if (all) { // all has been sent, nothing has heard it, nothing is held back
                assertEquals(any, flag, "round " + i + ": the flag at the end of the body");
                assertEquals(r.second.due, innerSent, "round " + i + ": the inner one sent");
                assertEquals(r.first.due, between, "round " + i + ": the flag between the two");
                assertEquals(r.first.due, outerSent, "round " + i + ": the outer one sent");
            }
            cancelled += any ? 1 : 0;
        }
        offered.set(null);
        return cancelled;
    }
}
