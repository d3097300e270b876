package dev.millrace.http;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of HTTP/1.1 on plain sockets, which sees when its client leaves.
///
/// `/ok` is answered, `/echo` with the request's headers, `/late` after about a millisecond, `/silent` never, `/stall` with 1 of 100
/// bytes, `/cut` too, and closed then, `/lines` with what the test gives, `/big` with 1 MB.
final class Peer implements AutoCloseable {
    /// One request that is not answered to its end by itself.
    static final class Request {
        final String path;
        final OutputStream out;
        final CompletableFuture<Long> gone = new CompletableFuture<>();
        final CountDownLatch over = new CountDownLatch(1);

        Request(String path, OutputStream out) {
            this.path = path;
            this.out = out;
        }

        /// Waits until the client has closed, or reset, the connection; when that was seen.
        long awaitGone() throws Exception {
            return gone.get(10, SECONDS);
        }

        void chunk(String text) throws IOException {
            out.write(
                    (Integer.toHexString(text.length()) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    final AtomicInteger connections = new AtomicInteger();
    final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /// How often each path was asked for.
    final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final ServerSocket server;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

    Peer() throws IOException {
        server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                for (;;) {
                    Socket s = server.accept();
                    connections.incrementAndGet();
                    open.add(s);
                    Thread.ofVirtual().start(() -> serve(s));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
    }

    /// The next request that was not answered to its end by itself.
    Request take() throws InterruptedException {
        Request r = poll(10_000);
        if (r == null) {
            throw new AssertionError("no request came");
        }
        return r;
    }

    /// The same; null when none comes in time.
    Request poll(long millis) throws InterruptedException {
        return requests.poll(millis, MILLISECONDS);
    }

    /// Waits until its clients have left all connections that they had made.
    void awaitNoConnection() {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!open.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(open.size() + " connections are open");
            }
            Thread.yield();
        }
    }

    private void serve(Socket s) {
        try (s) {
            s.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(s.getInputStream());
            OutputStream out = s.getOutputStream();
            for (;;) {
                String line = line(in);
                if (line == null) {
                    return;
                }
                Map<String, String> headers = new LinkedHashMap<>();
                for (String h = line(in); h != null && !h.isEmpty(); h = line(in)) {
                    headers.merge(h.substring(0, h.indexOf(':')).toLowerCase(), h.substring(h.indexOf(':') + 1).strip(),
                            (a, b) -> a + "|" + b);
                }
                in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
                String path = line.split(" ")[1];
                asked.merge(path, 1, Integer::sum);
                if (!answer(path, headers, in, out)) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client has left
        } finally {
            open.remove(s);
        }
    }

    private boolean answer(String path, Map<String, String> headers, InputStream in, OutputStream out)
            throws IOException {
        switch (path.replaceFirst("\\?.*", "")) {
            case "/ok" -> whole(out, "ok");
            case "/echo" -> whole(out, headers.toString());
            case "/big" -> whole(out, "x".repeat(1 << 20));
            case "/late" -> {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000); // stands for work
                whole(out, path);
            }
            case "/silent" -> held(new Request(path, out), in);
            case "/stall", "/cut" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
                if (path.equals("/cut")) {
                    return false;
                }
                held(new Request(path, out), in);
            }
            case "/lines" -> {
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                var request = new Request(path, out);
                held(request, in);
            }
            default -> write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        }
        return !Set.of("/silent", "/stall", "/lines").contains(path);
    }

    /// Keeps the connection until the client leaves it.
    private void held(Request request, InputStream in) {
        requests.add(request);
        try {
            while (in.read() >= 0) {
                // nothing is expected
            }
        } catch (IOException e) {
            // a reset
        }
        request.gone.complete(System.nanoTime());
    }

    private static void whole(OutputStream out, String body) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return text.toString().strip();
            }
            text.append((char) c);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket s : open) {
            s.close();
        }
    }
}
