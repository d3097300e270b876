package dev.millrace.verify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// An HTTP client that writes what a test wants, and leaves as it wants.
public final class RawClient implements AutoCloseable {
    public final Socket socket;
    private final InputStream in;

    /// Connects.
    public RawClient(InetSocketAddress at) throws IOException {
        this(new Socket(at.getAddress(), at.getPort()));
    }

    /// Over a connection that is there.
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// Its own address.
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /// The text of a request.
    public static String get(String path, String... headers) {
        var text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text + "\r\n";
    }

    /// Sends `text`.
    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c; (c = in.read()) != '\n';) {
            if (c < 0) {
                throw new IOException("the end, after \"" + line + "\"");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /// Closes the connection, as [#close()].
    public void leave() throws IOException {
        close();
    }

    /// Status and body of one answer: `200 hello`.
    public String receive() throws IOException {
        String status = line().split(" ", 3)[1];
        int length = -1;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:");
        }
        var body = new StringBuilder();
        if (chunked) {
            for (int size; (size = Integer.parseInt(line(), 16)) > 0; line()) {
                body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            }
            line();
        } else if (length > 0) {
            body.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        return (status + " " + body).strip();
    }

    /// Whether the server has closed the connection.
    public boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /// Closes its side only.
    public void closeOutput() throws IOException {
        socket.shutdownOutput();
    }

    /// Closes by a reset.
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /// Leaves in one of three ways.
    public enum Leaving {
        CLOSE,
        HALF_CLOSE,
        RESET
    }

    /// Leaves as `how` says.
    public void leave(Leaving how) throws IOException {
        switch (how) {
            case CLOSE -> close();
            case HALF_CLOSE -> closeOutput();
            case RESET -> reset();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
