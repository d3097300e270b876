package dev.millrace.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/// A JMH profiler: how far the two processors are from each other, as the time in which one variable goes from one to the other and back.
///
/// Who owns the machine may move its processors at any moment, for seconds, to places between which that takes five times as long: then all
/// that goroutines share takes twice as long. So an iteration waits until they are near again; and in the end the time is noted, so that the
/// report can leave the iteration out when they have gone meanwhile.
///
/// What counts as near is told by the property `bench.near`, in nanoseconds; without it nothing is measured here. To find that out,
/// `main` looks for some seconds and prints a limit, which is a good half above the usual.
public class Placement implements InternalProfiler {
    static final String LABEL = "exchange";

    private static final double NEAR = Double.parseDouble(System.getProperty("bench.near", "NaN"));
    private static final double ABOVE_THE_USUAL = 1.6;
    private static final int LOOKS = 50;
    private static final int PAUSE_MILLIS = 100;
    private static final int MOST_PAUSES = 100;
    private static final int TRIES = 6;
    private static final int TRIPS = 5_000;
    private static final long MOST_NANOS = 5_000_000;

    private static volatile long ball;
    private static volatile boolean playing;

    public static void main(String[] arguments) throws InterruptedException {
        List<Double> seen = new ArrayList<>();
        for (int i = 0; i < LOOKS; i++) {
            seen.add(roundTrip());
            Thread.sleep(PAUSE_MILLIS);
        }
        Collections.sort(seen);
        System.out.printf("%.0f%n", ABOVE_THE_USUAL * seen.get(seen.size() / 2));
    }

    /// In nanoseconds: the best of some tries, since the two may begin on one processor. Where others want the processors too, it may be
    /// any time, and is not waited for.
    static double roundTrip() throws InterruptedException {
        ball = 0;
        playing = true;
        var partner = new Thread(Placement::answer, "placement");
        partner.start();
        double best = Double.MAX_VALUE;
        long next = 0;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            int trips = 0;
            while (trips < TRIPS && System.nanoTime() - start < MOST_NANOS) {
                ball = ++next;
                next++;
                trips++;
                for (int spins = 0; ball != next; spins++) {
                    if (spins == TRIPS) {
                        Thread.yield(); // the partner may be waiting for this processor
                        spins = 0;
                    }
                }
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / trips);
        }
        playing = false;
        partner.join();
        return best;
    }

    private static void answer() {
        int spins = 0;
        for (long next = 1; playing;) {
            if (ball == next) {
                ball = next + 1;
                next += 2;
                spins = 0;
            } else if (++spins == TRIPS) {
                Thread.yield();
                spins = 0;
            }
        }
    }

    @Override
    public String getDescription() {
        return "how far the processors are from each other";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (Double.isNaN(NEAR) || iteration.getType() == IterationType.WARMUP) {
            return;
        }
        try {
            for (int i = 0; i < MOST_PAUSES && roundTrip() > NEAR; i++) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        if (Double.isNaN(NEAR)) {
            return List.of();
        }
        try {
            return List.of(new ScalarResult(LABEL, roundTrip(), "ns/op", AggregationPolicy.MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
