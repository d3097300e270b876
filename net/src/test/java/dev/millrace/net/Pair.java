package dev.millrace.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Both ends of a connection, and helpers of the tests.
record Pair(Listener listener, Conn client, Conn server) implements AutoCloseable {
    static final Context BG = Context.background();

    /// Seconds after which a test that waits has failed.
    private static final long BOUND = Long.getLong("net.bound", 20);

    static Pair open() throws Exception {
        Listener listener = Listener.listen("127.0.0.1:0");
        Conn client = Dialer.tcp().dial(BG, HostPort.of(listener.address()));
        return new Pair(listener, client, listener.accept(BG));
    }

    @Override
    public void close() throws Exception {
        client.close();
        server.close();
        listener.close();
    }

    /// A call on a thread of its own, whose failure reaches the test.
    static final class Running<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread;

        Running(boolean virtual, Callable<T> body) {
            Runnable run = () -> {
                try {
                    result.complete(body.call());
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            };
            thread = virtual ? Thread.ofVirtual().start(run) : Thread.ofPlatform().daemon().start(run);
        }

        /// Waits until the thread blocks; for one on a platform thread that is in native code, until its stack says so.
        Running<T> awaitBlocked(String method) {
            for (long end = System.nanoTime() + BOUND * 1_000_000_000L;;) {
                boolean inside = false;
                for (StackTraceElement frame : thread.getStackTrace()) {
                    inside |= frame.getMethodName().equals(method);
                }
                Thread.State state = thread.getState();
                if (inside && (!thread.isVirtual() || state == Thread.State.WAITING
                        || state == Thread.State.TIMED_WAITING)) {
                    return this;
                }
                assertTrue(System.nanoTime() < end && !result.isDone(), "never blocked in " + method + ": " + state);
                Thread.yield();
            }
        }

        T get() throws Exception {
            return result.get(BOUND, TimeUnit.SECONDS);
        }

        Throwable failure() throws Exception {
            try {
                throw new AssertionError("expected a failure, got " + result.get(BOUND, TimeUnit.SECONDS));
            } catch (java.util.concurrent.ExecutionException e) {
                return e.getCause();
            }
        }
    }

    static <T> Running<T> running(Callable<T> body) {
        return new Running<>(true, body);
    }

    static void eventually(String what, Callable<Boolean> holds) throws Exception {
        for (long end = System.nanoTime() + Duration.ofSeconds(BOUND).toNanos(); !holds.call(); Go.yield()) {
            assertTrue(System.nanoTime() < end, what);
        }
    }
}
