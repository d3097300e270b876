package dev.millrace.http;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;

/// The JDK's HTTP client, with calls and bodies that end with a context.
///
/// ```java
/// static final ContextClient HTTP = ContextClient.over(HttpClient.newHttpClient());
///
/// String rate = HTTP.get(ctx, URI.create("https://rates.example/eur")).body();
/// ```
///
/// **Blocking and cancellation.** A call looks at its context first: when that has ended, nothing is sent. Then it waits until the handler's body is there:
/// with the headers for a stream, with the last byte for a text. When the context ends first, the call throws the context's exception at once;
/// the request is cancelled, so that the server sees its connection closed, or its stream reset with HTTP/2, where the connection stays. No thread waits
/// beside the caller's, and nobody is interrupted. A channel of [#lines] is fed by the client's threads; only while its receiver is slower, a goroutine waits for room, which is a virtual thread.
///
/// **A body that is still coming when the call returns stays under the context** until its last byte, or its `close()`. When the context ends
/// before, the connection is closed, also if nobody reads or closes the body:
///
/// | the handler's body | how it ends |
/// |---|---|
/// | `InputStream` | every read throws the context's exception, one that waits too; at its end or closed, no more |
/// | a channel of lines, [#lines] | it is closed with the context's exception, which overtakes lines that were not received; no more once its last line is in the channel |
/// | what a subscriber of your own makes | its `onError` gets the context's exception, after an `onNext` that is under way |
/// | others of the JDK: `Stream`, `Publisher`, a mapped `InputStream` | as the JDK passes on what `onError` got: as the cause of an [IOException] |
///
/// **Failures** are those of [HttpClient#send], by type and message. One that comes when the context has ended is suppressed in the context's
/// exception. The request's own [HttpRequest#timeout], which counts up to the headers, stays a [java.net.http.HttpTimeoutException]; whichever is
/// first ends the call. An interrupt ends a call by an [dev.millrace.context.InterruptedWaitException], and cancels the request.
///
/// **The wrapped client** stays yours: its pool, executor, redirects and its closing. The JDK completes what is sent this way on the common pool.
///
/// **Compared with Go.** `http.NewRequestWithContext` and `client.Do`: also there the context covers the body until it is closed. Differs: a body that was
/// not closed is ended by the context, and so is one whose subscriber is yours; the deadline and values go to the server only by
/// [#withPropagation]. Not offered: `http.Get` without a context.
///
/// Safe for any number of threads. No argument may be null.
public final class ContextClient {
    private final HttpClient client;
    private final Propagation policy;

    private ContextClient(HttpClient client, Propagation policy) {
        this.client = client;
        this.policy = policy;
    }

    /// One that sends by `client`. Nothing of a context is sent along.
    public static ContextClient over(HttpClient client) {
        return new ContextClient(Objects.requireNonNull(client, "client"), Propagation.none());
    }

    /// One that sends along what `policy` says of the context. A header that a request has itself is left as it is. A redirect that the client follows
    /// is sent the same headers, wherever it leads.
    public ContextClient withPropagation(Propagation policy) {
        return new ContextClient(client, Objects.requireNonNull(policy, "policy"));
    }

    /// The client that it was made of.
    public HttpClient client() {
        return client;
    }

    /// Sends `request`, and waits for the body that `handler` makes of the answer.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended, and then nothing is sent; or when it ends first
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    /// @throws IOException as [HttpClient#send] does
    public <T> HttpResponse<T> send(Context ctx, HttpRequest request, BodyHandler<T> handler) throws IOException {
        Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "handler");
        ctx.check();
        return new Call<>(ctx, withHeaders(ctx, request), handler).send(client);
    }

    /// Sends a GET, and waits for the whole answer as text, in its charset (UTF-8 when it names none).
    ///
    /// @throws IllegalArgumentException when `uri` is not of http or https with a host
    /// @throws IOException see [#send], as for all that it throws
    public HttpResponse<String> get(Context ctx, URI uri) throws IOException {
        return send(ctx, request(uri), BodyHandlers.ofString());
    }

    /// Sends a GET, and waits for the headers. The body is a stream under `ctx`; see [#stream(Context, HttpRequest)].
    ///
    /// @throws IllegalArgumentException when `uri` is not of http or https with a host
    /// @throws IOException see [#send], as for all that it throws
    public HttpResponse<InputStream> stream(Context ctx, URI uri) throws IOException {
        return stream(ctx, request(uri));
    }

    /// Sends `request`, and waits for the headers. The body is a stream, under `ctx` until it was read to its end or closed: close it.
    ///
    /// @throws IOException see [#send], as for all that it throws
    public HttpResponse<InputStream> stream(Context ctx, HttpRequest request) throws IOException {
        return send(ctx, request, BodyHandlers.ofInputStream());
    }

    /// Sends a GET, and waits for the headers. The body is a channel of its lines; see [#lines(Context, HttpRequest)].
    ///
    /// @throws IllegalArgumentException when `uri` is not of http or https with a host
    /// @throws IOException see [#send], as for all that it throws
    public HttpResponse<ReceiveChan<String>> lines(Context ctx, URI uri) throws IOException {
        return lines(ctx, request(uri));
    }

    /// Sends `request`, and waits for the headers. The body is a channel of its lines, without their ends, as they come. The channel holds 16 of them;
    /// when it is full, a goroutine under `ctx` waits with the next, and no more bytes are asked for. It is closed after the last line; with the failure
    /// when the body fails, or `ctx` ends before that. Who wants no more abandons it, which closes the connection. A line is held whole, however long it is.
    ///
    /// @throws IOException see [#send], as for all that it throws
    public HttpResponse<ReceiveChan<String>> lines(Context ctx, HttpRequest request) throws IOException {
        var handler = new LinesHandler(ctx);
        return handler.shown(send(ctx, request, handler));
    }

    private static HttpRequest request(URI uri) {
        return HttpRequest.newBuilder(Objects.requireNonNull(uri, "uri")).build();
    }

    private HttpRequest withHeaders(Context ctx, HttpRequest request) {
        if (policy == Propagation.none()) {
            return request;
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (_, _) -> true);
        policy.inject(ctx, (name, value) -> {
            if (request.headers().firstValue(name).isEmpty()) {
                builder.setHeader(name, value);
            }
        });
        return builder.build();
    }

    /// For people: the client, and the headers that are sent along.
    @Override
    public String toString() {
        return "ContextClient over " + client + ", " + policy;
    }
}
