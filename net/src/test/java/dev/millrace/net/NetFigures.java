package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.PairedTimes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;

/// Prints tables of what the module costs, in Markdown: how long after the act a blocked operation returns and the other end knows, and what a
/// round trip takes. `-Dnet.runs=200 -Dnet.trips=20000`. The machine should be idle.
final class NetFigures {
    private static final int RUNS = Integer.getInteger("net.runs", 200);
    private static final int TRIPS = Integer.getInteger("net.trips", 20_000);
    private static final Duration SHORT = Duration.ofMillis(20);

    private enum Act {
        CANCEL,
        TIMEOUT,
        PARENT
    }

    private NetFigures() {}

    public static void main(String[] args) throws Exception {
        System.out
                .println("| operation | act | returned p50 | p99 | other end saw p50 | p99 | (ms, " + RUNS + " runs)");
        System.out.println("|---|---|---|---|---|---|---|");
        try (var silent = new DialerTest.Silent(); Listener idle = Listener.listen("127.0.0.1:0")) {
            for (Act act : Act.values()) {
                table("dial", act, () -> null, (ctx, _) -> Dialer.tcp().dial(ctx, silent.address()), "connect", null);
                table("accept", act, () -> null, (ctx, _) -> idle.accept(ctx), "select", null);
                table("read", act, Pair::open, (ctx, p) -> p.client().read(ctx, new byte[1]), "blockingRead",
                        act == Act.TIMEOUT ? null : NetFigures::untilTheEnd);
                table("write", act, Pair::open, (ctx, p) -> {
                    p.client().write(ctx, new byte[16 << 20]);
                    return null;
                }, "blockingWriteFully", NetFigures::untilTheEnd);
            }
        }
        System.out.println();
        connections();
        System.out.println();
        trips();
    }

    private interface Op {
        Object run(Context ctx, Pair pair) throws Exception;
    }

    private interface End {
        void await(Pair pair) throws Exception;
    }

    /// The last byte, or the reset.
    private static void untilTheEnd(Pair pair) {
        try {
            byte[] b = new byte[1 << 16];
            while (pair.server().read(BG, b) >= 0) {
                // what was still on its way
            }
        } catch (IOException e) {
            // a reset
        }
    }

    private static void table(String name, Act act, Callable<Pair> opening, Op op, String method, End end)
            throws Exception {
        double[] returned = new double[RUNS];
        double[] seen = new double[RUNS];
        for (int i = -20; i < RUNS; i++) {
            Pair pair = opening.call();
            CancellableContext parent = BG.withCancel();
            long begun = System.nanoTime();
            CancellableContext ctx = act == Act.TIMEOUT ? parent.withTimeout(SHORT) : parent.withCancel();
            var blocked = running(() -> {
                try {
                    op.run(ctx, pair);
                    throw new AssertionError(name + " was not cut");
                } catch (ContextException e) {
                    return System.nanoTime();
                }
            });
            if (act != Act.TIMEOUT) {
                blocked.awaitBlocked(method);
            }
            // The reader of a write's other end begins with the act: before, it would unblock the write.
            var other = end == null || name.equals("write") ? null : running(() -> {
                end.await(pair);
                return System.nanoTime();
            }).awaitBlocked("blockingRead");
            long at = act == Act.TIMEOUT ? begun + SHORT.toNanos() : System.nanoTime();
            switch (act) {
                case CANCEL -> ctx.cancel();
                case PARENT -> parent.cancel();
                case TIMEOUT -> {}
            }
            double back = (blocked.get() - at) / 1e6;
            if (pair != null && name.equals("write") && pair.client().isOpen()) { // the deadline came before it began: nothing happened
                i--;
                pair.close();
                continue;
            }
            long sight = 0;
            if (other != null) {
                sight = other.get();
            } else if (end != null) {
                end.await(pair);
                sight = System.nanoTime();
            }
            if (i >= 0) {
                returned[i] = back;
                seen[i] = end == null ? Double.NaN : (sight - at) / 1e6;
            }
            parent.close();
            if (pair != null) {
                pair.close();
            }
        }
        Arrays.sort(returned);
        Arrays.sort(seen);
        System.out.printf("| %s | %s | %.3f | %.3f | %s | %s | |%n", name, act.name().toLowerCase(),
                returned[RUNS / 2], returned[RUNS * 99 / 100],
                end == null ? "-" : "%.3f".formatted(seen[RUNS / 2]),
                end == null ? "-" : "%.3f".formatted(seen[RUNS * 99 / 100]));
    }

    private static final int LIMIT = 5_000; // milliseconds

    /// A dial and an accept, each against the same by hand, at a peer that does the same in both; with their close. A connection leaves its port in
    /// TIME_WAIT, so they should be some ten thousands at most: `-Dpaired.batches=100`.
    private static void connections() throws Exception {
        System.out.println("| a connection | by hand | Millrace | difference | within | (us)");
        System.out.println("|---|---|---|---|---|");
        try (var server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                var timed = BG.withTimeout(Duration.ofHours(1))) {
            Thread.ofVirtual().start(() -> acceptAll(server));
            HostPort at = HostPort.of((InetSocketAddress) server.getLocalSocketAddress());
            Callable<?> byHand = () -> dialByHand(server);
            PairedTimes.print("connect with a timeout, the same twice", byHand, byHand);
            PairedTimes.print("connect with a timeout; one deadline for all", byHand, () -> dial(timed, at));
            PairedTimes.print("connect with a timeout; a deadline of its own for each", byHand, () -> {
                try (var own = BG.withTimeout(Duration.ofMillis(LIMIT))) {
                    return dial(own, at);
                }
            });
        }
        try (var server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                Listener listener = Listener.listen("127.0.0.1:0");
                var timed = BG.withTimeout(Duration.ofHours(1))) {
            Callable<?> byHand = () -> {
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    client.setSoLinger(true, 0);
                    server.setSoTimeout(LIMIT);
                    server.accept().close();
                    return 1;
                }
            };
            InetSocketAddress at = listener.address();
            PairedTimes.print("accept of who waits, the same twice", byHand, byHand);
            PairedTimes.print("accept of who waits, `setSoTimeout`; one deadline for all", byHand,
                    () -> accepted(timed, listener, at));
            PairedTimes.print("accept of who waits, `setSoTimeout`; a deadline of its own for each", byHand, () -> {
                try (var own = BG.withTimeout(Duration.ofMillis(LIMIT))) {
                    return accepted(own, listener, at);
                }
            });
        }
    }

    private static int accepted(Context ctx, Listener listener, InetSocketAddress at) throws IOException {
        try (Socket client = new Socket(at.getAddress(), at.getPort())) {
            client.setSoLinger(true, 0);
            listener.accept(ctx).close();
            return 1;
        }
    }

    private static int dialByHand(ServerSocket server) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server.getLocalSocketAddress(), LIMIT);
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            return 1;
        }
    }

    private static int dial(Context ctx, HostPort at) throws IOException {
        try (Conn conn = Dialer.tcp().dial(ctx, at)) {
            return conn.isOpen() ? 1 : 0;
        }
    }

    /// Waits for the other end to close: a reset would come before it is connected.
    private static void acceptAll(ServerSocket server) {
        try {
            for (;;) {
                try (Socket s = server.accept()) {
                    s.getInputStream().read();
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private interface Trip {
        void go() throws Exception;
    }

    private static void trips() throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var plain = echo(server);
                Conn conn = Dialer.tcp().dial(BG, "127.0.0.1:" + server.getLocalPort());
                var cancellable = BG.withCancel();
                var timed = BG.withTimeout(Duration.ofHours(1))) {
            plain.setTcpNoDelay(true);
            byte[] b = new byte[32];
            String[] names = {"plain socket", "plain socket with SO_TIMEOUT", "under background",
                "under a context that can be cancelled",
                "under a context with a deadline", "a deadline of its own for each trip"};
            Trip[] all = {() -> plainTrip(plain, 0, b), () -> plainTrip(plain, 5_000, b), () -> trip(BG, conn, b),
                () -> trip(cancellable, conn, b), () -> trip(timed, conn, b), () -> {
                    try (var own = BG.withTimeout(Duration.ofSeconds(5))) {
                        trip(own, conn, b);
                    }
                }};
            System.out.println("| round trip of 32 bytes | by hand | Millrace | difference | within | (us)");
            System.out.println("|---|---|---|---|---|");
            Callable<?> byHand = () -> again(all[1]);
            PairedTimes.print("the same twice", byHand, byHand);
            PairedTimes.print("plain, cancellable", () -> again(all[0]), () -> again(all[3]));
            PairedTimes.print("SO_TIMEOUT, one deadline for all", byHand, () -> again(all[4]));
            PairedTimes.print("SO_TIMEOUT, a deadline for each", byHand, () -> again(all[5]));
            InputStream in = Streams.input(timed, conn);
            OutputStream out = Streams.output(timed, conn);
            PairedTimes.print("streams, SO_TIMEOUT, one deadline for all", byHand, () -> streamTrip(in, out, b));
            System.out.println();
            double[][] p50 = new double[all.length][9];
            double[][] p99 = new double[all.length][9];
            for (int round = -2; round < 9; round++) {
                for (int k = 0; k < all.length; k++) {
                    Trip trip = all[k];
                    long[] took = running(() -> measure(trip)).get();
                    if (round >= 0) {
                        p50[k][round] = took[TRIPS / 2] / 1e3;
                        p99[k][round] = took[TRIPS * 99 / 100] / 1e3;
                    }
                }
            }
            System.out.println("| round trip of 32 bytes, virtual threads | p50 | p99 | (us, median of 9 rounds of "
                    + TRIPS + ")");
            System.out.println("|---|---|---|---|");
            for (int k = 0; k < all.length; k++) {
                Arrays.sort(p50[k]);
                Arrays.sort(p99[k]);
                System.out.printf("| %s | %.2f | %.2f | |%n", names[k], p50[k][4], p99[k][4]);
            }
        }
    }

    private static int streamTrip(InputStream in, OutputStream out, byte[] b) throws IOException {
        out.write(b);
        for (int n = 0; n < 32;) {
            n += in.read(b, n, 32 - n);
        }
        return 1;
    }

    private static int again(Trip trip) throws Exception {
        trip.go();
        return 1;
    }

    private static void plainTrip(Socket socket, int millis, byte[] b) throws IOException {
        socket.setSoTimeout(millis);
        socket.getOutputStream().write(b);
        for (int n = 0; n < 32;) {
            n += socket.getInputStream().read(b, n, 32 - n);
        }
    }

    private static void trip(Context ctx, Conn conn, byte[] b) throws IOException {
        conn.write(ctx, b);
        for (int n = 0; n < 32;) {
            n += conn.read(ctx, b, n, 32 - n);
        }
    }

    private static long[] measure(Trip trip) throws Exception {
        long[] took = new long[TRIPS];
        for (int i = 0; i < TRIPS; i++) {
            long t = System.nanoTime();
            trip.go();
            took[i] = System.nanoTime() - t;
        }
        Arrays.sort(took);
        return took;
    }

    /// Echoes on virtual threads with plain sockets, for two connections.
    private static Socket echo(ServerSocket server) throws IOException {
        Thread.ofVirtual().start(() -> {
            try {
                for (;;) {
                    Socket s = server.accept();
                    s.setTcpNoDelay(true);
                    Thread.ofVirtual().start(() -> {
                        try (s) {
                            byte[] b = new byte[64];
                            for (int n; (n = s.getInputStream().read(b)) > 0;) {
                                s.getOutputStream().write(b, 0, n);
                            }
                        } catch (IOException e) {
                            // the end of the measurement
                        }
                    });
                }
            } catch (IOException e) {
                // closed
            }
        });
        return new Socket(server.getInetAddress(), server.getLocalPort());
    }
}
