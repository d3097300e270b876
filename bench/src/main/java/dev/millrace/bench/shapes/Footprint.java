package dev.millrace.bench.shapes;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What one of many takes in memory: of the heap after a collection, and of what the system has given the process.
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Footprint {
    /// Made, and kept, before the count begins, so that what comes but once is not counted.
    static final int BEFORE = 20_000;
    static final int COUNT = 500_000;

    /// Bytes of each.
    public double heap;

    /// Bytes of each; NaN where the system does not tell.
    public double resident;

    private boolean measured;

    /// Makes so many, and returns when they are there and quiet.
    interface Maker {
        void make(int count) throws Exception;
    }

    void of(Maker maker) throws Exception {
        if (measured) {
            throw new IllegalStateException("one shot for each JVM: what was there before is not given back");
        }
        measured = true;
        maker.make(BEFORE);
        long heapBefore = heapBytes();
        long residentBefore = residentBytes();
        maker.make(COUNT);
        heap = (heapBytes() - heapBefore) / (double) COUNT;
        resident = residentBefore == 0 ? Double.NaN : (residentBytes() - residentBefore) / (double) COUNT;
    }

    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024).sum();
    }
}
