package dev.millrace.examples;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The JDK's HTTP server on this machine, with a virtual thread for each request.
final class LocalServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private LocalServer(HttpServer server) {
        this.server = server;
    }

    /// Opens one on a port that is free.
    static LocalServer open() throws IOException {
        var opened =
                new LocalServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        opened.server.setExecutor(opened.threads);
        opened.server.start();
        return opened;
    }

    void createContext(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    URI uri(String path) {
        InetSocketAddress at = server.getAddress();
        return URI.create("http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + path);
    }

    /// Stops it, and waits for its handlers.
    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
