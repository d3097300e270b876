package dev.millrace.net;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.go.Go;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Opens connections under a context, Go's `net.Dialer`. Immutable: each `withX` answers another.
///
/// ```java
/// Conn conn = Dialer.tcp().withTimeout(Duration.ofSeconds(2)).dial(ctx, "db.internal:5432");
/// ```
///
/// A name that has several addresses is tried address by address, in the resolver's order. When there is a deadline, each gets its share of
/// what is left, at least two seconds, as in Go. When none answers, a [ConnectException] tells of each, with the failures as suppressed
/// exceptions. When the context ends first, its exception has those so far.
///
/// **Names.** The JDK cannot end a look-up. It runs on a goroutine of its own; the dial ends with the context, and that goroutine when the
/// system's resolver does. An address in digits needs none.
///
/// **Threads.** No thread waits beside the caller's, but for the goroutine of a look-up; the system's resolver may hold its carrier meanwhile.
///
/// **Compared with Go.** The same order and shares. Not offered: trying IPv4 and IPv6 at once (RFC 6555), a resolver of one's own, networks
/// other than TCP, names of ports.
///
/// **Null.** No argument may be null.
public final class Dialer {
    private static final Dialer PLAIN = new Dialer(null, null);
    private static final long LEAST_SHARE = 2_000_000_000L;

    private final @Nullable Duration timeout;
    private final @Nullable InetSocketAddress local;

    private Dialer(@Nullable Duration timeout, @Nullable InetSocketAddress local) {
        this.timeout = timeout;
        this.local = local;
    }

    /// Of TCP, with no limit but the context's and the system's.
    public static Dialer tcp() {
        return PLAIN;
    }

    /// One whose dial takes `timeout` at most, look-up and all addresses together.
    ///
    /// @throws IllegalArgumentException when it is zero or negative
    public Dialer withTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be > 0, was " + timeout);
        }
        return new Dialer(timeout, local);
    }

    /// One whose connections come from `local`; port 0 lets the system choose.
    ///
    /// @throws IllegalArgumentException when it is a name that was not looked up
    public Dialer withLocalAddress(InetSocketAddress local) {
        if (local.isUnresolved()) {
            throw new IllegalArgumentException("local address must be resolved, was " + local);
        }
        return new Dialer(timeout, local);
    }

    /// Connects to `address`, in the form of [HostPort]. Waits until the other end's system has accepted.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended or ends first, or the dialer's timeout passes; no socket is left open
    /// @throws ConnectException when no address answers; [UnknownHostException] when there is none
    /// @throws IllegalArgumentException when `address` is not of that form
    public Conn dial(Context ctx, String address) throws IOException {
        return dial(ctx, HostPort.parse(address));
    }

    /// Connects to `address`; see [#dial(Context, String)].
    public Conn dial(Context ctx, HostPort address) throws IOException {
        Objects.requireNonNull(address, "address");
        ctx.check();
        if (timeout == null) {
            return tryAll(ctx, address);
        }
        try (var limited = ctx.withTimeout(timeout)) {
            return tryAll(limited, address);
        }
    }

    private Conn tryAll(Context ctx, HostPort address) throws IOException {
        return tryAll(ctx, address, List.of(resolve(ctx, address.host())));
    }

    Conn tryAll(Context ctx, HostPort address, List<InetAddress> all) throws IOException {
        List<Exception> failures = new ArrayList<>();
        var text = new StringBuilder("dial tcp ").append(address);
        for (int i = 0; i < all.size(); i++) {
            var target = new InetSocketAddress(all.get(i), address.port());
            try {
                return tryOne(ctx, target, all.size() - i);
            } catch (ContextException e) {
                failures.forEach(e::addSuppressed);
                throw e;
            } catch (IOException | IllegalArgumentException e) { // the latter for a family that this machine has not
                failures.add(e);
                text.append(i == 0 ? ": " : "; ").append(HostPort.of(target)).append(": ").append(e.getMessage());
            }
        }
        var none = new ConnectException(text.toString());
        failures.forEach(none::addSuppressed);
        throw none;
    }

    private Conn tryOne(Context ctx, InetSocketAddress target, int candidates) throws IOException {
        long left = Cut.timer(ctx);
        if (left == Long.MAX_VALUE || candidates == 1 || left <= LEAST_SHARE) {
            return connect(ctx, target);
        }
        Duration share = Duration.ofNanos(Math.max(LEAST_SHARE, left / candidates));
        try (var part = ctx.withTimeout(share)) {
            return connect(part, target);
        } catch (DeadlineExceededException e) {
            if (ctx.isDone()) {
                throw e;
            }
            var late = new SocketTimeoutException("no answer within its share of " + share.toMillis() + " ms");
            late.addSuppressed(e);
            throw late;
        }
    }

    private Conn connect(Context ctx, InetSocketAddress target) throws IOException {
        @SuppressWarnings("resource") // the connection's, or closed below
        Socket socket = SocketChannel.open().socket(); // as of an accepted one: an interrupt does the same on all threads
        boolean connected = false;
        try {
            if (local != null) {
                socket.bind(local);
            }
            Cut cut = Cut.enter(ctx, () -> close(socket), Long.MAX_VALUE);
            try {
                socket.connect(target);
                if (!cut.exit()) {
                    throw Cut.ended(ctx, null);
                }
            } catch (IOException e) {
                if (ctx.isDone()) {
                    throw Cut.ended(ctx, e);
                }
                throw e;
            } finally {
                cut.exit();
            }
            if (target.equals(socket.getLocalSocketAddress())) { // two halves of one socket, by chance: see Go's selfConnect
                throw new ConnectException("Connection refused (only this dial itself answered)");
            }
            var conn = new Conn(socket);
            connected = true;
            return conn;
        } finally {
            if (!connected) {
                close(socket);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // nobody has it
        }
    }

    private static InetAddress[] resolve(Context ctx, String host) throws UnknownHostException {
        if (host.isEmpty()) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }
        if (host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1))) {
            try {
                return new InetAddress[] {InetAddress.ofLiteral(host)};
            } catch (IllegalArgumentException _) {
                // a name that ends in a digit, or the resolver says what is wrong with it
            }
        }
        Chan<Object> found = Chan.buffered(1);
        Go.go(ctx.detach(), "look-up of " + host, _ -> {
            try {
                found.trySend(InetAddress.getAllByName(host));
            } catch (UnknownHostException e) {
                found.trySend(e);
            } catch (Throwable t) {
                found.close(t);
                throw t;
            }
        });
        Object answer = found.receive(ctx);
        if (answer instanceof UnknownHostException e) {
            throw e;
        }
        return (InetAddress[]) answer;
    }

    /// For people: its limits.
    @Override
    public String toString() {
        return "Dialer tcp" + (timeout == null ? "" : ", timeout " + timeout)
                + (local == null ? "" : ", from " + HostPort.of(local));
    }
}
