package dev.millrace.bench.shapes;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Ten contexts with a timeout of an hour are made and then cancelled, while many others are alive. Figures are per
/// context.
public class LiveDeadlines extends Shape {
    private static final int BATCH = 10;
    private static final Duration TIMEOUT = Duration.ofHours(1);

    @Param("400000")
    public int live;

    /// The live ones of whoever is measured, so that a fork holds no other's.
    public abstract static class Population {
        final List<Object> contexts = new ArrayList<>();
    }

    @State(Scope.Benchmark)
    public static class MillracePopulation extends Population {
        @Setup
        public void fill(LiveDeadlines shape) {
            for (int i = 0; i < shape.live; i++) {
                contexts.add(Context.background().withTimeout(TIMEOUT));
            }
        }
    }

    @State(Scope.Benchmark)
    public static class RegisteredMillracePopulation extends Population {
        @Setup
        public void fill(LiveDeadlines shape) {
            for (int i = 0; i < shape.live; i++) {
                CancellableContext context = Context.background().withTimeout(TIMEOUT);
                Registered.register(context);
                contexts.add(context);
            }
        }
    }

    @State(Scope.Benchmark)
    public static class GrpcPopulation extends Population {
        final ScheduledExecutorService scheduler = GrpcScheduler.create();

        @Setup
        public void fill(LiveDeadlines shape) {
            for (int i = 0; i < shape.live; i++) {
                contexts.add(create());
            }
        }

        @TearDown
        public void stopScheduler() {
            scheduler.shutdownNow();
        }

        io.grpc.Context.CancellableContext create() {
            return io.grpc.Context.ROOT.withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS, scheduler);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Object millrace(MillracePopulation population) {
        var batch = new CancellableContext[BATCH];
        for (int i = 0; i < BATCH; i++) {
            batch[i] = Context.background().withTimeout(TIMEOUT);
        }
        for (CancellableContext context : batch) {
            context.cancel();
        }
        return batch;
    }

    /// Something waited for each, the live ones too: all the timers are there.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Object millraceRegistered(RegisteredMillracePopulation population) {
        var batch = new CancellableContext[BATCH];
        for (int i = 0; i < BATCH; i++) {
            batch[i] = Context.background().withTimeout(TIMEOUT);
            Registered.register(batch[i]);
        }
        for (CancellableContext context : batch) {
            context.cancel();
        }
        return batch;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Object grpc(GrpcPopulation population) {
        var batch = new io.grpc.Context.CancellableContext[BATCH];
        for (int i = 0; i < BATCH; i++) {
            batch[i] = population.create();
        }
        for (io.grpc.Context.CancellableContext context : batch) {
            context.cancel(null);
        }
        return batch;
    }
}
