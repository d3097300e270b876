package dev.millrace.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A server that sits the exams of [RaceExams] and [WireExams], whatever its kind: how it is opened, what its handler sees, what it logs.
///
/// It has a limit of a minute for a request, and reads `grpc-timeout`, Envoy's header, `traceparent` and the member `tenant` of baggage.
public final class Examined implements AutoCloseable {
    private final Opened server;
    private volatile int prefixLength;
    private final Map<String, CompletableFuture<Boolean>> begun = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Logged>> logged = new ConcurrentHashMap<>();
    private final AtomicInteger twice = new AtomicInteger();

    /// A request, as its handler sees it.
    ///
    /// @param path without the server's prefix
    /// @param awaitDone waits for so many nanoseconds; true when the request's context has ended
    /// @param end how it has ended, null while it is open
    /// @param left nanoseconds until its deadline
    /// @param carried what came in the headers: the trace's parent and the members of baggage, `-` when there is none
    public record Asked(String path, LongPredicate awaitDone, Supplier<@Nullable Object> end, LongSupplier left,
            Supplier<String> carried) {
        /// `all` when nothing has shortened the time of the request, else `less`.
        public String time() {
            return left.getAsLong() > 30_000_000_000L ? "all" : "less";
        }
    }

    /// A request that is over, as the server logged it.
    ///
    /// @param request method and path
    /// @param end how its context ended
    /// @param line for people
    public record Logged(String request, String end, String line) {}

    /// What is done with a request: the text of its answer, with status 200. Null gives up: the context's exception leaves the handler.
    public interface Handler {
        /// Handles one.
        @Nullable String handle(Asked asked) throws Exception;
    }

    /// A server that is open.
    public interface Opened extends AutoCloseable {
        /// Where it is.
        InetSocketAddress address();

        /// What its paths begin with.
        default String prefix() {
            return "";
        }

        @Override
        void close() throws IOException;
    }

    /// How a server is opened.
    public interface Opening {
        /// Opens one that tells `log` of each request.
        Opened open(Handler handler, Consumer<Logged> log) throws Exception;
    }

    Examined(Opening opening, Handler handler) throws Exception {
        server = opening.open(asked -> {
            of(begun, asked.path()).complete(true);
            return handler.handle(asked);
        }, served -> {
            String path = served.request().substring(served.request().indexOf(' ') + 1 + prefixLength);
            if (!of(logged, path).complete(served)) {
                twice.incrementAndGet();
            }
        });
        prefixLength = server.prefix().length();
    }

    private static <T> CompletableFuture<T> of(Map<String, CompletableFuture<T>> all, String path) {
        return all.computeIfAbsent(path, _ -> new CompletableFuture<>());
    }

    String path(String path) {
        return server.prefix() + path;
    }

    RawClient client() throws IOException {
        return new RawClient(server.address());
    }

    /// One whose own port is `port`, as a former connection's was; another port when that is taken.
    RawClient client(int port) throws IOException {
        var socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(server.address().getAddress(), port));
            socket.connect(server.address());
        } catch (IOException e) {
            socket.close();
            return client();
        }
        return new RawClient(socket);
    }

    void awaitBegun(String path) throws Exception {
        assertTrue(of(begun, path).get(20, TimeUnit.SECONDS));
    }

    Logged logged(String path) throws Exception {
        return of(logged, path).get(20, TimeUnit.SECONDS);
    }

    void assertReturned(String path) throws Exception {
        Logged served = logged(path);
        assertEquals("RETURNED", served.end(), served::line);
    }

    Iterable<CompletableFuture<Logged>> all() {
        return logged.values();
    }

    @Override
    public void close() throws IOException {
        server.close();
        assertEquals(0, twice.get(), "requests that were logged twice");
        assertNotEquals(0, logged.size());
    }
}
