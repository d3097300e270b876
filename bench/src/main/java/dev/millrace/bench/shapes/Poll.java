package dev.millrace.bench.shapes;

import dev.millrace.context.Context;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A live context, so many cancellable ones deep, is asked whether it has been cancelled.
public class Poll extends Shape {
    @Param({"1", "100"})
    public int depth;

    private Context millrace = Context.background();
    private io.grpc.Context grpc = io.grpc.Context.ROOT;
    private Job kotlin;
    private volatile Object floor;

    @Setup
    public void derive() {
        for (int i = 0; i < depth; i++) {
            millrace = millrace.withCancel();
            grpc = grpc.withCancellation();
            kotlin = JobKt.Job(kotlin);
        }
    }

    @Benchmark
    public Object millrace() {
        return millrace.err();
    }

    /// The floor: one volatile read.
    @Benchmark
    public Object jdkVolatileRead() {
        return floor;
    }

    @Benchmark
    public boolean grpc() {
        return grpc.isCancelled();
    }

    @Benchmark
    public boolean kotlin() {
        return kotlin.isCancelled();
    }
}
