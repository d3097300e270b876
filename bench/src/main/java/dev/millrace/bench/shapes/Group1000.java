package dev.millrace.bench.shapes;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;

/// A group of 1,000 tasks that do nothing is started, each on a thread (or coroutine) of its own, and waited for. The
/// one who starts it runs on a virtual thread, as a server's handler does.
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class Group1000 extends Shape {
    private static final int TASKS = 1_000;

    @Benchmark
    public void millrace() throws InterruptedException {
        OnVirtualThread.run(() -> {
            try (TaskGroup group = TaskGroup.open(Context.background())) {
                for (int i = 0; i < TASKS; i++) {
                    group.go(_ -> {});
                }
                group.join();
            }
        });
    }

    @Benchmark
    @Fork(jvmArgsAppend = "--enable-preview")
    public void structuredTaskScope() throws InterruptedException {
        OnVirtualThread.run(() -> {
            try (AutoCloseable scope = TaskScope.open()) {
                for (int i = 0; i < TASKS; i++) {
                    TaskScope.fork(scope, () -> {});
                }
                TaskScope.join(scope);
            }
        });
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        KotlinScope.onAllThreads(TASKS);
    }

    @Benchmark
    public void kotlinOneThread() throws InterruptedException {
        KotlinScope.onOneThread(TASKS);
    }

    @Benchmark
    public void jdkExecutor() throws InterruptedException {
        OnVirtualThread.run(() -> {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < TASKS; i++) {
                    executor.execute(() -> {});
                }
            }
        });
    }

    /// The floor: virtual threads that count down a counter, with neither context nor failure.
    @Benchmark
    public void jdkBareThreads() throws InterruptedException {
        OnVirtualThread.run(() -> BareThreads.run(TASKS));
    }
}
