package dev.millrace.verify;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/// Prints how long after an act (the client closes or resets, a deadline, a shutdown) the context of a server's request has ended, in Markdown.
/// `-Dleave.runs=200`; 0 for none. Requests are handled some at once and are between 150 and 650 ms old at the act. The machine should be idle.
public final class LeaveFigures {
    private static final int RUNS = Integer.getInteger("leave.runs", 200);
    private static final int AT_ONCE = 20;
    private static final int DEADLINE = 300;

    private LeaveFigures() {}

    /// A server that is being measured.
    public interface Opened extends AutoCloseable {
        /// Where it is.
        InetSocketAddress address();

        /// Ends all of its requests.
        void shutdown();

        @Override
        void close() throws IOException;
    }

    /// How it is opened, with a handler that tells `times`.
    public interface Opening {
        /// Opens one.
        Opened open(Times times) throws Exception;
    }

    /// When it happened, by the number that the path ends with.
    public static final class Times {
        private final AtomicLongArray acts = new AtomicLongArray(RUNS);
        private final AtomicLongArray ends = new AtomicLongArray(RUNS);
        private final CountDownLatch[] begun = latches();
        private final CountDownLatch[] ended = latches();

        private static CountDownLatch[] latches() {
            var all = new CountDownLatch[RUNS];
            Arrays.setAll(all, _ -> new CountDownLatch(1));
            return all;
        }

        /// The request is being handled.
        ///
        /// @param left nanoseconds until its deadline
        public void begin(String path, long left) {
            int i = number(path);
            if (left < Long.MAX_VALUE) {
                acts.set(i, System.nanoTime() + left);
            }
            begun[i].countDown();
        }

        /// Its context has ended.
        public void end(String path) {
            int i = number(path);
            ends.set(i, System.nanoTime());
            ended[i].countDown();
        }

        private static int number(String path) {
            return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
        }
    }

    private enum Act {
        FIN,
        RST,
        DEADLINE,
        SHUTDOWN
    }

    /// Prints the rows of one adapter.
    public static void print(String adapter, String prefix, Opening opening) throws Exception {
        for (Act act : RUNS == 0 ? new Act[0] : Act.values()) {
            var times = new Times();
            if (act == Act.SHUTDOWN) {
                for (int i = 0; i < RUNS; i++) {
                    try (Opened server = opening.open(times)) {
                        run(act, times, server, prefix, i);
                    }
                }
            } else {
                try (Opened server = opening.open(times)) {
                    for (int from = 0; from < RUNS; from += AT_ONCE) {
                        var threads = new Thread[AT_ONCE];
                        for (int k = 0; k < AT_ONCE; k++) {
                            int i = from + k;
                            threads[k] = Thread.ofVirtual().start(() -> {
                                try {
                                    run(act, times, server, prefix, i);
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
                        }
                        for (Thread t : threads) {
                            t.join();
                        }
                    }
                }
            }
            double[] millis = new double[RUNS];
            Arrays.setAll(millis, i -> (times.ends.get(i) - times.acts.get(i)) / 1e6);
            Arrays.sort(millis);
            System.out.printf("| %s | %s | %.1f | %.1f | %.1f |%n", adapter, act, millis[RUNS / 2],
                    millis[RUNS * 99 / 100], millis[RUNS - 1]);
        }
    }

    private static void run(Act act, Times times, Opened server, String prefix, int i)
            throws IOException, InterruptedException {
        try (var client = new RawClient(server.address())) {
            String path = prefix + "/" + i;
            client.send(act == Act.DEADLINE ? RawClient.get(path, "grpc-timeout: " + DEADLINE + "m")
                    : RawClient.get(path));
            times.begun[i].await();
            if (act == Act.FIN || act == Act.RST) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(150_000_000, 650_000_000));
            }
            if (act != Act.DEADLINE) {
                times.acts.set(i, System.nanoTime());
            }
            switch (act) {
                case FIN -> client.leave();
                case RST -> client.reset();
                case SHUTDOWN -> server.shutdown();
                case DEADLINE -> {}
            }
            times.ended[i].await();
        }
    }
}
