package dev.millrace.http.jetty;

import dev.millrace.http.server.ClientLeftException.Seen;
import dev.millrace.http.server.OpenRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Reads one connection of HTTP/1.1 in the background, one byte at most, to see its end.
///
/// Jetty does not read a connection while a request without a body is handled, and its buffer is empty then; so nobody else has an interest in
/// reading, and a byte that was read can be appended to that buffer. (A read into no space at all, which would take
/// nothing, does not see the end: the JDK answers 0 without asking the system.)
///
/// ```
/// WAITING ──> OVER   by the selector's thread: the end was read, or a byte, which is kept
///         └─> OVER   release: before the last write, or before the stream completes
/// ```
///
/// One lock guards the state and the read, so that after a release nobody is reading. Under it Jetty's end point is asked, which does not
/// block, and nothing of the user's is called. [#giveBack] comes after the release, on the thread that completes the stream, before
/// Jetty looks at its buffer again.
final class FillWatch implements Callback {
    @SuppressWarnings("StaticAssignmentOfThrowable") // a token for Jetty, never thrown
    private static final Throwable RELEASE = new IOException("the answer is complete");

    private final AbstractEndPoint end;
    private final Connection.UpgradeTo buffer;
    private final OpenRequest open;
    private final ByteBuffer one = BufferUtil.allocate(1);
    private boolean over; // guarded by this

    private FillWatch(AbstractEndPoint end, Connection.UpgradeTo buffer, OpenRequest open) {
        this.end = end;
        this.buffer = buffer;
        this.open = open;
    }

    /// Null when the connection of `request` cannot be read in the background: it has a body, there are bytes after it in the buffer, it changes
    /// its protocol, or the connection is of a kind that is not known.
    static @Nullable FillWatch of(Request request, OpenRequest open) {
        HttpFields headers = request.getHeaders();
        Connection connection = request.getConnectionMetaData().getConnection();
        if (headers.contains(HttpHeader.TRANSFER_ENCODING) || headers.getLongField(HttpHeader.CONTENT_LENGTH) > 0
                || headers.contains(HttpHeader.UPGRADE) || headers.contains(HttpHeader.EXPECT)
                || request.getMethod().equals("CONNECT")
                || !(connection.getEndPoint() instanceof AbstractEndPoint end)
                || !(connection instanceof Connection.UpgradeFrom from)
                || !(connection instanceof Connection.UpgradeTo to)) {
            return null;
        }
        ByteBuffer waiting = from.onUpgradeFrom(); // the exported way to see the buffer; a copy
        if (waiting != null && waiting.hasRemaining()) {
            to.onUpgradeTo(waiting);
            return null;
        }
        return new FillWatch(end, to, open);
    }

    /// Begins. False when somebody else has an interest in reading.
    boolean start() {
        return end.tryFillInterested(this);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /// There is something to read.
    @Override
    public void succeeded() {
        synchronized (this) {
            if (over) {
                return;
            }
            int n;
            try {
                n = end.fill(one);
            } catch (IOException e) { // of TLS
                n = -1;
            }
            if (n == 0) { // a record of TLS that is no data
                end.tryFillInterested(this);
                return;
            }
            over = true;
            if (n > 0) {
                return;
            }
        }
        open.clientLeft(Seen.CLOSED, null);
    }

    /// The end point was closed, here.
    @Override
    public void failed(Throwable x) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        open.aborted(x);
    }

    /// Nothing is read any more when this returns.
    void release() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        end.getFillInterest().onFail(RELEASE); // takes this off; there can be no other before the stream completes
    }

    /// Whether a byte was read and not given back yet. For tests.
    synchronized boolean holdsAByte() {
        return one.hasRemaining();
    }

    /// The byte that was read goes to whom it belongs to.
    void giveBack() {
        synchronized (this) {
            if (one.hasRemaining()) {
                buffer.onUpgradeTo(one);
            }
        }
    }
}
