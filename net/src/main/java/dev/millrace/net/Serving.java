package dev.millrace.net;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.Detach;
import dev.millrace.go.Go;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One run of [Listener#serve].
///
/// Two contexts: `stop` ends with the server's, and no more is accepted; `life`, that of the handlers, outlives it by the grace
/// period. A connection is in `open` from its accept until it is counted once, under the lock: as ended by its handler when that returns
/// while `life` lives, as cut otherwise, by whoever of handler and server comes first.
final class Serving {
    private static final System.Logger LOG = System.getLogger("dev.millrace.net");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

    private final Listener listener;
    private final Listener.Handler handler;
    private final CancellableContext stop;
    private final CancellableContext life;
    private final WaitGroup handlers = new WaitGroup();
    private final Mutex mu = Mutex.named("net.Listener.serve");
    private final Set<Conn> open = new HashSet<>(); // guarded by mu
    private final List<InetSocketAddress> cut = new ArrayList<>(); // guarded by mu
    private long ended; // guarded by mu

    Serving(Listener listener, Context ctx, Duration grace, Listener.Handler handler) {
        this.listener = listener;
        this.handler = handler;
        this.stop = ctx.withName("serve " + listener).withCancel();
        this.life = stop.detach(Detach.lingering(grace));
    }

    Drained serve() {
        try (stop; life) {
            try {
                acceptAll();
            } finally {
                close(listener);
            }
            long since = System.nanoTime();
            stop.cancel(new CancelledException("the listener was closed"));
            try {
                handlers.await(life);
            } catch (ContextException e) {
                cutTheRest();
            }
            return drained(since);
        } finally {
            cutTheRest(); // when it did not come so far
        }
    }

    private void acceptAll() {
        Duration pause = FIRST_PAUSE;
        while (listener.isOpen()) {
            try {
                handle(listener.accept(stop));
                pause = FIRST_PAUSE;
            } catch (IOException e) {
                if (!listener.isOpen()) {
                    return;
                }
                LOG.log(System.Logger.Level.WARNING, "accept on " + listener + " failed; next try in " + pause, e);
                if (stop.awaitDone(pause)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
            } catch (ContextException e) {
                if (stop.isDone()) {
                    return;
                }
                throw e;
            }
        }
    }

    private void handle(Conn conn) {
        mu.holding(() -> open.add(conn));
        handlers.add(1);
        Go.go(life, "serve " + conn, c -> run(c, conn)); // when it cannot be started, all are closed: nobody waits
    }

    private void run(Context ctx, Conn conn) throws Exception {
        try {
            handler.handle(ctx, conn);
        } catch (IOException e) {
            if (!life.isDone()) {
                throw e; // else it is our close that it met
            }
        } finally {
            over(conn);
        }
    }

    private void over(Conn conn) {
        mu.holding(() -> {
            if (open.remove(conn)) {
                if (life.isDone()) {
                    cut.add(conn.remoteAddress());
                } else {
                    ended++;
                }
            }
        });
        try {
            conn.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            handlers.done();
        }
    }

    private void cutTheRest() {
        var left = new ArrayList<Conn>();
        mu.holding(() -> {
            left.addAll(open);
            open.clear();
            left.forEach(conn -> cut.add(conn.remoteAddress()));
        });
        for (Conn conn : left) {
            try {
                conn.close("the drain of the listener at " + listener);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "close of " + conn, e);
            }
        }
    }

    private Drained drained(long since) {
        return mu.callHolding(() -> new Drained(ended, cut, Duration.ofNanos(System.nanoTime() - since)));
    }

    private static void close(Listener listener) {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "close of " + listener, e);
        }
    }
}
