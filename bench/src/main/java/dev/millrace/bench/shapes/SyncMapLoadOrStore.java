package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines ask a new map for 100,000 keys, for each of them twice: the first time it is stored, the second it is there.
/// Figures are per operation.
@OperationsPerInvocation(SharedMap.OPERATIONS)
public class SyncMapLoadOrStore extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new SharedMap.OfMillrace().loadOrStore(goroutines);
    }

    @Benchmark
    public long jdkConcurrentHashMap() throws InterruptedException {
        return new SharedMap.OfJdk().loadOrStore(goroutines);
    }
}
