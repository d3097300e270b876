package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class NetStressTest {
    private static final int RUNS = 200;

    /// Answers each byte with itself after about a millisecond.
    private static void echoLate(Context ctx, Conn conn) throws Exception {
        byte[] b = new byte[1];
        while (conn.read(ctx, b) > 0) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000, 1_500_000)); // the operation's length
            conn.write(ctx, b);
        }
    }

    @Test
    void cancels_thatRaceWithReadsOfAMillisecond_neverHitTheNextOperation() throws Exception {
        int hit = 0;
        try (Listener listener = Listener.listen("127.0.0.1:0"); var stop = BG.withCancel()) {
            var served = running(() -> listener.serve(stop, Duration.ZERO, NetStressTest::echoLate));
            HostPort at = HostPort.of(listener.address());
            Conn conn = Dialer.tcp().dial(BG, at);
            byte[] b = new byte[1];
            for (int i = 0; i < RUNS; i++) {
                var ctx = BG.withCancel();
                conn.write(BG, new byte[] {(byte) i});
                var cancel = running(() -> {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000, 1_500_000)); // to race
                    ctx.cancel();
                    return null;
                });
                boolean read = false;
                try {
                    assertEquals(1, conn.read(ctx, b));
                    assertEquals((byte) i, b[0]);
                    read = true;
                } catch (CancelledException e) {
                    hit++;
                }
                if (read) { // the next operation, while the cancel may still be under way
                    conn.write(BG, new byte[] {99});
                    assertEquals(1, conn.read(BG, b));
                    assertEquals(99, b[0]);
                    assertTrue(conn.isOpen());
                } else {
                    if (conn.isOpen()) { // it came before the read: then nothing has happened
                        assertEquals(1, conn.read(BG, b));
                        assertEquals((byte) i, b[0]);
                    }
                    conn.close();
                    conn = Dialer.tcp().dial(BG, at);
                }
                cancel.get();
            }
            conn.close();
            stop.cancel();
            served.get();
        }
        assertTrue(hit < RUNS, "no read was faster than its cancel");
    }

    @Test
    void deadlines_thatRaceWithReadsOfAMillisecond_loseNoByte() throws Exception {
        int late = 0;
        try (Pair pair = Pair.open()) {
            var writer = running(() -> {
                for (int i = 0; i < RUNS; i++) {
                    LockSupport.parkNanos(1_000_000); // the operation's length
                    pair.server().write(BG, new byte[] {(byte) i});
                }
                return null;
            });
            byte[] b = new byte[1];
            for (int i = 0; i < RUNS;) {
                try (var ctx = BG.withTimeout(Duration.ofMillis(1))) {
                    assertEquals(1, pair.client().read(ctx, b));
                    assertEquals((byte) i, b[0]);
                    i++;
                } catch (DeadlineExceededException e) {
                    late++;
                }
                assertTrue(pair.client().isOpen());
            }
            writer.get();
        }
        assertTrue(late > 0, "no read was slower than its deadline");
    }

    @Test
    void descriptorsThreadsAndGoroutines_afterManyCutOperations_areBackAtTheirStart() throws Exception {
        cycle();
        Pair.eventually("the first cycle is over", () -> Go.numGoroutine() == 0);
        int files = files();
        int threads = Thread.activeCount();
        for (int i = 0; i < 100; i++) {
            cycle();
        }
        Pair.eventually("goroutines: " + Go.numGoroutine(), () -> Go.numGoroutine() == 0);
        Pair.eventually("descriptors: " + files() + ", were " + files, () -> files() <= files);
        assertTrue(Thread.activeCount() <= threads + 2, "threads: " + Thread.activeCount() + ", were " + threads);
    }

    private static void cycle() throws Exception {
        var inside = new CountDownLatch(1); // a connection may be there before the server
        try (Listener listener = Listener.listen("127.0.0.1:0"); var ctx = BG.withCancel()) {
            var served = running(() -> listener.serve(ctx, Duration.ZERO, (c, conn) -> {
                inside.countDown();
                conn.read(c, new byte[1]);
            }));
            Conn conn = Dialer.tcp().dial(BG, HostPort.of(listener.address()));
            try (var short_ = BG.withTimeout(Duration.ofMillis(1))) {
                conn.read(short_, new byte[1]);
            } catch (ContextException e) {
                // as wanted
            }
            var read = running(() -> conn.read(ctx, new byte[1])).awaitBlocked("blockingRead");
            inside.await();
            ctx.cancel();
            read.failure();
            served.get();
            assertFalse(conn.isOpen());
            assertThrows(ConnectException.class, () -> Dialer.tcp().dial(BG, HostPort.of(listener.address())));
        }
    }

    @Test
    void connection_thatWasReadUnderAContextThatLives_isGarbageAfterwards() throws Exception {
        try (var ctx = BG.withCancel()) {
            var used = usedAndClosed(ctx);
            Pair.eventually("the context keeps the connection", () -> {
                System.gc();
                return used.get() == null;
            });
            assertFalse(ctx.isDone());
        }
    }

    private static WeakReference<Conn> usedAndClosed(Context ctx) throws Exception {
        try (Pair pair = Pair.open()) {
            pair.server().write(ctx, new byte[1]);
            pair.client().read(ctx, new byte[1]);
            return new WeakReference<>(pair.client());
        }
    }

    private static int files() {
        String[] all = new File("/proc/self/fd").list();
        return all == null ? 0 : all.length; // no Linux: nothing to count
    }
}
