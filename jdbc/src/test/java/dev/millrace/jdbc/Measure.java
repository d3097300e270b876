package dev.millrace.jdbc;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Prints the tables of docs/design/integrations.md: `-Dtest=Measure -Djdbc.measure=200`, the number of runs; with
/// `-Dmillrace.watchdog.seconds=600`, since 200 take longer than a test may.
@EnabledIfSystemProperty(named = "jdbc.measure", matches = "\\d+")
class Measure {
    static final int RUNS = Integer.getInteger("jdbc.measure", 0);
    private static final Duration BEFORE = Duration.ofMillis(40);

    /// How many servers' processes run a query; asked until there is none.
    interface Asking {
        int running(String query) throws SQLException;
    }

    private static String millis(long[] nanos) {
        Arrays.sort(nanos);
        return "%.2f | %.2f".formatted(nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
    }

    static void stop(String driver, DataSource source, String slow, Asking asking) throws SQLException {
        for (String act : new String[] {"timeout", "cancel", "parent cancel"}) {
            var returned = new long[RUNS];
            var gone = new long[RUNS];
            try (var c = Database.of(source).getConnection()) {
                for (int i = -20; i < RUNS; i++) {
                    long[] at = new long[1];
                    try (var parent = Context.background().withCancel();
                            var ctx = act.equals("timeout") ? parent.withTimeout(BEFORE) : parent.withCancel();
                            var s = c.createStatement()) {
                        at[0] = System.nanoTime() + BEFORE.toNanos();
                        if (!act.equals("timeout")) {
                            CancellableContext ended = act.equals("cancel") ? ctx : parent;
                            Go.go(() -> {
                                Context.background().sleep(BEFORE);
                                at[0] = System.nanoTime();
                                ended.cancel();
                            });
                        }
                        try {
                            ctx.<Object, SQLException>call(() -> s.executeQuery(slow).next());
                            throw new AssertionError(driver + ", " + act + ", run " + i + ": returned normally");
                        } catch (ContextException e) {
                            long back = System.nanoTime();
                            if (asking != null) {
                                while (asking.running(slow) != 0) {
                                    Thread.onSpinWait();
                                }
                            }
                            if (i >= 0) {
                                returned[i] = back - at[0];
                                gone[i] = System.nanoTime() - at[0];
                            }
                        }
                    }
                }
            }
            System.out.println("| " + driver + " | " + act + " | " + millis(returned) + " | "
                    + (asking == null ? "as it returns | " : millis(gone)) + " |");
        }
    }

    static void head() {
        System.out.println("| server | act | returned, p50 ms | p99 ms | ended on the server, p50 ms | p99 ms |");
        System.out.println("|---|---|---|---|---|---|");
    }

    @Test
    void stops() throws SQLException {
        head();
        stop("PostgreSQL 18", Slow.postgres(), Slow.POSTGRES, Slow::running);
        stop("H2", Slow.h2("measure"), Slow.H2, null);
        stop("SQLite", Slow.sqlite(), Slow.SQLITE, null);
    }

    private static void one(PreparedStatement s) throws SQLException {
        try (var rows = s.executeQuery()) {
            rows.next();
        }
    }

    private static final int CALLS = 20_000;
    private static final int ROWS = 100_000;

    private static double[] calls(Connection c, ScheduledThreadPoolExecutor timer) throws SQLException {
        try (var s = c.prepareStatement("SELECT 1");
                var big = c.prepareStatement("SELECT x FROM SYSTEM_RANGE(1, " + ROWS + ")")) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                if (timer == null) {
                    one(s);
                    continue;
                }
                var due = timer.schedule(
                        () -> {
                            s.cancel();
                            return null;
                        },
                        1,
                        MINUTES);
                try {
                    one(s);
                } finally {
                    due.cancel(false);
                }
            }
            double call = (System.nanoTime() - start) / (double) CALLS;
            start = System.nanoTime();
            try (var rows = big.executeQuery()) {
                while (rows.next()) {
                    rows.getInt(1);
                }
            }
            return new double[] {call, (System.nanoTime() - start) / (double) ROWS};
        }
    }

    private static double takings(Callable<Connection> source) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS / 4; i++) {
            source.call().close();
        }
        return (System.nanoTime() - start) / (CALLS / 4.0);
    }

    /// A pool that has a connection at once. By hand, who takes a connection can only be ended in time when another thread does it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takingAConnection(boolean virtual) throws Exception {
        String[] names =
                {"plain", "by hand", "wrapped, background", "wrapped, under a cancel", "wrapped, under a deadline"};
        int rounds = 9;
        var took = new double[names.length][rounds];
        try (var pool = Pools.pool(Slow.h2("taking"));
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var cancel = Context.background().withCancel();
                var deadline = Context.background().withTimeout(Duration.ofHours(1))) {
            Callable<Connection> plain = pool::getConnection;
            List<Callable<Connection>> all = List.of(plain, () -> threads.submit(plain).get(1, MINUTES),
                    Database.of(pool)::getConnection, Database.of(pool).with(cancel)::getConnection,
                    Database.of(pool).with(deadline)::getConnection);
            OffloadTest.on(virtual, () -> {
                for (int round = -3; round < rounds; round++) {
                    for (int k = 0; k < all.size(); k++) {
                        double nanos = takings(all.get(k));
                        if (round >= 0) {
                            took[k][round] = nanos;
                        }
                    }
                }
                return true;
            });
        }
        System.out.println("| getConnection and close, ns, median of " + rounds + " | "
                + (virtual ? "virtual" : "platform") + " thread |");
        for (int k = 0; k < names.length; k++) {
            Arrays.sort(took[k]);
            System.out.printf("| %s | %.0f |%n", names[k], took[k][rounds / 2]);
        }
    }

    /// H2, which answers at once, so that what is ours is seen. The shapes take turns.
    @Test
    void overhead() throws SQLException {
        var source = Slow.h2("overhead");
        String[] names = {
            "plain", "plain, cancelled by a timer by hand", "wrapped, background", "wrapped, under a cancel",
            "wrapped, under a deadline"
        };
        int rounds = 15;
        var call = new double[names.length][rounds];
        var row = new double[names.length][rounds];
        try (var timer = new ScheduledThreadPoolExecutor(1);
                var cancel = Context.background().withCancel();
                var deadline = Context.background().withTimeout(Duration.ofHours(1));
                var plain = source.getConnection();
                var background = Database.of(source).getConnection();
                var cancellable = Database.of(source).with(cancel).getConnection();
                var timed = Database.of(source).with(deadline).getConnection()) {
            timer.setRemoveOnCancelPolicy(true);
            Connection[] all = {plain, plain, background, cancellable, timed};
            for (int round = -5; round < rounds; round++) {
                for (int k = 0; k < all.length; k++) {
                    double[] took = calls(all[k], k == 1 ? timer : null);
                    if (round >= 0) {
                        call[k][round] = took[0];
                        row[k][round] = took[1];
                    }
                }
            }
        }
        System.out.println("| H2, ns, median of " + rounds + " | executeQuery, next, close | next, getInt |");
        System.out.println("|---|---|---|");
        for (int k = 0; k < names.length; k++) {
            Arrays.sort(call[k]);
            Arrays.sort(row[k]);
            System.out.printf("| %s | %.0f | %.0f |%n", names[k], call[k][rounds / 2], row[k][rounds / 2]);
        }
    }
}
