package dev.millrace.bench.shapes;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/// A child with a timeout of ten seconds is made and cancelled: what every request with a time limit pays when all goes
/// well.
public class CreateCancelTimeout extends Shape {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final CancellableContext millraceParent = Context.background().withCancel();
    private final io.grpc.Context.CancellableContext grpcParent = io.grpc.Context.ROOT.withCancellation();
    private final ScheduledExecutorService grpcScheduler = GrpcScheduler.create();

    @TearDown
    public void stopScheduler() {
        grpcScheduler.shutdownNow();
    }

    @Benchmark
    public Object millrace() {
        CancellableContext child = millraceParent.withTimeout(TIMEOUT);
        child.cancel();
        return child;
    }

    /// Something waited for the child's end: its timer is set, and taken back by the cancel.
    @Benchmark
    public Object millraceRegistered() {
        CancellableContext child = millraceParent.withTimeout(TIMEOUT);
        Registered.register(child);
        child.cancel();
        return child;
    }

    @Benchmark
    public Object grpc() {
        io.grpc.Context.CancellableContext child =
                grpcParent.withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS, grpcScheduler);
        child.cancel(null);
        return child;
    }
}
