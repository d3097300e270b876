package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.go.Until;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// A call on a thread of its own, whose outcome the test asks for.
final class Caller<T> {
    final Thread thread;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    private Caller(Callable<T> call) {
        this.thread = Thread.ofVirtual().unstarted(() -> {
            try {
                outcome.complete(call.call());
            } catch (Throwable t) {
                outcome.completeExceptionally(t);
            }
        });
    }

    static <T> Caller<T> calls(Callable<T> call) {
        var caller = new Caller<>(call);
        caller.thread.start();
        return caller;
    }

    boolean isDone() {
        return outcome.isDone();
    }

    T value() throws Exception {
        return outcome.get(20, TimeUnit.SECONDS);
    }

    /// What the call threw.
    Throwable failure() {
        return assertThrows(ExecutionException.class, () -> outcome.get(20, TimeUnit.SECONDS))
                .getCause();
    }

    /// Returns when the thread waits.
    Caller<T> waiting() throws Exception {
        Until.waits(thread);
        return this;
    }
}
