package dev.millrace.verify;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// What one way costs more than another, where both scatter by more than that: many short batches by turns on one virtual thread, and the
/// median of the differences between neighbours, so that what drifts is in both.
public final class PairedTimes {
    private static final int BATCHES = Integer.getInteger("paired.batches", 400);
    private static final int SIZE = Integer.getInteger("paired.size", 50);

    private PairedTimes() {}

    /// Prints a row: both medians, their difference, and how far that is from the truth at most (95 of 100 times), in microseconds.
    public static void print(String name, Callable<?> first, Callable<?> second) throws Exception {
        var measured = new FutureTask<>(() -> measure(first, second));
        Thread.ofVirtual().start(measured);
        double[][] took = measured.get();
        double[] differences = new double[BATCHES];
        Arrays.setAll(differences, i -> took[1][i] - took[0][i]);
        double median = quantile(differences, 0.5);
        double notch = 1.57 * (quantile(differences, 0.75) - quantile(differences, 0.25)) / Math.sqrt(BATCHES);
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %+.2f | %.2f | |%n", name, quantile(took[0], 0.5),
                quantile(took[1], 0.5), median, notch);
    }

    private static double[][] measure(Callable<?> first, Callable<?> second) throws Exception {
        double[][] took = new double[2][BATCHES];
        for (int i = -BATCHES / 4; i < BATCHES; i++) {
            boolean turned = (i & 1) == 0; // who comes second may find things warmer
            double a = turned ? batch(second) : batch(first);
            double b = turned ? batch(first) : batch(second);
            if (i >= 0) {
                took[0][i] = turned ? b : a;
                took[1][i] = turned ? a : b;
            }
        }
        return took;
    }

    private static double batch(Callable<?> way) throws Exception {
        double[] took = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            long start = System.nanoTime();
            way.call();
            took[i] = (System.nanoTime() - start) / 1e3;
        }
        return quantile(took, 0.5);
    }

    private static double quantile(double[] of, double q) {
        double[] sorted = of.clone();
        Arrays.sort(sorted);
        return sorted[(int) (q * (sorted.length - 1))];
    }
}
