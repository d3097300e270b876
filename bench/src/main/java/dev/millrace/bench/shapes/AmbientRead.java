package dev.millrace.bench.shapes;

import dev.millrace.context.Context;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;

/// The context that is bound to the running code is read. It was bound before the measurement, around the whole of it.
@Fork(jvmArgsAppend = {
    "-Djmh.executor=CUSTOM",
    "-Djmh.executor.class=dev.millrace.bench.shapes.AmbientRead$BoundExecutor"
})
public class AmbientRead extends Shape {
    private static final ScopedValue<Context> SCOPED = ScopedValue.newInstance();
    private static final ThreadLocal<Context> THREAD_LOCAL = new ThreadLocal<>();

    @Benchmark
    public Object millrace() {
        return Context.current();
    }

    @Benchmark
    public Object grpc() {
        return io.grpc.Context.current();
    }

    /// The floor: what a bare scoped value costs.
    @Benchmark
    public Object jdkScopedValue() {
        return SCOPED.get();
    }

    @Benchmark
    public Object jdkThreadLocal() {
        return THREAD_LOCAL.get();
    }

    /// Runs what JMH measures with a context of everybody's bound.
    public static final class BoundExecutor extends AbstractExecutorService {
        private final ExecutorService threads;

        public BoundExecutor(int maxThreads, String prefix) {
            threads = Executors.newFixedThreadPool(maxThreads, Thread.ofPlatform().name(prefix, 0).daemon().factory());
        }

        @Override
        public void execute(Runnable task) {
            threads.execute(() -> {
                Context context = Context.background().withCancel();
                THREAD_LOCAL.set(context);
                ScopedValue.where(SCOPED, context)
                        .run(() -> context.run(() -> io.grpc.Context.ROOT.withCancellation().run(task)));
            });
        }

        @Override
        public void shutdown() {
            threads.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return threads.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return threads.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return threads.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return threads.awaitTermination(timeout, unit);
        }
    }
}
