package dev.millrace.jdbc;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes native calls of virtual threads on platform threads. A native call keeps the carrier of a virtual thread, and with
/// all carriers kept nobody could run who would cancel.
///
/// As many threads as calls are running, for the callers wait for them; idle ones end after a second.
final class Offload {
    private static final ExecutorService THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform()
                    .daemon()
                    .name("millrace-jdbc-", 1)
                    .inheritInheritableThreadLocals(false)
                    .factory());

    private Offload() {}

    /// Waits until the call has ended, whatever interrupts come: it may not run on when the caller has left.
    static <T extends @Nullable Object> T call(Call<T> call) throws Throwable {
        var task = new FutureTask<T>(() -> {
            try {
                return call.call();
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError("neither exception nor error", t);
            }
        });
        THREADS.execute(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() == null ? e : e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
