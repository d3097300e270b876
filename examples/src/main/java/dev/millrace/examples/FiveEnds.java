package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.http.ContextClient;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.Served;
import dev.millrace.jdbc.Database;
import dev.millrace.net.Conn;
import dev.millrace.net.HostPort;
import dev.millrace.net.Listener;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Function;

/// The other ends of the program `five`: a database, an HTTP server, the peer of a socket, processes. Each is asked how it heard of the end.
final class FiveEnds implements AutoCloseable {
    private static final Duration HOUR = Duration.ofHours(1);

    private final CancellableContext life = Context.background().withName("other ends").withTimeout(HOUR);
    private final MemoryDatabase memory = new MemoryDatabase();
    private final LocalServer server;
    private final End<Served> request = new End<>();
    private final Listener listener;
    private final End<Integer> socket = new End<>();

    /// The database.
    final Database database = Database.of(memory.pool);
    /// For the server.
    final ContextClient http = ContextClient.over(HttpClient.newHttpClient());

    /// How somebody else's part ended.
    private static final class End<T> {
        private final Chan<T> ended = Chan.buffered(1);
        private volatile boolean begun;

        private String words(Context ctx, Function<T, String> words) {
            return begun ? words.apply(ended.receive(ctx)) : "has not heard of it: there was too little time";
        }
    }

    private FiveEnds() throws IOException {
        server = LocalServer.open();
        server.createContext("/", RequestContexts.under(life).withLog(request.ended::trySend)
                .handler((ctx, _) -> {
                    request.begun = true;
                    ctx.sleep(HOUR);
                }));
        listener = Listener.listen("127.0.0.1:0");
        go(life, "peer", c -> {
            try (Conn peer = listener.accept(c)) {
                socket.begun = true;
                socket.ended.send(c, peer.read(c, new byte[1]));
            }
        });
    }

    static FiveEnds open() throws IOException {
        return new FiveEnds();
    }

    /// Where the server takes an hour for an answer.
    URI uri() {
        return server.uri("/rate");
    }

    /// Where somebody listens and never says anything.
    HostPort address() {
        return HostPort.of(listener.address());
    }

    /// Asks every end how it ended, and waits for those that have not heard yet.
    void report(PrintStream out) throws Exception {
        try (var ctx = life.withTimeout(Duration.ofSeconds(20))) {
            out.println("sql      the database runs the query: " + memory.runs(Five.SLOW));
            out.println("http     the server "
                    + request.words(ctx, served -> "logs: " + served));
            out.println("socket   the peer "
                    + socket.words(ctx, n -> "reads " + (n < 0 ? "the end" : "a byte")));
            out.println("process  " + sleepers() + " of its processes are left");
        }
    }

    private static long sleepers() {
        return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count();
    }

    @Override
    public void close() throws IOException {
        life.cancel();
        server.close();
        http.client().close();
        memory.close();
        listener.close();
    }
}
