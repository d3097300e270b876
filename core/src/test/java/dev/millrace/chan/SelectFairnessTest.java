package dev.millrace.chan;

import static dev.millrace.chan.SelectTest.ended;
import static dev.millrace.chan.SelectTest.filled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.SelectTest.Form;
import dev.millrace.chan.SelectTest.Happened;
import dev.millrace.chan.SelectTest.Plan;
import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The choice among ready cases is uniform: tests of chi-square with a fixed tolerance. A fair select fails one of them less than
/// once in 10^8 runs of this class.
class SelectFairnessTest {
    private static final int TRIALS = 20_000;

    /// The values that chi-square exceeds with probability 10^-10, by the degrees of freedom from 1 on.
    private static final double[] LIMITS = {
        41.8, 46.1, 49.5, 52.7, 55.6, 58.3, 60.9, 63.4, 65.8, 68.2, 70.5, 72.7, 74.9, 77.0, 79.1
    };

    private static double limit(int freedom) {
        return LIMITS[freedom - 1];
    }

    private static double chiSquare(int[] counts, double[] weights) {
        double trials = Arrays.stream(counts).sum();
        double total = Arrays.stream(weights).sum();
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = trials * weights[i] / total;
            if (expected > 0) {
                sum += (counts[i] - expected) * (counts[i] - expected) / expected;
            } else {
                assertEquals(0, counts[i], "case " + i + " can never happen");
            }
        }
        return sum;
    }

    private static void assertShares(int[] counts, double... weights) {
        assertEquals(counts.length, weights.length);
        int freedom = (int) Arrays.stream(weights).filter(w -> w > 0).count() - 1;
        double found = chiSquare(counts, weights);
        assertTrue(
                found < limit(freedom),
                () -> "chi-square " + found + ", limit " + limit(freedom) + ": " + Arrays.toString(counts) + " for "
                        + Arrays.toString(weights));
    }

    private static double[] same(int n) {
        var weights = new double[n];
        Arrays.fill(weights, 1);
        return weights;
    }

    private static int[] count(Plan plan, int cases) {
        var counts = new int[cases];
        for (int i = 0; i < TRIALS; i++) {
            counts[plan.run().index()]++;
        }
        return counts;
    }

    @Test
    void test_ofTheTest_findsSmallAndLargeDeviations() {
        // A rotated scan over ten cases of which 0, 1 and 5 are ready, and one that prefers a case by a tenth.
        assertThrows(
                AssertionError.class,
                () -> assertShares(new int[] {10_000, 2_000, 8_000}, 1, 1, 1));
        assertThrows(
                AssertionError.class, () -> assertShares(new int[] {11_000, 10_000, 10_000}, 1, 1, 1));
        assertShares(new int[] {10_080, 10_000, 9_920}, 1, 1, 1);
        assertThrows(AssertionError.class, () -> assertShares(new int[] {10, 10, 1}, 1, 1, 0));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-03"})
    void twoReady_areChosenAlike(Form form) {
        var a = filled(TRIALS);
        var b = filled(TRIALS);
        int[] counts = count(form.plan().send(a, 1).send(b, 1), 2);
        assertShares(counts, 1, 1);
        assertEquals(counts[0], a.len());
        assertEquals(counts[1], b.len());
        // Go's own measure: within 10 sigma of half.
        assertTrue(Math.abs(counts[0] - TRIALS / 2) < 10 * Math.sqrt(TRIALS / 4.0));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-03"})
    @Hazard(15)
    void manyReady_areChosenAlike(Form form) {
        var plan = form.plan();
        for (int i = 0; i < 16; i++) {
            plan.receive(ended());
        }
        assertShares(count(plan, 16), same(16));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-04"})
    void neverReady_beforeAndBetween_doNotMatter(Form form) {
        var ready = ended();
        var silent = Chan.<Integer>unbuffered();
        var plan = form.plan();
        var weights = new double[12];
        for (int i = 0; i < 12; i++) {
            boolean can = i == 4 || i == 5 || i == 9; // gaps of different lengths: a random start would show
            weights[i] = can ? 1 : 0;
            plan.receive(can ? ready : i == 7 ? Chan.never() : silent);
        }
        assertShares(count(plan, 12), weights);
        assertEquals(0, silent.snapshot().blockedReceivers());
    }

    @Test
    @Item({"SEL-04"})
    void disabled_beforeAndBetween_doNotMatter() {
        var selector = Selector.random();
        var weights = new double[12];
        for (int i = 0; i < 12; i++) {
            boolean on = i == 0 || i == 1 || i == 5 || i == 11;
            weights[i] = on ? 1 : 0;
            selector.receive(ended()).enabled(on);
        }
        var counts = new int[12];
        for (int i = 0; i < TRIALS; i++) {
            counts[(i % 2 == 0 ? selector.poll() : selector.await()).index()]++;
        }
        assertShares(counts, weights);
    }

    /// Successive choices of one prepared select: each pair of choices is as likely as any other.
    @Test
    @Item({"SEL-03"})
    void choices_ofOnePreparedSelect_doNotDependOnTheOneBefore() {
        var selector = Selector.random();
        for (int i = 0; i < 4; i++) {
            selector.receive(ended());
        }
        var pairs = new int[16];
        int before = selector.await().index();
        for (int i = 0; i < 2 * TRIALS; i++) {
            int now = selector.await().index();
            pairs[4 * before + now]++;
            before = now;
        }
        assertShares(pairs, same(16));
    }

    /// New selects do not all begin with the same choice.
    @Test
    @Item({"SEL-03"})
    void firstChoices_ofNewSelects_areUniform() {
        var chans = new Chan<?>[4];
        for (int i = 0; i < 4; i++) {
            chans[i] = ended();
        }
        var counts = new int[4];
        for (int i = 0; i < TRIALS; i++) {
            var selector = Selector.random();
            for (Chan<?> chan : chans) {
                selector.receive(chan);
            }
            counts[selector.poll().index()]++;
        }
        assertShares(counts, same(4));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-05"})
    void twoSends_onOneChannel_bothValuesOccurAlike(Form form) {
        var c = filled(1);
        var plan = form.plan().send(c, 0).send(c, 1);
        var counts = new int[2];
        for (int i = 0; i < TRIALS; i++) {
            int index = plan.run().index();
            int value = c.receive();
            assertEquals(index, value);
            counts[value]++;
        }
        assertShares(counts, 1, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-06"})
    void sameChannelTwice_weighsDouble(Form form) {
        var twice = ended();
        var once = ended();
        int[] counts =
                count(form.plan().receive(twice).receive(once).receive(twice), 3);
        assertShares(counts, 1, 1, 1);
        assertShares(new int[] {counts[0] + counts[2], counts[1]}, 2, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-09"})
    void closed_competesEvenlyWithOpen(Form form) {
        var open = filled(TRIALS);
        for (int i = 0; i < TRIALS; i++) {
            open.send(i);
        }
        int[] counts = count(form.plan().receive(ended()).receive(open), 2);
        assertShares(counts, 1, 1);
        assertEquals(TRIALS - counts[1], open.len());
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-11"})
    void sendOnClosed_competesEvenly(Form form) {
        var plan = form.plan().receive(ended()).send(ended(), 1).receive(ended());
        var counts = new int[3];
        for (int i = 0; i < TRIALS; i++) {
            int index;
            try {
                index = plan.run().index();
            } catch (ChanClosedException e) {
                index = 1;
            }
            counts[index]++;
        }
        assertShares(counts, 1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-03"})
    void allKindsOfCases_areChosenAlike(Form form) {
        var ctx = Context.background().withCancel();
        ctx.cancel();
        var full = filled(TRIALS);
        var stock = filled(TRIALS);
        for (int i = 0; i < TRIALS; i++) {
            stock.send(i);
        }
        var held = new Mutex();
        held.lock();
        var plan = form.plan()
                .done(ctx)
                .receive(Chan.<Integer>unbuffered())
                .receive(stock)
                .completed(new CompletableFuture<Integer>())
                .send(full, 1)
                .completed(CompletableFuture.completedFuture(1))
                .receive(ended())
                .event(ctx.done())
                .lock(held)
                .lock(new RWMutex().readLocker()) // as often as you like
                .acquire(new WeightedSemaphore(TRIALS), 1)
                .acquire(new WeightedSemaphore(1), 2);
        assertShares(count(plan, 12), 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void ordered_isDeterministic(Form form) {
        var plan = form.ready(true)
                .receive(Chan.<Integer>unbuffered())
                .receive(ended())
                .receive(ended())
                .send(filled(TRIALS), 1);
        for (int i = 0; i < TRIALS; i++) {
            assertEquals(Happened.closed(1), plan.run());
        }
    }

    /// With waiting partners on both sides of the choice, so that values are handed over and not taken from a buffer.
    @Test
    @Item({"SEL-03"})
    void partnersThatWait_areChosenAlike() throws Exception {
        int rounds = 3_000;
        var a = Chan.<Integer>unbuffered();
        var b = Chan.<Integer>unbuffered();
        var threads = new SelectTest.Threads();
        for (var chan : new Chan<?>[] {a, b}) {
            @SuppressWarnings("unchecked") var c = (Chan<Integer>) chan;
            for (int i = 0; i < 2; i++) {
                threads.go(() -> {
                    try {
                        for (;;) {
                            c.send(1);
                        }
                    } catch (ChanClosedException e) {
                        assertFalse(e.isAbandoned());
                    }
                });
            }
        }
        var selector = Selector.random();
        selector.receive(a);
        selector.receive(b);
        var counts = new int[2];
        for (int i = 0; i < rounds; i++) {
            SelectTest.queued(a, 2, 0);
            SelectTest.queued(b, 2, 0);
            counts[selector.await().index()]++;
        }
        a.close();
        b.close();
        threads.join();
        assertShares(counts, 1, 1);
    }
}
