package dev.millrace.bench.shapes;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/// The timer that gRPC's deadlines ask their caller for, set up as gRPC sets up its own shared one.
final class GrpcScheduler {
    private GrpcScheduler() {}

    static ScheduledExecutorService create() {
        var executor = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(task, "grpc-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
