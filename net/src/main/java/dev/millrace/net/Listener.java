package dev.millrace.net;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Node;
import dev.millrace.sync.Mutex;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Accepts TCP connections under a context, Go's `net.Listener`; and serves them until one ends, then drains.
///
/// ```java
/// try (Listener listener = Listener.listen(":7000")) {
///     Drained drained = listener.serve(ctx, Duration.ofSeconds(5), (c, conn) -> echo(c, conn));
///     log("closed " + drained.closed());
/// }
/// ```
///
/// **Blocking and cancellation.** [#accept] ends with its context or by an interrupt, and nothing is closed by that: the listener goes on, and who
/// has connected meanwhile is the next one's. [#serve] is ended by its context and then drains.
///
/// **Closing.** [#close()] ends what waits in [#accept] with a [SocketException]. Connections that were accepted are not touched; those that nobody
/// accepted are reset by the system.
///
/// **Compared with Go.** `Accept` there takes no context; the grace period of [#serve] is what `http.Server.Shutdown` does. The queue of those
/// who wait to be accepted is as long as the system allows, as in Go. Not offered: networks other than TCP.
///
/// **Null.** No argument may be null.
public final class Listener implements Closeable {
    /// More than systems allow: they cut it to their own limit.
    private static final int BACKLOG = 4096;

    private final ServerSocketChannel server;
    private final Selector selector;
    private final InetSocketAddress address;
    private final Mutex accepting = Mutex.named("net.Listener.Accept");

    private Listener(ServerSocketChannel server, Selector selector) throws IOException {
        this.server = server;
        this.selector = selector;
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        this.address = (InetSocketAddress) server.getLocalAddress();
    }

    /// On channels that are there.
    static Listener of(ServerSocketChannel server, Selector selector) throws IOException {
        return new Listener(server, selector);
    }

    /// What a server does with one connection. May throw anything: what leaves it goes to the policy for uncaught failures of goroutines.
    @FunctionalInterface
    public interface Handler {
        /// @param ctx ends when the grace period after the server's stop is over
        /// @param conn closed by the server when this returns
        void handle(Context ctx, Conn conn) throws Exception;
    }

    /// Listens at `address`, in the form of [HostPort]: without host at every address of this machine, with port 0 at a free port. A name is
    /// looked up, which may wait; the first of its addresses is taken.
    ///
    /// @throws BindException when the address is taken, or not of this machine; the message names it
    /// @throws IllegalArgumentException when `address` is not of that form
    public static Listener listen(String address) throws IOException {
        HostPort at = HostPort.parse(address);
        var where = at.host().isEmpty() ? new InetSocketAddress(at.port())
                : new InetSocketAddress(InetAddress.getByName(at.host()), at.port());
        @SuppressWarnings("resource") // the listener's, or closed below
        ServerSocketChannel server = ServerSocketChannel.open();
        @Nullable Selector selector = null;
        boolean listening = false;
        try {
            server.bind(where, BACKLOG);
            selector = Selector.open();
            var listener = of(server, selector);
            listening = true;
            return listener;
        } catch (BindException e) {
            var named = new BindException("listen tcp " + HostPort.of(where) + ": " + e.getMessage());
            named.addSuppressed(e);
            throw named;
        } finally {
            if (!listening) {
                server.close();
                if (selector != null) {
                    selector.close();
                }
            }
        }
    }

    /// Waits for a connection and answers it. One waits at a time; others wait for their turn, under their context.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended or ends first; nothing was accepted, the listener goes on
    /// @throws InterruptedWaitException when the thread is interrupted first; the same, and its interrupt status is set again
    /// @throws SocketException when the listener is closed; anything else that the system says, as it came
    public Conn accept(Context ctx) throws IOException {
        accepting.lock(ctx);
        try {
            Node node = ContextBase.nodeOf(ctx);
            var wakeUp = new WakeUp();
            boolean hears = false;
            try {
                for (;;) {
                    Conn conn = tryAccept();
                    if (conn != null) {
                        return conn;
                    }
                    if (!hears && node != null) {
                        hears = node.add(wakeUp);
                    }
                    ctx.check();
                    selector.select();
                    selector.selectedKeys().clear();
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedWaitException("net.Listener.Accept " + this);
                    }
                }
            } finally {
                if (hears && node != null) {
                    node.remove(wakeUp);
                }
            }
        } catch (ClosedChannelException | ClosedSelectorException e) {
            if (ctx.isDone()) {
                throw Cut.ended(ctx, e);
            }
            var closed = new SocketException("accept on closed listener " + this);
            closed.addSuppressed(e);
            throw closed;
        } catch (IOException e) {
            if (ctx.isDone()) {
                throw Cut.ended(ctx, e);
            }
            throw e;
        } finally {
            accepting.unlock();
        }
    }

    private @Nullable Conn tryAccept() throws IOException {
        if (Thread.currentThread().isInterrupted()) { // else the channel would be closed, for all
            throw new InterruptedWaitException("net.Listener.Accept " + this);
        }
        SocketChannel channel = server.accept();
        if (channel == null) {
            return null;
        }
        try {
            return new Conn(channel.socket());
        } catch (Throwable t) { // it went away already
            channel.close();
            throw t;
        }
    }

    /// Accepts connections until `ctx` ends or the listener is closed, and runs `handler` for each on a goroutine of its own. Then it drains: it
    /// closes the listener, so that nobody connects any more; waits for `grace` at most until the handlers have returned; ends their
    /// contexts, and closes the connections that are left. It does not wait for handlers that go on then.
    ///
    /// The end of `ctx` is how it is meant to end, so that is answered and not thrown. When the system cannot accept (no descriptor is left, say) that
    /// is logged and tried again, after 5 ms at first and a second at last, as Go's HTTP server does.
    ///
    /// @param grace zero for none
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before; nothing was accepted and the listener is open
    /// @throws InterruptedWaitException when the thread is interrupted; the listener and all connections are closed then
    /// @throws IllegalArgumentException when `grace` is negative
    public Drained serve(Context ctx, Duration grace, Handler handler) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must be >= 0, was " + grace);
        }
        Objects.requireNonNull(handler, "handler");
        ctx.check();
        return new Serving(this, ctx, grace, handler).serve();
    }

    /// Where it listens; with the port that the system chose.
    public InetSocketAddress address() {
        return address;
    }

    /// Whether it has not been closed.
    public boolean isOpen() {
        return server.isOpen();
    }

    /// Closes it; does nothing when it is closed. Never waits.
    @Override
    public void close() throws IOException {
        server.close();
        selector.close();
    }

    /// `tcp 127.0.0.1:7000`.
    @Override
    public String toString() {
        return "tcp " + HostPort.of(address);
    }

    /// A wake-up that comes late makes the next wait look once more, and no more than that.
    private final class WakeUp extends dev.millrace.internal.Listener {
        @Override
        protected void tell(Ending ending) {
            selector.wakeup();
        }
    }
}
