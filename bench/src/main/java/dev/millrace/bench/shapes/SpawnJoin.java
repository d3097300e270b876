package dev.millrace.bench.shapes;

import dev.millrace.sync.WaitGroup;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;

/// So many goroutines that do nothing are started, and waited for. Figures are per goroutine.
public abstract class SpawnJoin extends Shape {
    private final int count;

    SpawnJoin(int count) {
        this.count = count;
    }

    @Benchmark
    public void millrace() throws InterruptedException {
        OnVirtualThread.run(() -> {
            var group = new WaitGroup();
            for (int i = 0; i < count; i++) {
                group.go(() -> {});
            }
            group.await();
        });
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        KotlinScope.onAllThreads(count);
    }

    @Benchmark
    public void jdkExecutor() throws InterruptedException {
        OnVirtualThread.run(() -> {
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < count; i++) {
                    executor.execute(() -> {});
                }
            }
        });
    }

    /// The floor.
    @Benchmark
    public void jdkBareThreads() throws InterruptedException {
        OnVirtualThread.run(() -> BareThreads.run(count));
    }
}
