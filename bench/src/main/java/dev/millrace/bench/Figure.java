package dev.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/// What was measured of one implementation of one shape: one entry per round. Of a shape that is about memory, the resident
/// bytes stand in the place of the wall time, and the heap's in the place of the allocated ones.
final class Figure {
    private final boolean memory;
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();

    Figure(boolean memory) {
        this.memory = memory;
    }

    boolean isMemory() {
        return memory;
    }

    /// Nanoseconds (resident bytes), nanoseconds and bytes per operation; NaN for what is not known.
    void add(double wall, double cpu, double bytes) {
        this.wall.add(wall);
        this.cpu.add(cpu);
        this.bytes.add(bytes);
    }

    double wall() {
        return median(wall);
    }

    double cpu() {
        return median(cpu);
    }

    double bytes() {
        return median(bytes);
    }

    /// The median of the lower half of the rounds; of an odd number the one in the middle is among them.
    double betterHalf() {
        List<Double> sorted = known(wall).sorted().boxed().toList();
        return median(sorted.subList(0, (sorted.size() + 1) / 2));
    }

    int rounds() {
        return (int) known(wall).count();
    }

    double least() {
        return known(wall).min().orElse(Double.NaN);
    }

    double greatest() {
        return known(wall).max().orElse(Double.NaN);
    }

    static double median(List<Double> values) {
        double[] sorted = known(values).sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static DoubleStream known(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).filter(v -> !Double.isNaN(v));
    }
}
