package dev.millrace.verify;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Examined.Asked;
import dev.millrace.verify.Examined.Logged;
import dev.millrace.verify.Examined.Opening;
import dev.millrace.verify.RawClient.Leaving;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Ends of requests at the moment when these are done anyway: two hundred races and more, until both sides have won often enough. The next request must never be hit
/// by what was meant for the one before it.
public final class RaceExams {
    private static final int RACES = Integer.getInteger("server.races", 200);
    private static final int EACH = 10;
    private static final long MOST = 45_000_000_000L;
    private static final long OPERATION = 1_000_000;

    private RaceExams() {}

    /// How races went.
    private static final class Score {
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final AtomicInteger returned = new AtomicInteger();
        final AtomicInteger watched = new AtomicInteger();
        final AtomicInteger samePort = new AtomicInteger();
        private final long start = System.nanoTime();

        boolean goesOn(boolean enough) {
            if (runs.get() >= RACES && enough) {
                return false;
            }
            assertTrue(System.nanoTime() - start < MOST, () -> "not enough in time: " + this);
            return true;
        }

        boolean bothSides() {
            return ended.get() >= EACH && returned.get() >= EACH;
        }

        @Override
        public String toString() {
            return runs + " races, ended first " + ended + " (" + watched + " by a watch), returned first " + returned
                    + ", next ones from the same port " + samePort;
        }
    }

    /// Deadlines from the header around an operation of a millisecond. The next request comes on the same connection, has no such deadline, and lasts until after
    /// that of the former one.
    public static void deadlines(Opening opening) throws Exception {
        var score = new Score();
        long micros = 1_000;
        try (var server = new Examined(opening, asked -> asked.path().endsWith("/next") ? next(asked, 2 * OPERATION)
                : asked.awaitDone().test(OPERATION) ? null : asked.path()); var client = server.client()) {
            for (int i = 0; score.goesOn(score.bothSides()); i++) {
                String path = "/" + i;
                String answer = client.send(get(server.path(path), "grpc-timeout: " + micros + "u")).receive();
                boolean ended = answer.equals("504");
                assertEquals(ended ? "504" : "200 " + path, answer);
                assertEquals("200 free", client.send(get(server.path(path + "/next"))).receive(), "the next request");
                server.assertReturned(path + "/next");
                String end = server.logged(path).end();
                assertTrue(end.equals("DEADLINE") || (!ended && end.equals("RETURNED")), end); // one that passed during the answer is one
                (ended ? score.ended : score.returned).incrementAndGet();
                score.runs.incrementAndGet();
                micros += (ended ? 1 : -1) * Math.max(1, micros / 20);
            }
        }
    }

    private static String next(Asked asked, long nanos) {
        return asked.awaitDone().test(nanos) ? "hit: " + asked.end().get()
                : asked.time().equals("all") ? "free" : "its deadline is that of another";
    }

    /// Clients that leave around an operation of a millisecond. The next request comes on a new connection; after a reset that is one from the same port, so that nothing but
    /// time tells both apart.
    public static void leaving(Opening opening) throws Exception {
        leaving(opening, 1, OPERATION, 2 * OPERATION, false);
    }

    /// The same around an operation of a tenth of a second, so that who looks at the kernel's table sees them too.
    public static void leavingWatched(Opening opening) throws Exception {
        leaving(opening, 25, 120 * OPERATION, 250 * OPERATION, true);
    }

    private static void leaving(Opening opening, int atOnce, long operation, long nextOne, boolean watch)
            throws Exception {
        var score = new Score();
        var number = new AtomicInteger();
        try (var server = new Examined(opening, asked -> {
            if (asked.path().endsWith("/next")) {
                return next(asked, nextOne);
            }
            return asked.awaitDone().test(watch ? random(operation * 3 / 4, operation * 3 / 2) : operation) ? null
                    : asked.path();
        })) {
            while (score.goesOn(score.bothSides() && score.samePort.get() >= EACH
                    && (!watch || score.watched.get() >= EACH))) {
                List<FutureTask<Boolean>> chains = new ArrayList<>();
                for (int i = 0; i < atOnce; i++) {
                    var chain = new FutureTask<>(() -> race(server, "/" + number.incrementAndGet(), operation, score));
                    Thread.ofVirtual().start(chain);
                    chains.add(chain);
                }
                for (var chain : chains) {
                    chain.get();
                }
            }
        }
    }

    private static boolean race(Examined server, String path, long operation, Score score) throws Exception {
        var client = server.client();
        int port = client.address().getPort();
        client.send(get(server.path(path)));
        server.awaitBegun(path);
        LockSupport.parkNanos(random(0, operation * 2)); // makes the two meet, orders nothing
        boolean reset = ThreadLocalRandom.current().nextBoolean();
        client.leave(reset ? Leaving.RESET : Leaving.CLOSE);
        try (var next = reset ? server.client(port) : server.client()) {
            score.samePort.addAndGet(next.address().getPort() == port ? 1 : 0);
            assertEquals("200 free", next.send(get(server.path(path + "/next"))).receive(), "the next request");
        }
        server.assertReturned(path + "/next");
        Logged first = server.logged(path);
        boolean left = first.end().equals("CLIENT_LEFT");
        assertTrue(left || first.end().equals("RETURNED"), first::line);
        (left ? score.ended : score.returned).incrementAndGet();
        score.watched.addAndGet(left && !first.line().contains("could not be written") ? 1 : 0);
        score.runs.incrementAndGet();
        return left;
    }

    private static long random(long from, long to) {
        return ThreadLocalRandom.current().nextLong(from, to);
    }
}
