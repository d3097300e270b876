package dev.millrace.bench.shapes;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.util.concurrent.CancellationException;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;

/// A child of a live, cancellable parent is made and cancelled. Nobody waited for it, unless the method says so.
public class CreateCancel extends Shape {
    private final CancellableContext millraceParent = Context.background().withCancel();
    private final io.grpc.Context.CancellableContext grpcParent = io.grpc.Context.ROOT.withCancellation();
    private final Job kotlinParent = JobKt.Job(null);

    @Benchmark
    public Object millrace() {
        CancellableContext child = millraceParent.withCancel();
        child.cancel();
        return child;
    }

    /// Something waited for the child's end, so that it is in its parent's list when it is cancelled: an after-func,
    /// made and stopped, whose own cost [AfterFuncStop] shows.
    @Benchmark
    public Object millraceRegistered() {
        CancellableContext child = millraceParent.withCancel();
        Registered.register(child);
        child.cancel();
        return child;
    }

    /// Never registered with the parent: gRPC does that with the first listener only. With a listener there is no
    /// figure: gRPC 1.85.1 never takes the registration off the parent again, so each child costs more than the one
    /// before.
    @Benchmark
    public Object grpc() {
        io.grpc.Context.CancellableContext child = grpcParent.withCancellation();
        child.cancel(null);
        return child;
    }

    @Benchmark
    public Object kotlin() {
        Job child = JobKt.Job(kotlinParent);
        child.cancel((CancellationException) null);
        return child;
    }
}
