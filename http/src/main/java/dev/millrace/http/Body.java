package dev.millrace.http;

import dev.millrace.context.Context;
import java.io.IOException;
import java.io.InputStream;

/// A body as a stream, under its context until it was read to the end or closed. A read looks at the context first, and is ended by it.
final class Body extends InputStream {
    private final Context ctx;
    private final InputStream in;
    private final BodyEnd end;
    private boolean whole; // read to its end: it can no longer be cut

    Body(Context ctx, InputStream in, BodyEnd end) {
        this.ctx = ctx;
        this.in = in;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        before();
        try {
            return after(in.read());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        before();
        try {
            return after(in.read(b, off, len));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public void close() throws IOException {
        end.over();
        in.close();
    }

    private void before() {
        if (!whole && ctx.isDone()) {
            end.cut(); // so that the connection is closed when this throws
            throw Contexts.ended(ctx, null);
        }
    }

    private int after(int read) {
        if (read < 0) {
            whole = true;
            end.over();
        }
        return read;
    }

    private IOException failure(IOException e) {
        if (!whole && ctx.isDone()) {
            end.cut();
            throw Contexts.ended(ctx, e);
        }
        end.over();
        return e;
    }

    @Override
    public String toString() {
        return "body" + (whole ? ", read" : "") + " under " + ctx;
    }
}
