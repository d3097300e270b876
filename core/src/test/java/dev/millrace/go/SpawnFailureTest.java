package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.RealTimeScheduler;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Hazard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// No thread can be started: the start says so to its caller, and nothing has changed.
class SpawnFailureTest {
    /// Runs real threads until it is told to have none left.
    private static final class Exhausted extends RealTimeScheduler {
        static final OutOfMemoryError NONE_LEFT = new OutOfMemoryError("unable to create native thread: planted");
        volatile boolean exhausted;

        @Override
        protected void start(Goroutine goroutine) {
            if (exhausted) {
                throw NONE_LEFT;
            }
            super.start(goroutine);
        }
    }

    /// Runs `body` on a goroutine whose scheduler has no thread left.
    private static void exhausted(Executable body) throws Throwable {
        var scheduler = new Exhausted();
        var ended = new CompletableFuture<Throwable>();
        new Goroutine(scheduler, null, null, "") {
            @Override
            protected void body() throws Throwable {
                scheduler.exhausted = true;
                body.execute();
            }

            @Override
            protected void ended(Throwable failure) {
                ended.complete(failure);
            }
        }.spawn();
        Throwable failure = ended.get(20, TimeUnit.SECONDS);
        if (failure != null) {
            throw failure;
        }
    }

    private static void refused(Executable start) {
        assertSame(Exhausted.NONE_LEFT, assertThrows(OutOfMemoryError.class, start));
    }

    @Test
    @Hazard(32)
    void go_noThread_throwsAndCountsNothing() throws Throwable {
        exhausted(() -> {
            long count = Go.numGoroutine();
            for (int i = 0; i < 100; i++) {
                refused(() -> Go.go(() -> {}));
                refused(() -> Go.go(Context.background(), _ -> {}));
            }
            // Another test's last goroutine may end meanwhile: fewer is no fault, more is.
            assertTrue(Go.numGoroutine() <= count, Go.numGoroutine() + " and not at most " + count);
        });
    }

    @Test
    @Hazard(32)
    void waitGroup_noThread_throwsAndTheAwaitDoesNotHang() throws Throwable {
        exhausted(() -> {
            var wg = new WaitGroup();
            refused(() -> wg.go(() -> {}));
            refused(() -> wg.go(Context.background(), _ -> {}));
            assertEquals(0, wg.count());
            wg.await();
        });
    }

    @Test
    @Hazard(32)
    void taskGroup_noThread_throwsAndGivesThePlaceBack() throws Throwable {
        exhausted(() -> {
            try (var group = TaskGroup.open(Context.background()).limit(1)) {
                for (int i = 0; i < 3; i++) {
                    refused(() -> group.go(_ -> {}));
                    refused(() -> group.tryGo(_ -> {}));
                    refused(() -> group.fork(_ -> 1));
                    refused(() -> group.tryFork(_ -> 1));
                }
                assertTrue(group.toString().contains("0 running"), group.toString());
                group.join();
                assertNull(group.context().err().getCause());
            }
        });
    }
}
