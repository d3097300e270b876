package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// What Go's own benchmarks do with a map, by two goroutines, on a new map each time: see [MapOperation]. Figures are per operation.
@OperationsPerInvocation(SharedMap.OPERATIONS)
public class SyncMapOps extends ChanShape {
    @Param({
        "LoadMostlyHits", "LoadMostlyMisses", "LoadOrStoreBalanced", "LoadOrStoreUnique", "LoadOrStoreCollision",
        "LoadAndDeleteBalanced", "LoadAndDeleteUnique", "LoadAndDeleteCollision", "Range", "AdversarialAlloc",
        "AdversarialDelete", "DeleteCollision", "SwapCollision", "SwapMostlyHits", "SwapMostlyMisses",
        "CompareAndSwapCollision", "CompareAndSwapNoExistingKey", "CompareAndSwapValueNotEqual",
        "CompareAndSwapMostlyHits", "CompareAndSwapMostlyMisses", "CompareAndDeleteCollision",
        "CompareAndDeleteMostlyHits", "CompareAndDeleteMostlyMisses", "Clear"
    })
    public String operation;

    @Benchmark
    public long millrace() throws InterruptedException {
        return new SharedMap.OfMillrace().run(MapOperation.named(operation));
    }

    @Benchmark
    public long jdkConcurrentHashMap() throws InterruptedException {
        return new SharedMap.OfJdk().run(MapOperation.named(operation));
    }
}
