package dev.millrace.http.server;

import dev.millrace.context.Context;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Notices that clients leave while their requests are being handled, by looking at the kernel's table of connections: no byte of any connection is
/// read or written. One for all servers of the process.
///
/// **Why it polls.** A server that has handed a request to a handler does not read the connection, so nobody is told of its end; and
/// the JDK's server does not let anybody else read it. The table is looked at by one daemon thread, while some request is
/// watched that is older than 50 ms: shorter ones cost two operations of a map. A look costs what the kernel's table is large, in rows and in buckets, some milliseconds on
/// machines with much memory. So the pauses are 25 to 100 ms, such that looking is a twentieth of a processor if it can. It is a platform thread, since handlers that compute may
/// hold all carriers of virtual threads. It ends when there has been nothing to watch for a second.
///
/// **States of what is watched.**
///
/// ```
/// WATCHED ──> LEFT      by the poller: it tells the request
///         └─> RELEASED  by the request, when its answer is about to be complete
/// ```
///
/// One compare-and-set decides: after a release nothing is told. (A client may leave as soon as it has its answer.)
///
/// **Verdicts.** A row in state 08 (the client has closed its side) is one. So is a row that is not there (reset), with two cares. The table is not read at one instant: when
/// a row goes, another one may be passed over; so whoever is missing is looked for a second time at once. And an address that a
/// proxy's header has replaced never has a row; so who was not seen there before is missed only if its addresses are the connection's
/// own, and the table has other rows of the server's port (else it may be the table of another network).
///
/// The list of those who are watched is taken before the table is read, so each of them was connected then.
final class ClientWatch {
    static final ClientWatch SHARED = new ClientWatch(() -> TcpTable.in(Path.of("/proc/net")), Duration.ofMillis(100),
            (level, text) -> System.getLogger("dev.millrace.http").log(level, text));

    private static final int IDLE_PERIODS = 10;
    private static final int SHORTEST = 4; // how often at most in a period
    private static final int SHARE = 20; // of the time, one part is for looking

    private final Supplier<Rows> source;
    private final Duration period;
    private final BiConsumer<Level, String> log;
    private final ConcurrentHashMap<TcpTable.Ends, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean unavailable = new AtomicBoolean();

    // The poller's own.
    private final BitSet ports = new BitSet(1 << 16);
    private List<Connection> looked = List.of();
    private final TcpTable.Row row = new TcpTable.Row() {
        @Override
        public void see(TcpTable.Ends ends, int state) {
            row(ends, state);
        }

        @Override
        public boolean enough() {
            return allFound();
        }
    };

    ClientWatch(Supplier<Rows> source, Duration period, BiConsumer<Level, String> log) {
        this.source = source;
        this.period = period;
        this.log = log;
    }

    /// The rows of the table, as they are now.
    interface Rows {
        void each(TcpTable.Row row) throws IOException;
    }

    /// One watched request.
    static final class Watched {
        private final TcpTable.Ends ends;
        private final boolean exact;
        private final Consumer<ClientLeftException.Seen> left;
        private final long since = System.nanoTime();
        private final AtomicBoolean over = new AtomicBoolean();

        private Watched(TcpTable.Ends ends, boolean exact, Consumer<ClientLeftException.Seen> left) {
            this.ends = ends;
            this.exact = exact;
            this.left = left;
        }
    }

    /// The requests of one connection, more than one when it is shared. All but `watched` is the poller's.
    private static final class Connection {
        private volatile List<Watched> watched = List.of(); // changed under the map's lock for the key only
        private boolean established;
        private boolean closing;
        private boolean everSeen;
    }

    /// Begins to watch. Null when that is not possible here.
    ///
    /// @param exact whether the addresses are surely those of the connection
    /// @param left is told once, on the poller's thread, unless it is released before. It must not block
    @Nullable Watched watch(InetSocketAddress local, InetSocketAddress remote, boolean exact,
            Consumer<ClientLeftException.Seen> left) {
        TcpTable.Ends ends = unavailable.get() ? null : TcpTable.Ends.of(local, remote);
        if (ends == null) {
            return null;
        }
        var watched = new Watched(ends, exact, left);
        connections.compute(ends, (_, c) -> {
            Connection connection = c == null ? new Connection() : c;
            connection.watched = with(connection.watched, watched);
            return connection;
        });
        if (!running.get() && running.compareAndSet(false, true)) {
            start();
        }
        return watched;
    }

    /// After this nothing is decided against its request any more.
    void release(Watched watched) {
        if (watched.over.compareAndSet(false, true)) {
            remove(watched);
        }
    }

    private void remove(Watched watched) {
        connections.computeIfPresent(watched.ends, (_, c) -> {
            c.watched = without(c.watched, watched);
            return c.watched.isEmpty() ? null : c;
        });
    }

    private static List<Watched> with(List<Watched> list, Watched one) {
        if (list.isEmpty()) {
            return List.of(one);
        }
        var longer = new ArrayList<>(list);
        longer.add(one);
        return List.copyOf(longer);
    }

    private static List<Watched> without(List<Watched> list, Watched one) {
        if (list.size() == 1) {
            return list.getFirst() == one ? List.of() : list;
        }
        return list.stream().filter(w -> w != one).toList();
    }

    /// How many connections are watched.
    int size() {
        return connections.size();
    }

    private void start() {
        try {
            var thread = Thread.ofPlatform().daemon().name("millrace-http-watch").inheritInheritableThreadLocals(false)
                    .unstarted(this::poll);
            thread.setContextClassLoader(null); // it must keep no application alive
            thread.start();
        } catch (Throwable t) { // no thread is left: the next request tries again
            running.set(false);
            log.accept(Level.WARNING, "cannot watch whether clients leave: " + t);
        }
    }

    private void poll() {
        try {
            Rows rows = source.get();
            long longest = period.toNanos();
            long pause = longest / SHORTEST;
            long cost = 0;
            long idle = 0;
            for (;;) {
                Context.background().sleep(Duration.ofNanos(pause));
                if (!connections.isEmpty()) {
                    idle = 0;
                    if (isWorthIt()) {
                        long begun = System.nanoTime();
                        look(rows);
                        cost = smoothed(cost, System.nanoTime() - begun);
                        pause = pause(cost, longest);
                    }
                } else if ((idle += pause) >= IDLE_PERIODS * longest) {
                    running.set(false);
                    if (connections.isEmpty() || !running.compareAndSet(false, true)) {
                        return;
                    }
                    idle = 0;
                }
            }
        } catch (Throwable t) {
            boolean first = unavailable.compareAndSet(false, true);
            connections.clear();
            running.set(false);
            if (first) {
                log.accept(t instanceof IOException ? Level.INFO : Level.WARNING,
                        "a client that leaves is only noticed by a"
                                + " write that fails, since the kernel's table of connections cannot be read: " + t);
            }
        }
    }

    /// What a look costs: follows a shorter one at once and a longer one slowly, since who loses the processor within one does not use it.
    static long smoothed(long cost, long took) {
        return cost == 0 || took < cost ? took : cost + (took - cost) / 8;
    }

    /// How long to pause after looks of such cost.
    static long pause(long cost, long longest) {
        return Math.clamp(cost * (SHARE - 1), longest / SHORTEST, longest);
    }

    private boolean isWorthIt() {
        long young = System.nanoTime() - period.toNanos() / 2;
        for (Connection c : connections.values()) {
            for (Watched w : c.watched) {
                if (w.since - young <= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private void look(Rows rows) throws IOException {
        var all = new ArrayList<>(connections.values());
        var each = new ArrayList<List<Watched>>(all.size());
        for (Connection c : all) {
            each.add(c.watched);
            c.established = false;
            c.closing = false;
        }
        looked = all;
        ports.clear();
        rows.each(row);
        if (!allFound()) {
            rows.each(row); // once, for all
        }
        for (int i = 0; i < all.size(); i++) {
            judge(all.get(i), each.get(i));
        }
        looked = List.of(); // keeps nobody alive
    }

    private boolean allFound() {
        for (Connection c : looked) {
            if (!c.established && !c.closing) {
                return false;
            }
        }
        return true;
    }

    private void row(TcpTable.Ends ends, int state) {
        ports.set(ends.localPort());
        Connection c = connections.get(ends);
        if (c == null) {
            return;
        }
        // In any other state the server itself has closed: that is no leaving.
        if (state == TcpTable.CLOSE_WAIT) {
            c.closing = true;
        } else {
            c.established = true;
            c.everSeen = true;
        }
    }

    private void judge(Connection c, List<Watched> watched) {
        if (c.established) {
            return;
        }
        for (Watched w : watched) {
            if (c.closing) {
                tell(w, ClientLeftException.Seen.CLOSED);
            } else if (c.everSeen || (w.exact && ports.get(w.ends.localPort()))) {
                tell(w, ClientLeftException.Seen.GONE);
            }
        }
    }

    private void tell(Watched w, ClientLeftException.Seen seen) {
        if (w.over.compareAndSet(false, true)) {
            remove(w);
            w.left.accept(seen);
        }
    }
}
