package dev.millrace.http.server;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.verify.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// A server of the JDK on this machine, with one handler at `/`, and what it logged.
final class Site implements AutoCloseable {
    final CancellableContext root = Context.background().withName("server").withCancel();
    final BlockingQueue<Served> log = new LinkedBlockingQueue<>();
    final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Site(RequestContexts.Handler handler) throws IOException {
        this(c -> c, handler);
    }

    Site(UnaryOperator<RequestContexts> with, RequestContexts.Handler handler) throws IOException {
        this(InetAddress.getLoopbackAddress(), with, handler);
    }

    Site(InetAddress at, UnaryOperator<RequestContexts> with, RequestContexts.Handler handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(at, 0), 0);
        server.setExecutor(threads);
        server.createContext("/", with.apply(RequestContexts.under(root).withLog(log::add)).handler(handler));
        server.start();
    }

    RawClient client() throws IOException {
        return new RawClient(server.getAddress());
    }

    Served logged() throws InterruptedException {
        Served served = log.poll(20, TimeUnit.SECONDS);
        if (served == null) {
            throw new AssertionError("no request ended within 20 s");
        }
        return served;
    }

    static void answer(com.sun.net.httpserver.HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        root.cancel("test over");
        server.stop(0);
        threads.shutdownNow();
    }
}
