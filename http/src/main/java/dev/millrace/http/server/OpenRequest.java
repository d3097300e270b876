package dev.millrace.http.server;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.http.Incoming;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request that a server is handling, and its context: for who connects a server that this module does not know. The handler gets
/// [#context()] and never this.
///
/// ```java
/// OpenRequest request = contexts.open("GET /report", "GET /report", remote, headers::get);
/// Throwable failure = null;
/// try {
///     request.watch(local, remote, true);
///     request.context().run(() -> handle(request.context()));
/// } catch (Throwable t) {
///     failure = t;
///     throw t;
/// } finally {
///     request.finish(failure);
/// }
/// ```
///
/// **States.** The state is the context's own, so the first who ends it wins, and everybody sees the same end.
///
/// ```
/// OPEN ──> CLIENT_LEFT   clientLeft, by whoever sees it
///      ├─> DEADLINE      by itself
///      ├─> SHUTDOWN      a context above ends, or aborted
///      └─> RETURNED      finish
/// ```
///
/// [#finish] comes once and always, whatever the state is: it stops the watch, then ends the context, then tells the log.
///
/// No method blocks; any thread may call any. No argument may be null unless it is marked so.
public final class OpenRequest {
    static final Context.Key<OpenRequest> KEY = Context.Key.named("http request");

    private static final Logger LOG = System.getLogger("dev.millrace.http");
    private static final int LONGEST_TEXT = 1000;
    private static final VarHandle FINISHED;
    private static final VarHandle WATCHED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            FINISHED = lookup.findVarHandle(OpenRequest.class, "finished", boolean.class);
            WATCHED = lookup.findVarHandle(OpenRequest.class, "watched", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// In place of a watch: the answer is about to be complete, no watch may begin any more.
    private static final Object NO_MORE = new Object();

    private final RequestContexts contexts;
    private final String request;
    private final @Nullable SocketAddress remote;
    private final long since = System.nanoTime();
    private final CancellableContext ctx;
    private final Context view;
    private volatile int status;
    @SuppressWarnings("unused") // through FINISHED
    private volatile boolean finished;
    private volatile @Nullable Object watched; // null, a ClientWatch.Watched, or NO_MORE

    OpenRequest(RequestContexts contexts, Context root, @Nullable Duration limit, String name, String request,
            @Nullable SocketAddress remote, @Nullable Incoming in) {
        this.contexts = contexts;
        this.request = request;
        this.remote = remote;
        Context with = (in == null ? root : in.addTo(root)).withValue(KEY, this).withName(name);
        Duration least = limit;
        if (in != null && in.timeout().isPresent()) {
            Duration asked = in.timeout().get();
            least = limit == null || asked.compareTo(limit) < 0 ? asked : limit;
        }
        this.ctx = least == null ? with.withCancel() : with.withTimeout(least);
        this.view = ctx.view();
    }

    /// The request's context. It cannot be cancelled through this.
    public Context context() {
        return view;
    }

    /// How the request ended; null while it is open.
    public @Nullable RequestEnd end() {
        return RequestEnd.ofRequest(ctx);
    }

    /// Has the kernel's table of connections looked at for this one, until the client leaves, [#unwatch()] or [#finish]. Does nothing where
    /// there is no such table (other systems than Linux), for what is no TCP connection, and when the request is watched or over already.
    ///
    /// @param exact whether the addresses are surely those of the connection. If not, as when a server takes them from a proxy's header, a
    ///     connection that was never seen in the table counts as unknown and not as gone
    public void watch(SocketAddress local, SocketAddress remote, boolean exact) {
        Objects.requireNonNull(local, "local");
        Objects.requireNonNull(remote, "remote");
        if (watched != null || ctx.isDone() || !(local instanceof InetSocketAddress l)
                || !(remote instanceof InetSocketAddress r)) {
            return;
        }
        ClientWatch.Watched w = ClientWatch.SHARED.watch(l, r, exact, seen -> clientLeft(seen, null));
        if (w != null && !WATCHED.compareAndSet(this, null, w)) {
            ClientWatch.SHARED.release(w);
        }
    }

    /// Stops the watch for good: call it before the last bytes of the answer are written. A client that leaves then is no news.
    public void unwatch() {
        if (WATCHED.getAndSet(this, NO_MORE) instanceof ClientWatch.Watched w) {
            ClientWatch.SHARED.release(w);
        }
    }

    /// The client has left: ends the context, with a [ClientLeftException].
    ///
    /// @param failure what the system said; null when it said nothing
    public void clientLeft(ClientLeftException.Seen seen, @Nullable Throwable failure) {
        Objects.requireNonNull(seen, "seen");
        if (!ctx.isDone()) {
            ctx.cancel(new ClientLeftException(remote, seen, failure));
        }
    }

    /// The server gave the request up: ends the context. A [dev.millrace.context.DeadlineExceededException] makes it a [RequestEnd#DEADLINE],
    /// another cause a [RequestEnd#SHUTDOWN].
    public void aborted(Throwable cause) {
        ctx.cancel(Objects.requireNonNull(cause, "cause"));
    }

    /// The answer begins, with this status. The first counts.
    public void answering(int code) {
        if (status == 0) {
            status = end() == RequestEnd.CLIENT_LEFT ? RequestEnd.CLIENT_LEFT.status() : code;
        }
    }

    /// Whether the answer has begun.
    public boolean isAnswering() {
        return status != 0;
    }

    /// The handler is done: ends the context and tells the log. Only the first call does anything.
    ///
    /// @param failure what left the handler; null when it returned
    public void finish(@Nullable Throwable failure) {
        if (!FINISHED.compareAndSet(this, false, true)) {
            return;
        }
        unwatch();
        ctx.cancel(RequestEnd.RETURN);
        contexts.log(this, failure);
    }

    Served served(@Nullable Throwable failure) {
        RequestEnd end = Objects.requireNonNull(end(), "a request that is finished has ended");
        int code = status != 0 ? status : end != RequestEnd.RETURNED ? end.status() : failure != null ? 500 : 0;
        return new Served(line(request), remote, code, end, end == RequestEnd.RETURNED ? null : ctx.cause(), failure,
                Duration.ofNanos(System.nanoTime() - since));
    }

    /// It comes from outside: cut, and without what would break a line.
    static String line(String text) {
        var line = new StringBuilder(Math.min(text.length(), LONGEST_TEXT));
        for (int i = 0; i < text.length() && i < LONGEST_TEXT; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '.' : c);
        }
        return line.toString();
    }

    static void complain(String what, Throwable t) {
        LOG.log(Level.WARNING, what, t);
    }

    /// For people.
    @Override
    public String toString() {
        RequestEnd end = end();
        return ctx.name() + (end == null ? " open" : " " + end);
    }
}
