package dev.millrace.http.jetty;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/// What [RequestContextHandler] does, as a program does it with the JDK and Jetty alone, to compare with: something that says to the handler that it is over, a
/// timer for the deadline that a header asks for, failures of the request and of its writes noticed, one line for the log; with `watching` also a client that leaves, by
/// a background read, which loses what a client sends before its answer.
final class HandlerByHand extends Handler.Wrapper {
    private static final ScopedValue<AtomicReference<Throwable>> ENDED = ScopedValue.newInstance();

    @SuppressWarnings("unused") // where a log would be
    private static volatile Object logged;

    private static final IOException ANSWERED = new IOException("answered");

    private final ScheduledThreadPoolExecutor timer;
    private final boolean watching;

    HandlerByHand(ScheduledThreadPoolExecutor timer, boolean watching, Handler handler) {
        super(handler);
        this.timer = timer;
        this.watching = watching;
    }

    private record Line(String request, String remote, int status, Throwable ended, long nanos) {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long since = System.nanoTime();
        var ended = new AtomicReference<Throwable>();
        request.setAttribute("ended", ended);
        request.addFailureListener(x -> ended.compareAndSet(null, x));
        String asked = request.getHeaders().get("grpc-timeout");
        Future<?> due = asked == null
                ? null
                : timer.schedule(() -> ended.compareAndSet(null, new TimeoutException()),
                        Long.parseLong(asked, 0, asked.length() - 1, 10), SECONDS);
        var end = (AbstractEndPoint) request.getConnectionMetaData().getConnection().getEndPoint();
        if (watching) {
            end.tryFillInterested(Callback.from(
                    Invocable.InvocationType.NON_BLOCKING, () -> read(end, ended), x -> ended.compareAndSet(null, x)));
        }
        request.addHttpStreamWrapper(stream -> new HttpStream.Wrapper(stream) {
            @Override
            public void send(MetaData.Request asked, MetaData.Response answer, boolean last, ByteBuffer content,
                    Callback callback) {
                super.send(asked, answer, last, content, Callback.from(callback::succeeded, x -> {
                    ended.compareAndSet(null, x);
                    callback.failed(x);
                }));
            }

            @Override
            public void succeeded() {
                over();
                super.succeeded();
            }

            @Override
            public void failed(Throwable x) {
                over();
                super.failed(x);
            }

            private void over() {
                if (watching) {
                    end.getFillInterest().onFail(ANSWERED);
                }
                if (due != null) {
                    due.cancel(false);
                }
                logged = new Line(request.getMethod() + " " + request.getHttpURI().getPath(),
                        Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request), response.getStatus(),
                        ended.get(), System.nanoTime() - since);
            }
        });
        return ScopedValue.where(ENDED, ended).call(() -> super.handle(request, response, callback));
    }

    private static void read(AbstractEndPoint end, AtomicReference<Throwable> ended) {
        try {
            if (end.fill(BufferUtil.allocate(1)) < 0) {
                ended.compareAndSet(null, new EOFException("the client has left"));
            }
        } catch (IOException e) {
            ended.compareAndSet(null, e);
        }
    }
}
