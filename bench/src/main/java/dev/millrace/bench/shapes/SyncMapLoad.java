package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// So many goroutines load the values of 1,024 keys; one in so many operations is a store. Figures are per operation.
@OperationsPerInvocation(SharedMap.OPERATIONS)
public class SyncMapLoad extends ChanShape {
    @Param({"10", "1000"})
    public int every;

    @Param({"1", "2", "8", "100"})
    public int goroutines;

    @State(Scope.Benchmark)
    public static class OfMillrace {
        private final SharedMap map = new SharedMap.OfMillrace();

        @Setup
        public void fill() {
            map.fill();
        }
    }

    @State(Scope.Benchmark)
    public static class OfJdk {
        private final SharedMap map = new SharedMap.OfJdk();

        @Setup
        public void fill() {
            map.fill();
        }
    }

    @Benchmark
    public long millrace(OfMillrace state) throws InterruptedException {
        return state.map.load(every, goroutines);
    }

    @Benchmark
    public long jdkConcurrentHashMap(OfJdk state) throws InterruptedException {
        return state.map.load(every, goroutines);
    }
}
