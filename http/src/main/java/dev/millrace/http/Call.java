package dev.millrace.http;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import dev.millrace.internal.Reason;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// One call: a request, and the wait for its answer.
///
/// ```
///   WAITING --- the client's future completes -----> ANSWERED   the answer is returned; its body is a [Guard]'s, a [StreamEnd]'s or of [Lines] from here on
///      |
///      +------- the context ends, an interrupt ----> LEFT       body and exchange are cancelled by the waiting thread, which throws
/// ```
///
/// The outcome of one [Waiter] decides. An answer that comes after the call was left is not returned, so its body is cut: by [#leave], or by
/// [#apply], which of the two comes later.
///
/// The client is asked by `sendAsync` and never interrupted. The `send` of the JDK does its first steps on the calling thread: it would wait
/// there for a name's address, whatever the context says, and an interrupt that met it while it writes would close a connection of
/// HTTP/2, which belongs to others too.
final class Call<T> implements BodyHandler<T>, Reason {
    private static final Set<String> WHOLE = Set.of("ByteArraySubscriber", "ConsumerSubscriber", "NullSubscriber",
            "PathSubscriber");

    private final Context ctx;
    private final @Nullable Node node;
    private final HttpRequest request;
    private final BodyHandler<T> handler;
    private volatile @Nullable OpenBody open;
    private volatile @Nullable InputStream stream; // the subscriber, when it is that too
    private volatile @Nullable Throwable left; // why

    Call(Context ctx, HttpRequest request, BodyHandler<T> handler) {
        this.ctx = ctx;
        this.node = ContextBase.nodeOf(ctx);
        this.request = request;
        this.handler = handler;
    }

    @SuppressWarnings("unchecked") // a stream of the JDK, whose class nobody can name: what T is, a Body is too
    HttpResponse<T> send(HttpClient client) throws IOException {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, this);
        if (!answer.isDone()) {
            try {
                await(answer);
            } catch (Throwable t) { // also what the machine has to say: nothing is left behind
                leave(answer, t);
                throw t;
            }
        }
        HttpResponse<T> response = response(answer);
        OpenBody body = open;
        if (body != null) {
            body.listen();
        }
        InputStream in = stream;
        return in == null || node == null ? response : new Returned<>(response, (T) StreamEnd.under(ctx, node, in));
    }

    private void await(CompletableFuture<?> answer) {
        var waiter = new Waiter(Scheduler.real()); // the network is outside of any bubble
        var _ = answer.whenComplete((_, _) -> {
            if (waiter.claim(Waiter.READY)) {
                waiter.wake();
            }
        });
        Object outcome = Wait.under(node, waiter, this);
        if (outcome == Waiter.INTERRUPTED) {
            throw new InterruptedWaitException(toString());
        }
        if (outcome != Waiter.READY) {
            throw Contexts.ended(ctx, null);
        }
    }

    private void leave(CompletableFuture<?> answer, Throwable why) {
        left = why;
        try {
            OpenBody body = open;
            if (body != null) {
                body.cut(why);
            }
            InputStream in = stream;
            if (in != null) {
                in.close();
            }
        } catch (IOException | RuntimeException e) { // of the subscriber
            why.addSuppressed(e);
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo info) {
        BodySubscriber<T> subscriber = handler.apply(info);
        if (handler instanceof LinesHandler of) {
            opened(of.lines());
            return subscriber;
        }
        Node n = node;
        if (n == null || isWhole(subscriber)) {
            return subscriber;
        }
        if (subscriber instanceof InputStream in && in.getClass().getModule() == HttpClient.class.getModule()) {
            stream = in;
            if (left != null) {
                closeQuietly(in);
            }
            return subscriber;
        }
        var made = new Guard<>(ctx, n, subscriber);
        opened(made);
        return made;
    }

    private void opened(OpenBody body) {
        open = body;
        Throwable why = left;
        if (why != null) {
            body.cut(why);
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException _) {
            // nobody waits for it any more
        }
    }

    /// Whether the body comes after the last byte only, by what is known of the JDK's classes: then the call waits for all of it, and there is
    /// nothing to guard. One of another name would be guarded as well; only the client then asks for its body on a thread of its own.
    private static boolean isWhole(BodySubscriber<?> subscriber) {
        Class<?> kind = subscriber.getClass();
        return WHOLE.contains(kind.getSimpleName()) && kind.getModule() == HttpClient.class.getModule();
    }

    private HttpResponse<T> response(CompletableFuture<HttpResponse<T>> answer) throws IOException {
        if (!answer.isCompletedExceptionally()) {
            return answer.join();
        }
        Throwable failure = answer.isCancelled() ? new CancellationException("cancelled") : answer.exceptionNow();
        if (ctx.isDone()) {
            throw Contexts.ended(ctx, failure);
        }
        throw asThrownBySend(failure);
    }

    /// What the JDK's `send` makes of it: the same, with the stack of the caller; for it may be shared by several calls, and comes from another
    /// thread.
    private static IOException asThrownBySend(Throwable failure) {
        String message = failure.getMessage();
        Class<?> kind = failure.getClass();
        IOException again;
        if (kind == HttpConnectTimeoutException.class) {
            again = new HttpConnectTimeoutException(message);
        } else if (kind == HttpTimeoutException.class) {
            again = new HttpTimeoutException(message);
        } else if (kind == ConnectException.class) {
            again = new ConnectException(message);
        } else if (kind == SSLHandshakeException.class) {
            again = new SSLHandshakeException(message);
        } else if (kind == SSLException.class) {
            again = new SSLException(message);
        } else if (kind == ProtocolException.class) {
            again = new ProtocolException(message);
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        } else if (kind != IOException.class && failure instanceof IOException e) {
            return e;
        } else {
            return new IOException(message, failure);
        }
        again.initCause(failure);
        return again;
    }

    @Override
    public Object awaited() {
        return this;
    }

    /// What the wait is for, without what may be secret in a URI: user, query and fragment.
    @Override
    public String toString() {
        URI uri = request.uri();
        return request.method() + " " + uri.getScheme() + "://" + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }
}
