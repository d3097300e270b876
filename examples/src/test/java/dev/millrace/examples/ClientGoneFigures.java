package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.exec.Exec;
import dev.millrace.http.ContextClient;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A client closes its connection to the JDK's server: how long until what its request does elsewhere has ended, as those who do it say.
/// Prints the table of docs/design/integrations.md: `-Dtest=ClientGoneFigures -Dmillrace.gone=200`, the number of runs; with
/// `-Dmillrace.watchdog.seconds=600`, and for a loaded machine `-Dmillrace.gone.load=4`, the number of threads that never rest.
@EnabledIfSystemProperty(named = "millrace.gone", matches = "\\d+", disabledReason = "measures; takes minutes")
class ClientGoneFigures {
    private static final int RUNS = Integer.getInteger("millrace.gone", 0);
    private static final int WARM = 20;
    private static final String SLOW = "SELECT pg_sleep(60) -- for a client";
    private static final long BOUND = Duration.ofSeconds(30).toNanos();

    private final CancellableContext life = Context.background().withName("server").withCancel();
    private final Chan<Served> log = Chan.unlimited();
    private final AtomicLong contextEnded = new AtomicLong();
    private EmbeddedPostgres postgres;
    private Connection working;
    private PreparedStatement running;
    private LocalServer server;

    /// What a request does for its client.
    private interface Work {
        void run(Context request) throws Exception;
    }

    /// What the other end says of it: whether it is under way, and then when it was over.
    private interface OtherEnd {
        void awaitBegun() throws Exception;

        long awaitOver() throws Exception;
    }

    @BeforeEach
    void open() throws Exception {
        postgres = EmbeddedPostgres.builder().start();
        working = postgres.getPostgresDatabase().getConnection();
        running = postgres.getPostgresDatabase()
                .getConnection()
                .prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = ?");
        running.setString(1, SLOW);
        server = LocalServer.open();
        for (int i = Integer.getInteger("millrace.gone.load", 0); i > 0; i--) {
            Thread.ofPlatform().daemon().start(() -> {
                while (!life.isDone()) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    @AfterEach
    void close() throws IOException {
        life.cancel();
        server.close();
        postgres.close();
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    @Test
    void client_closes_whatItsRequestDoesEnds() throws Exception {
        System.out.printf("%d runs after %d, load %.1f%n", RUNS, WARM, load());
        System.out.println("| what ends | p50 ms | p99 ms | largest |\n|---|---|---|---|");
        query();
        call();
        processes();
        System.out.printf("load at the end %.1f%n", load());
    }

    private void query() throws Exception {
        measure("the query, as PostgreSQL says", request -> {
            try (var s = dev.millrace.jdbc.Database.wrap(request, working).createStatement()) {
                s.execute(SLOW);
            }
        }, new OtherEnd() {
            @Override
            public void awaitBegun() throws SQLException {
                await(1);
            }

            @Override
            public long awaitOver() throws SQLException {
                return await(0);
            }

            private long await(int count) throws SQLException {
                for (long until = System.nanoTime() + BOUND;;) {
                    try (var rows = running.executeQuery()) {
                        rows.next();
                        if (rows.getInt(1) == count) {
                            return System.nanoTime();
                        }
                    }
                    assertTrue(System.nanoTime() < until, "running: not " + count);
                }
            }
        });
    }

    /// The other server is a bare socket: none of ours looks there.
    private void call() throws Exception {
        var begun = new LinkedBlockingQueue<Boolean>();
        var over = new LinkedBlockingQueue<Long>();
        try (var upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var client = HttpClient.newHttpClient()) {
            Thread.startVirtualThread(() -> serve(upstream, begun, over));
            var http = ContextClient.over(client);
            var uri = URI.create("http://127.0.0.1:" + upstream.getLocalPort() + "/rate");
            measure("a call, as its server sees its client go", request -> http.get(request, uri), new OtherEnd() {
                @Override
                public void awaitBegun() throws InterruptedException {
                    taken(begun);
                }

                @Override
                public long awaitOver() throws InterruptedException {
                    return taken(over);
                }
            });
        }
    }

    private static void serve(ServerSocket upstream, BlockingQueue<Boolean> begun, BlockingQueue<Long> over) {
        while (true) {
            try (var peer = upstream.accept()) {
                var in = peer.getInputStream();
                in.read(); // its first byte; the rest comes with it
                begun.add(true);
                while (in.read(new byte[1000]) >= 0) {
                    // reads to the end
                }
                over.add(System.nanoTime());
            } catch (IOException e) {
                if (upstream.isClosed()) {
                    return;
                }
                over.add(System.nanoTime()); // a reset is an end too
            }
        }
    }

    private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(BOUND, TimeUnit.NANOSECONDS);
        assertTrue(value != null, "nothing came");
        return value;
    }

    private void processes() throws Exception {
        var tree = new AtomicReference<List<ProcessHandle>>(List.of());
        measure("a tree of three processes, as the system says",
                request -> Exec.command(request, "sh", "-c", "sleep 3600 & sleep 3600 & wait").run(), new OtherEnd() {
                    @Override
                    public void awaitBegun() {
                        long until = System.nanoTime() + BOUND;
                        do {
                            assertTrue(System.nanoTime() < until, "there are no three processes");
                            tree.set(ProcessHandle.current().descendants()
                                    .filter(p -> p.info().command().orElse("")
                                            .matches(".*/(sleep|sh|dash|bash|busybox|coreutils)"))
                                    .toList());
                        } while (tree.get().size() != 3);
                    }

                    @Override
                    public long awaitOver() {
                        long until = System.nanoTime() + BOUND;
                        while (tree.get().stream().anyMatch(ClientGoneFigures::runs)) {
                            assertTrue(System.nanoTime() < until, "a process is left");
                        }
                        return System.nanoTime();
                    }
                });
    }

    /// What has ended and waits for its parent to ask (Z) does not run.
    private static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException _) {
            return false;
        }
    }

    private void measure(String name, Work work, OtherEnd end) throws Exception {
        String path = "/" + name.substring(0, 6).replace(' ', '-');
        server.createContext(path, RequestContexts.under(life).withLog(log::send).handler((request, _) -> {
            try (var _ = request.afterFunc(() -> contextEnded.set(System.nanoTime()))) {
                work.run(request);
            }
        }));
        long[] ended = new long[RUNS];
        long[] over = new long[RUNS];
        for (int i = -WARM; i < RUNS; i++) {
            long closed;
            try (var client = new Socket(InetAddress.getLoopbackAddress(), server.uri(path).getPort())) {
                client.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                end.awaitBegun();
                Context.background().sleep(Duration.ofMillis(50 + (i + WARM) * 37 % 100)); // the server looks every 100 ms
                closed = System.nanoTime();
            }
            long at = end.awaitOver();
            Served served;
            try (var patience = Context.background().withTimeout(Duration.ofNanos(BOUND))) {
                served = log.receive(patience);
            }
            assertEquals(RequestEnd.CLIENT_LEFT, served.end(), served.toString());
            if (i >= 0) {
                ended[i] = contextEnded.get() - closed;
                over[i] = at - closed;
            }
        }
        print("the request's context, beside:", ended);
        print(name, over);
    }

    private static void print(String name, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf("| %s | %.1f | %.1f | %.1f |%n", name, nanos[nanos.length / 2] / 1e6,
                nanos[(int) Math.ceil(nanos.length * 0.99) - 1] / 1e6, nanos[nanos.length - 1] / 1e6);
    }
}
