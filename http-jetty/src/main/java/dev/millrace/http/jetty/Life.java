package dev.millrace.http.jetty;

import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.http.server.ClientLeftException.Seen;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestEnd;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// One request, from Jetty's side: what happens on its stream is told to its [OpenRequest].
///
/// All ways in which Jetty ends a request lead through its stream, which completes once, after the handlers have returned and the
/// last write is done. There the watch has to be over ("Pending read in onCompleted" else, and the connection is lost).
final class Life {
    private final OpenRequest open;
    private final boolean multiplexed;
    private volatile @Nullable FillWatch watch;
    private volatile @Nullable Throwable failure;

    Life(OpenRequest open, boolean multiplexed) {
        this.open = open;
        this.multiplexed = multiplexed;
    }

    OpenRequest open() {
        return open;
    }

    /// Whether the background read holds a byte of the next request. For tests.
    boolean holdsAByte() {
        FillWatch fill = watch;
        return fill != null && fill.holdsAByte();
    }

    HttpStream wrap(HttpStream stream) {
        return new Watched(stream);
    }

    /// Begins to watch. Without `fill` it is by the table of connections.
    void watch(Request request, @Nullable FillWatch fill) {
        if (fill != null) {
            watch = fill;
            if (fill.start()) {
                return;
            }
        }
        EndPoint ends = request.getConnectionMetaData().getConnection().getEndPoint();
        if (ends.getLocalSocketAddress() != null && ends.getRemoteSocketAddress() != null) {
            open.watch(ends.getLocalSocketAddress(), ends.getRemoteSocketAddress(), true);
        }
    }

    /// Jetty has failed the request.
    void failed(Throwable x) {
        if (x instanceof TimeoutException) {
            open.aborted(new DeadlineExceededException(String.valueOf(x.getMessage())));
        } else if (multiplexed) {
            open.clientLeft(Seen.STREAM_RESET, x);
        } else if (x instanceof EofException) { // within the body
            open.clientLeft(Seen.CLOSED, x);
        } else {
            open.aborted(x);
        }
    }

    void failedBy(Throwable x) {
        failure = x;
    }

    /// Answers what ended the context, when that is what the handlers failed with and the answer has not begun.
    boolean answered(Request request, Response response, Callback callback, Throwable x) {
        failure = x;
        if (!(x instanceof ContextException) || response.isCommitted()) {
            return false;
        }
        int status = RequestEnd.statusOf(open.context(), x);
        if (status == 500 || status == RequestEnd.CLIENT_LEFT.status()) {
            return false;
        }
        response.reset();
        response.setStatus(status);
        callback.succeeded(); // an empty answer
        return true;
    }

    private void stopWatching() {
        open.unwatch();
        FillWatch fill = watch;
        if (fill != null) {
            fill.release();
        }
    }

    private void over() {
        stopWatching();
        FillWatch fill = watch;
        if (fill != null) {
            fill.giveBack();
        }
        open.finish(failure);
    }

    private final class Watched extends HttpStream.Wrapper {
        Watched(HttpStream stream) {
            super(stream);
        }

        @Override
        public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
                @Nullable ByteBuffer content, Callback callback) {
            if (response != null && response.getStatus() >= 200) {
                open.answering(response.getStatus());
            }
            if (last) { // a client that leaves once it has its answer is no news
                stopWatching();
            }
            super.send(request, response, last, content, new Callback.Nested(callback) {
                @Override
                public void failed(Throwable x) {
                    if (x instanceof TimeoutException) {
                        Life.this.failed(x);
                    } else {
                        open.clientLeft(Seen.WRITE_FAILED, x);
                    }
                    super.failed(x);
                }
            });
        }

        @Override
        public void succeeded() {
            over();
            super.succeeded();
        }

        @Override
        public void failed(Throwable x) {
            if (failure == null) {
                failure = x;
            }
            over();
            super.failed(x);
        }
    }
}
