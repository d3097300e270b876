package dev.millrace.http.servlet;

import dev.millrace.http.server.ClientLeftException.Seen;
import dev.millrace.http.server.OpenRequest;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// A response whose failed writes end the request's context.
final class WatchedResponse extends HttpServletResponseWrapper {
    private final OpenRequest open;
    private @Nullable Stream stream;
    private @Nullable Writer writer;

    WatchedResponse(HttpServletResponse response, OpenRequest open) {
        super(response);
        this.open = open;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        Stream s = stream;
        if (s == null) {
            s = new Stream(super.getOutputStream());
            stream = s;
        }
        return s;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        Writer w = writer;
        if (w == null) {
            w = new Writer(super.getWriter());
            writer = w;
        }
        return w;
    }

    @Override
    public void reset() {
        super.reset(); // which of both is used may be chosen anew
        stream = null;
        writer = null;
    }

    @Override
    public void flushBuffer() throws IOException {
        try {
            super.flushBuffer();
            wrote();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IOException failed(IOException e) {
        left(e);
        return e;
    }

    private void left(@Nullable Throwable failure) {
        wrote();
        open.clientLeft(Seen.WRITE_FAILED, failure);
    }

    /// Whether the answer has begun is asked where it is written: later the client may have left.
    private void wrote() {
        if (!open.isAnswering() && isCommitted()) {
            open.answering(getStatus());
        }
    }

    /// Writers keep failures to themselves; this one asks when it has flushed.
    private final class Writer extends PrintWriter {
        private final PrintWriter inner;

        Writer(PrintWriter inner) {
            super(inner);
            this.inner = inner;
        }

        @Override
        public void flush() {
            flushAndAsk();
        }

        @Override
        public void close() {
            flushAndAsk();
            super.close();
        }

        private void flushAndAsk() {
            if (inner.checkError()) {
                left(null);
            } else {
                wrote();
            }
        }
    }

    private final class Stream extends ServletOutputStream {
        private final ServletOutputStream out;
        private boolean closed;

        Stream(ServletOutputStream out) {
            this.out = out;
        }

        /// What is written after the close fails by the application's fault.
        private IOException failed(IOException e) {
            return closed ? e : WatchedResponse.this.failed(e);
        }

        @Override
        public void write(int b) throws IOException {
            try {
                out.write(b);
                wrote();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            try {
                out.write(b, from, length);
                wrote();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
                wrote();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                out.close();
            } catch (IOException e) {
                throw failed(e);
            } finally {
                closed = true;
            }
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    listener.onWritePossible();
                }

                @Override
                public void onError(Throwable t) {
                    if (t instanceof IOException e) {
                        WatchedResponse.this.failed(e);
                    }
                    listener.onError(t);
                }
            });
        }
    }
}
