package dev.millrace.net;

import dev.millrace.context.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/// The two directions of a [Conn] as streams, each under a context, for code that knows only those.
///
/// ```java
/// var lines = new BufferedReader(new InputStreamReader(Streams.input(ctx, conn), UTF_8));
/// ```
///
/// Every read and write is one of the connection's, under the context that was given here: it ends with it, by a
/// [dev.millrace.context.ContextException]. That is unchecked, so that a library which tries again after an [IOException] does not. A read
/// that was ended leaves the stream as it was; but a reader around it may hold half a line. A write that was ended has closed the
/// connection. Closing a stream closes the connection, as a socket's streams do.
///
/// **Compared with Go.** A `net.Conn` is a Reader and a Writer, and its deadline is a state of the connection; here it is the context's.
/// Arguments may not be null.
public final class Streams {
    private Streams() {}

    /// What `conn` reads, under `ctx`. Its `available()` says what can be read without asking the system.
    public static InputStream input(Context ctx, Conn conn) {
        return new In(Objects.requireNonNull(ctx, "context is nil: use Context.todo()"),
                Objects.requireNonNull(conn, "conn"));
    }

    /// What is written to `conn`, under `ctx`. It does not buffer: each write is one of the system's at least.
    public static OutputStream output(Context ctx, Conn conn) {
        return new Out(Objects.requireNonNull(ctx, "context is nil: use Context.todo()"),
                Objects.requireNonNull(conn, "conn"));
    }

    private static final class In extends InputStream {
        private final Context ctx;
        private final Conn conn;

        In(Context ctx, Conn conn) {
            this.ctx = ctx;
            this.conn = conn;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return conn.read(ctx, one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return conn.read(ctx, b, off, len);
        }

        @Override
        public int available() {
            return conn.buffered();
        }

        @Override
        public void close() throws IOException {
            conn.close();
        }
    }

    private static final class Out extends OutputStream {
        private final Context ctx;
        private final Conn conn;

        Out(Context ctx, Conn conn) {
            this.ctx = ctx;
            this.conn = conn;
        }

        @Override
        public void write(int b) throws IOException {
            conn.write(ctx, new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            conn.write(ctx, b, off, len);
        }

        @Override
        public void close() throws IOException {
            conn.close();
        }
    }
}
