package dev.millrace.bench.shapes;

import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import kotlin.Unit;
import kotlinx.coroutines.DisposableHandle;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;

/// A function is registered for the end of a live context and taken back before that comes: what every bridge to a
/// blocking call does.
public class AfterFuncStop extends Shape {
    private final CancellableContext millrace = Context.background().withCancel();
    private final io.grpc.Context.CancellableContext grpc = io.grpc.Context.ROOT.withCancellation();
    private final Job kotlin = JobKt.Job(null);

    @Benchmark
    public Object millrace() {
        AfterFunc registration = millrace.afterFunc(() -> {});
        registration.stop();
        return registration;
    }

    @Benchmark
    public Object grpc() {
        io.grpc.Context.CancellationListener listener = _ -> {};
        grpc.addListener(listener, Runnable::run);
        grpc.removeListener(listener);
        return listener;
    }

    @Benchmark
    public Object kotlin() {
        DisposableHandle registration = kotlin.invokeOnCompletion(_ -> Unit.INSTANCE);
        registration.dispose();
        return registration;
    }
}
