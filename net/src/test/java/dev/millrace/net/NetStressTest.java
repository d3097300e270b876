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
        int read = 0;
        int cut = 0;
        try (Listener listener = Listener.listen("127.0.0.1:0"); var stop = BG.withCancel()) {
            var served = running(() -> listener.serve(stop, Duration.ZERO, NetStressTest::echoLate));
            HostPort at = HostPort.of(listener.address());
            Conn conn = Dialer.tcp().dial(BG, at);
            byte[] b = new byte[1];
            for (int i = 0; goesOn(i, read, cut); i++) {
                var ctx = stop.withCancel();
                conn.write(BG, new byte[] {(byte) i});
                var cancel = running(() -> {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000, 1_500_000)); // to race
                    ctx.cancel();
                    return null;
                });
                boolean won = false;
                try {
                    assertEquals(1, conn.read(ctx, b));
                    assertEquals((byte) i, b[0]);
                    won = true;
                    read++;
                } catch (CancelledException e) {
                    if (!conn.isOpen()) {
                        cut++;
                    }
                }
                if (won) { // the next operation, while the cancel may still be under way
                    conn.write(stop, new byte[] {99});
                    assertEquals(1, conn.read(stop, b));
                    assertEquals(99, b[0]);
                    assertTrue(conn.isOpen());
                } else {
                    if (conn.isOpen()) { // it came before the read: then nothing has happened
                        assertEquals(1, conn.read(stop, b));
                        assertEquals((byte) i, b[0]);
                    }
                    conn.close();
                    conn = Dialer.tcp().dial(stop, at);
                }
                cancel.get();
            }
            conn.close();
            assertFalse(stop.isDone());
            stop.cancel();
            served.get();
        }
        bothWays("reads", read, cut);
    }

    /// For all rounds, and then until each side has won one.
    private static boolean goesOn(int round, int operation, int end) {
        return round < RUNS || (round < 20 * RUNS && Math.min(operation, end) == 0);
    }

    private static void bothWays(String what, int operation, int end) {
        System.out.println("races of " + what + ": " + operation + " won by the operation, " + end + " by its context");
        assertTrue(operation > 0, "no operation was faster than the end of its context");
        assertTrue(end > 0, "no operation was slower than the end of its context");
    }

    @Test
    void cancels_thatRaceWithAccepts_loseNoConnection() throws Exception {
        int accepted = 0;
        int cancelled = 0;
        try (Listener listener = Listener.listen("127.0.0.1:0"); var parent = BG.withCancel()) {
            HostPort at = HostPort.of(listener.address());
            for (int i = 0; goesOn(i, accepted, cancelled); i++) {
                var ctx = parent.withCancel();
                var dial = running(() -> {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000)); // to race
                    return Dialer.tcp().dial(BG, at);
                });
                var cancel = running(() -> {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000)); // to race
                    ctx.cancel();
                    return null;
                });
                Conn conn;
                try {
                    conn = listener.accept(ctx);
                    accepted++;
                } catch (CancelledException e) {
                    cancelled++;
                    conn = listener.accept(parent);
                }
                try (Conn client = dial.get(); Conn server = conn) {
                    assertEquals(client.localAddress(), server.remoteAddress());
                }
                cancel.get();
            }
        }
        bothWays("accepts", accepted, cancelled);
    }

    @Test
    void deadlines_thatRaceWithReadsOfAMillisecond_loseNoByte() throws Exception {
        int late = 0;
        int read = 0;
        try (Pair pair = Pair.open(); var over = BG.withCancel()) {
            var writer = running(() -> {
                for (int i = 0; !over.isDone(); i++) {
                    LockSupport.parkNanos(1_000_000); // the operation's length
                    pair.server().write(BG, new byte[] {(byte) i});
                }
                return null;
            });
            byte[] b = new byte[1];
            while (goesOn(read, read, late)) {
                try (var ctx = BG.withTimeout(Duration.ofMillis(1))) {
                    assertEquals(1, pair.client().read(ctx, b));
                    assertEquals((byte) read, b[0]);
                    read++;
                } catch (DeadlineExceededException e) {
                    late++;
                }
                assertTrue(pair.client().isOpen());
            }
            over.cancel();
            writer.get();
        }
        bothWays("reads with deadlines", read, late);
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
