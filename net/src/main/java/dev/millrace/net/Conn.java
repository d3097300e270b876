package dev.millrace.net;

import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// A TCP connection, whose reads and writes end with a context.
///
/// ```java
/// try (Conn conn = Dialer.tcp().dial(ctx, "localhost:7000")) {
///     conn.write(ctx, request);
///     int n = conn.read(ctx, answer);
/// }
/// ```
///
/// **Blocking and cancellation.** A read or write looks at its context first: when that has ended, nothing happens and nothing is closed.
/// While it waits, the end of the context ends it. What is then left is defined:
///
/// | what ended | a read | a write |
/// |---|---|---|
/// | the deadline passed | throws; no byte is lost and **the connection is usable** | throws; **closed**, by a reset |
/// | a cancel, of the context or above | throws; **closed** | throws; **closed**, by a reset |
/// | an interrupt | **closed** by the JDK; [ClosedByInterruptException] as it came, status set | the same |
///
/// A write that is cut short may have been sent in part, so the other end gets a reset and no orderly end that could pass for a whole
/// message. Whether a cancel ends an operation is decided at one instant: either it returns normally and the connection is as it
/// was, or it throws and the connection is closed. The deadline of a read is kept with the socket's own timer, to the
/// millisecond above. No thread waits beside the caller's.
///
/// **Closing.** [#close()] ends what waits in other goroutines, with a [SocketException]. Once closed, every operation throws one that says by what
/// it was closed.
///
/// **Order.** One read and one write at a time; others wait for their turn, under their context. Any threads may use it.
///
/// **Compared with Go.** `net.Conn`. There a deadline is set on the connection, and a write deadline leaves it open with an unknown part sent.
/// `SetReadDeadline` in the past wakes a read and keeps the connection: in Java only the deadline of a read does. As in Go Nagle's delay is off
/// and keep-alive on; its times are the system's. A write answers nothing, since it writes everything or throws. Not offered: TLS, UDP,
/// Unix sockets.
///
/// **Null.** No argument may be null.
public final class Conn implements Closeable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Mutex reading = Mutex.named("net.Conn.Read");
    private final Mutex writing = Mutex.named("net.Conn.Write");
    private final AtomicReference<String> closedBy = new AtomicReference<>("");
    private int timeout; // of the socket, in milliseconds, 0 for none; guarded by reading

    /// Takes over `socket`, which is connected.
    Conn(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.local = (InetSocketAddress) socket.getLocalSocketAddress();
        this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    /// Reads into the whole of `b`; see [#read(Context, byte[], int, int)].
    public int read(Context ctx, byte[] b) throws IOException {
        return read(ctx, b, 0, b.length);
    }

    /// Waits until there is something to read, and reads at most `len` bytes into `b` from `off` on. Answers how many, at least one; -1 when
    /// the other end writes no more; 0 only when `len` is 0.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended, and then nothing was read; or when it ends first: usable after a
    ///     deadline, closed after a cancel
    /// @throws SocketException when the connection is closed; anything else that the system says, as it came
    /// @throws IndexOutOfBoundsException when the range is not inside `b`
    public int read(Context ctx, byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        reading.lock(ctx);
        try {
            ensureOpen();
            if (len == 0) {
                return 0;
            }
            for (;;) {
                long left = Cut.timer(ctx);
                Cut cut = Cut.enter(ctx, this::cutRead, left);
                try {
                    setTimeout(left);
                    int n = in.read(b, off, len);
                    if (!cut.exit()) {
                        throw Cut.ended(ctx, null);
                    }
                    return n;
                } catch (SocketTimeoutException e) {
                    if (!cut.exit() || ctx.isDone()) {
                        throw Cut.ended(ctx, e);
                    }
                } catch (IOException e) {
                    cut.exit();
                    throw failure(ctx, e);
                } finally {
                    cut.exit();
                }
            }
        } finally {
            reading.unlock();
        }
    }

    private void cutRead() {
        cut("a read that its context cut short", false);
    }

    private void cutWrite() {
        cut("a write that its context cut short", true);
    }

    /// The socket counts in milliseconds: never less than is left, so the context has ended when the timer has.
    private void setTimeout(long left) throws SocketException {
        int millis = left == Long.MAX_VALUE ? 0
                : Math.clamp(left / 1_000_000 + 1, 1, Integer.MAX_VALUE);
        if (millis != timeout) {
            socket.setSoTimeout(millis);
            timeout = millis;
        }
    }

    /// Writes all of `b`; see [#write(Context, byte[], int, int)].
    public void write(Context ctx, byte[] b) throws IOException {
        write(ctx, b, 0, b.length);
    }

    /// Writes `len` bytes of `b` from `off` on. Waits until the system has taken them all; that the other end has them is not said.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended, and then nothing was written; or when it ends first: then the
    ///     connection is closed
    /// @throws SocketException when the connection is closed; anything else that the system says, as it came
    /// @throws IndexOutOfBoundsException when the range is not inside `b`
    public void write(Context ctx, byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        writing.lock(ctx);
        try {
            ensureOpen();
            Cut cut = Cut.enter(ctx, this::cutWrite, Long.MAX_VALUE);
            try {
                out.write(b, off, len);
                if (!cut.exit()) {
                    throw Cut.ended(ctx, null);
                }
            } catch (IOException e) {
                if (cut.exit() && ctx.isDone()) {
                    cutWrite(); // it is the context's failure now, and that of a write leaves the connection closed
                }
                throw failure(ctx, e);
            } finally {
                cut.exit();
            }
        } finally {
            writing.unlock();
        }
    }

    private IOException failure(Context ctx, IOException e) throws SocketException {
        if (ctx.isDone()) {
            throw Cut.ended(ctx, e);
        }
        if (e instanceof ClosedByInterruptException) {
            closedBy.compareAndSet("", "an interrupt");
        } else if (socket.isClosed()) {
            SocketException closed = closed();
            closed.addSuppressed(e);
            throw closed;
        }
        return e;
    }

    private void ensureOpen() throws SocketException {
        if (socket.isClosed()) {
            throw closed();
        }
    }

    private SocketException closed() {
        String by = closedBy.get();
        return new SocketException(
                "use of closed network connection " + this + (by.isEmpty() ? "" : ": closed by " + by));
    }

    private void cut(String by, boolean reset) {
        closedBy.compareAndSet("", by);
        try (socket) {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException _) {
            // closed already, or as good as that
        }
    }

    /// Says to the other end that no more will be written; it reads to the end. Reading goes on. Never waits.
    public void closeWrite() throws IOException {
        ensureOpen();
        socket.shutdownOutput();
    }

    /// Closes the connection; does nothing when it is closed. Never waits: what was written is sent in the background. What waits in it ends.
    @Override
    public void close() throws IOException {
        closedBy.compareAndSet("", "close()");
        socket.close();
    }

    /// Closes it because of `why`, which later errors name.
    void close(String why) throws IOException {
        closedBy.compareAndSet("", why);
        socket.close();
    }

    /// Whether it has not been closed on this side. Says nothing of the other.
    public boolean isOpen() {
        return !socket.isClosed();
    }

    /// How many bytes can be read without waiting, as far as is known; 0 when it is closed.
    int buffered() {
        try {
            return in.available();
        } catch (IOException e) {
            return 0;
        }
    }

    /// The address on this side.
    public InetSocketAddress localAddress() {
        return local;
    }

    /// The address of the other end.
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    /// `tcp 127.0.0.1:4711->127.0.0.1:80`.
    @Override
    public String toString() {
        return "tcp " + HostPort.of(local) + "->" + HostPort.of(remote);
    }
}
