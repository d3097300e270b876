package dev.millrace.http.servlet;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.http.server.ClientLeftException.Seen;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestEnd;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One request, through all its dispatches. It is over when the first dispatch returns, or when the asynchronous cycle that it
/// began completes; [OpenRequest#finish] takes the first of both.
final class Life implements AsyncListener {
    private final OpenRequest open;
    private final @Nullable InetSocketAddress local;
    private final @Nullable InetSocketAddress remote;
    private volatile @Nullable HttpServletResponse answer; // the container's
    private volatile @Nullable Throwable failure;

    /// @param local the server's end of the connection, as far as the container tells; null when that is no address. So is `remote`
    Life(OpenRequest open, @Nullable InetSocketAddress local, @Nullable InetSocketAddress remote) {
        this.open = open;
        this.local = local;
        this.remote = remote;
    }

    OpenRequest open() {
        return open;
    }

    void first(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        answer = response;
        Context ctx = open.context();
        boolean async = false;
        try {
            ctx.check(); // a request that is over already is not begun
            if (local != null && remote != null) {
                open.watch(local, remote, false);
            }
            var watched = new WatchedResponse(response, open);
            call(ctx, request, watched, chain);
            async = request.isAsyncStarted() && listen(request);
        } catch (ContextException e) {
            failure = e;
            if (!answered(request, response, e)) {
                throw e;
            }
        } catch (Throwable t) {
            failure = t;
            throw t;
        } finally {
            if (!async) {
                finish();
            }
        }
    }

    /// A later dispatch of the same request. The first one, or the asynchronous cycle, finishes it.
    void again(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            call(open.context(), request, response, chain);
        } catch (ContextException e) {
            failure = e;
            if (!answered(request, response, e)) {
                throw e;
            }
        } catch (Throwable t) {
            failure = t;
            throw t;
        }
    }

    private static void call(Context ctx, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            ctx.call(() -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e); // there is no other that a chain may throw
        }
    }

    /// Answers what ended the context, when the answer has not begun.
    private boolean answered(HttpServletRequest request, HttpServletResponse response, ContextException e)
            throws IOException {
        int status = RequestEnd.statusOf(open.context(), e);
        if (response.isCommitted() || status == 500 || status == RequestEnd.CLIENT_LEFT.status()) {
            return false;
        }
        response.reset();
        response.setStatus(status);
        response.flushBuffer();
        if (request.isAsyncStarted()) {
            request.getAsyncContext().complete();
        }
        return true;
    }

    /// False when the cycle is complete already.
    private boolean listen(HttpServletRequest request) {
        try {
            request.getAsyncContext().addListener(this);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void finish() {
        HttpServletResponse response = answer;
        if (response != null && (failure == null || response.isCommitted())) {
            open.answering(response.getStatus()); // the container may send it after this
        }
        open.finish(failure);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        finish();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        open.aborted(new DeadlineExceededException("the container's timeout of an asynchronous request"));
    }

    /// The container says so when the connection, or the stream, is gone; and when the application failed in a dispatch, which was seen as it
    /// left that.
    @Override
    public void onError(AsyncEvent event) {
        Throwable t = event.getThrowable();
        if (failure == null) {
            failure = t;
            if (t instanceof IOException) {
                open.clientLeft(Seen.STREAM_RESET, t);
            }
        }
    }

    /// A new cycle has no listeners.
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
