package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.server.ClientLeftException.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Over a table that the test writes.
class ClientWatchTest {
    private static final InetSocketAddress SERVER = at("10.0.0.1", 8080);
    private static final InetSocketAddress ONE = at("10.0.0.2", 50001);
    private static final InetSocketAddress TWO = at("10.0.0.2", 50002);

    private final Map<InetSocketAddress, Integer> rows = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile int skip; // how many reads do not see a row
    private volatile boolean broken;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final ClientWatch watch = new ClientWatch(() -> this::read, Duration.ofMillis(1),
            (level, text) -> messages.add(level + " " + text));
    private final BlockingQueue<Seen> told = new LinkedBlockingQueue<>();

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private void read(TcpTable.Row row) throws IOException {
        reads.incrementAndGet();
        if (broken) {
            throw new IOException("not today");
        }
        if (skip > 0) {
            skip--;
            return;
        }
        rows.forEach((remote, state) -> row.see(TcpTable.Ends.of(SERVER, remote), state));
    }

    private ClientWatch.Watched watch(InetSocketAddress remote, boolean exact) {
        return watch.watch(SERVER, remote, exact, told::add);
    }

    private void awaitReads(int more) {
        int from = reads.get();
        while (reads.get() < from + more) {
            Thread.yield();
        }
    }

    private Seen seen() throws InterruptedException {
        return told.poll(20, TimeUnit.SECONDS);
    }

    private static boolean hasThread() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("millrace-http-watch"));
    }

    @AfterEach
    void untilTheThreadEnds() {
        assertEquals(0, watch.size());
        while (hasThread()) {
            Thread.yield();
        }
    }

    @Test
    void established_thenClosing_isTold_once() throws Exception {
        rows.put(ONE, 1);
        rows.put(TWO, 1);
        watch(ONE, true);
        var two = watch(TWO, true);
        awaitReads(5);
        assertNull(told.poll());
        rows.put(ONE, 8);
        assertEquals(Seen.CLOSED, seen());
        awaitReads(5);
        assertNull(told.poll());
        watch.release(two);
        watch.release(two);
    }

    @Test
    void row_thatIsGone_isTold() throws Exception {
        rows.put(ONE, 1);
        watch(ONE, false);
        awaitReads(5);
        rows.clear();
        assertEquals(Seen.GONE, seen());
    }

    @Test
    void row_thatOneReadPassesOver_isNotGone() {
        rows.put(ONE, 1);
        var one = watch(ONE, true);
        awaitReads(3);
        for (int i = 0; i < 20; i++) {
            skip = 1;
            awaitReads(3);
            assertNull(told.poll());
        }
        watch.release(one);
    }

    @Test
    void row_thatWasNeverSeen_isGoneOnlyForExactAddressesInTheServersTable() throws Exception {
        var unsure = watch(ONE, false);
        var exact = watch(ONE, true);
        awaitReads(10);
        assertNull(told.poll()); // the table of another network: nothing of our port is there
        rows.put(TWO, 1);
        assertEquals(Seen.GONE, seen());
        awaitReads(10);
        assertNull(told.poll());
        watch.release(unsure);
        watch.release(exact);
    }

    @Test
    void server_thatClosesItsSide_isNoLeaving() {
        for (int state : new int[] {3, 4, 5, 6}) {
            rows.put(ONE, state);
            var one = watch(ONE, true);
            awaitReads(5);
            assertNull(told.poll());
            watch.release(one);
        }
    }

    @Test
    void requests_thatShareAConnection_areEachTold() throws Exception {
        rows.put(ONE, 1);
        var first = watch(ONE, true);
        watch(ONE, true);
        watch(ONE, true);
        assertEquals(1, watch.size());
        awaitReads(3);
        watch.release(first);
        rows.put(ONE, 8);
        assertEquals(Seen.CLOSED, seen());
        assertEquals(Seen.CLOSED, seen());
        awaitIdle();
        assertNull(told.poll());
    }

    private void awaitIdle() {
        while (watch.size() > 0) {
            Thread.yield();
        }
    }

    @Test
    void released_isToldNothing() {
        rows.put(ONE, 8);
        var other = watch(TWO, false); // keeps it looking
        for (int i = 0; i < 200; i++) {
            var one = watch(ONE, true);
            Thread.yield();
            watch.release(one);
            awaitReads(1); // what was decided before has been told
            int had = told.size();
            awaitReads(1);
            assertEquals(had, told.size());
        }
        watch.release(other);
    }

    /// The next connection may have the same ends as the one that was reset.
    @Test
    void watched_whileTheTableIsRead_isNotJudgedByThatLook() throws Exception {
        var later = new LinkedBlockingQueue<Seen>();
        var second = new CompletableFuture<ClientWatch.Watched>();
        var self = new CompletableFuture<ClientWatch>();
        var look = new AtomicInteger();
        rows.put(TWO, 1); // so the server's port is known
        var held = new ClientWatch(() -> row -> {
            read(row);
            if (look.incrementAndGet() == 1) {
                second.complete(self.join().watch(SERVER, ONE, true, later::add));
            } else {
                rows.put(ONE, 1); // after the second look for who is missing
            }
        }, Duration.ofMillis(1), (_, _) -> {});
        self.complete(held);
        held.watch(SERVER, ONE, true, told::add);
        assertEquals(Seen.GONE, seen());
        int from = look.get();
        while (look.get() < from + 3 && later.isEmpty()) {
            Thread.yield();
        }
        assertNull(later.poll());
        held.release(second.join());
        assertEquals(0, held.size());
    }

    @Test
    void released_whileTheTableIsRead_isToldNothing() throws Exception {
        var reading = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var held = new ClientWatch(() -> row -> {
            reading.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            read(row);
        }, Duration.ofMillis(1), (_, _) -> {});
        rows.put(ONE, 8);
        var one = held.watch(SERVER, ONE, true, told::add);
        assertTrue(reading.await(20, TimeUnit.SECONDS));
        held.release(one);
        released.countDown();
        while (hasThread()) {
            Thread.yield();
        }
        assertNull(told.poll());
    }

    @Test
    void youngRequests_areNotLookedFor_andTheThreadEnds() {
        var period = Duration.ofMillis(200);
        var slow = new ClientWatch(() -> this::read, period, (_, _) -> {});
        long oldest = 0;
        long begun = System.nanoTime();
        long since = begun;
        var held = slow.watch(SERVER, ONE, true, told::add);
        for (int i = 0; since - begun < 3 * period.toNanos(); i++) { // there is always one, and none gets old
            long at = System.nanoTime();
            var next = slow.watch(SERVER, i % 2 == 0 ? TWO : ONE, true, told::add);
            slow.release(held);
            oldest = Math.max(oldest, System.nanoTime() - since);
            held = next;
            since = at;
        }
        slow.release(held);
        assertTrue(hasThread());
        while (hasThread()) {
            Thread.yield();
        }
        if (oldest < period.toNanos() / 2) { // else the machine did not let this run
            assertEquals(0, reads.get());
        }
    }

    @Test
    void pauses_growWithWhatALookCosts_withinBounds() {
        assertEquals(25, ClientWatch.pause(0, 100));
        assertEquals(25, ClientWatch.pause(1, 100));
        assertEquals(38, ClientWatch.pause(2, 100));
        assertEquals(95, ClientWatch.pause(5, 100));
        assertEquals(100, ClientWatch.pause(6, 100));
        assertEquals(100, ClientWatch.pause(1_000, 100));
    }

    /// Who loses the processor within a look has not used it.
    @Test
    void cost_followsAShortLookAtOnceAndALongOneSlowly() {
        assertEquals(7, ClientWatch.smoothed(0, 7));
        assertEquals(3, ClientWatch.smoothed(7, 3));
        assertEquals(7 + 100, ClientWatch.smoothed(7, 807));
        long cost = 7;
        for (int i = 0; i < 60; i++) {
            cost = ClientWatch.smoothed(cost, 807);
        }
        assertTrue(cost > 790, "a long table is known as one in the end: " + cost);
    }

    @Test
    void thread_thatHasEnded_isStartedAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            rows.put(ONE, 1);
            watch(ONE, true);
            awaitReads(2);
            rows.put(ONE, 8);
            assertEquals(Seen.CLOSED, seen());
            untilTheThreadEnds();
        }
    }

    @Test
    void table_thatCannotBeRead_isSaidOnce_andNothingIsWatched() throws Exception {
        broken = true;
        var first = watch(ONE, true);
        assertNotNull(first);
        assertEquals("INFO a client that leaves is only noticed by a write that fails, since the kernel's table of"
                + " connections cannot be read: java.io.IOException: not today",
                messages.poll(20, TimeUnit.SECONDS));
        assertNull(watch(TWO, true));
        watch.release(first);
        untilTheThreadEnds();
        assertNull(messages.poll());
    }

    @Test
    void manyThreads_thatWatchAndRelease_leaveNothing() throws Exception {
        rows.put(ONE, 1);
        var done = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
            Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 2000; i++) {
                    watch.release(watch(ONE, true));
                }
                done.countDown();
            });
        }
        assertTrue(done.await(20, TimeUnit.SECONDS));
        assertEquals(0, watch.size());
        assertNull(told.poll());
    }
}
