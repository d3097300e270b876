package dev.millrace.jdbc;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Prints tables: `-Dtest=Measure -Djdbc.measure=200`, the number of runs.
@EnabledIfSystemProperty(named = "jdbc.measure", matches = "\\d+")
class Measure {
    private static final int RUNS = Integer.getInteger("jdbc.measure", 0);

    private static void row(String driver, String act, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "| %s | %s | %.2f ms | %.2f ms |%n",
                driver, act, nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
    }

    private static void stop(String driver, DataSource source, String slow, boolean remote) throws SQLException {
        for (String act : new String[] {"timeout", "cancel", "parent cancel"}) {
            var returned = new long[RUNS];
            var gone = new long[RUNS];
            try (var c = Database.of(source).getConnection()) {
                for (int i = 0; i < RUNS; i++) {
                    try (var parent = Context.background().withCancel();
                            var ctx = act.equals("timeout")
                                    ? parent.withTimeout(Duration.ofMillis(40))
                                    : parent.withCancel();
                            Statement s = c.createStatement()) {
                        long[] at = {System.nanoTime() + 40_000_000};
                        if (!act.equals("timeout")) {
                            dev.millrace.go.Go.go(() -> {
                                Context.background().sleep(Duration.ofMillis(40));
                                at[0] = System.nanoTime();
                                (act.equals("cancel") ? ctx : parent).cancel();
                            });
                        }
                        try {
                            ctx.<Object, SQLException>call(() -> s.executeQuery(slow).next());
                            throw new AssertionError("returned normally");
                        } catch (ContextException e) {
                            returned[i] = System.nanoTime() - at[0];
                        }
                        if (remote) {
                            Slow.awaitRunning(slow, 0);
                            gone[i] = System.nanoTime() - at[0];
                        }
                    }
                }
            }
            row(driver, act + " -> execute has returned", returned);
            if (remote) {
                row(driver, act + " -> pg_stat_activity shows it ended (with the question's time)", gone);
            }
        }
    }

    @Test
    void stops() throws SQLException {
        System.out.println("| driver | act -> effect | p50 | p99 |\n|---|---|---|---|");
        stop("PostgreSQL 18", Slow.postgres(), Slow.POSTGRES, true);
        stop("H2", Slow.h2("measure"), Slow.H2, false);
        stop("SQLite", Slow.sqlite(), Slow.SQLITE, false);
    }

    private interface Body {
        void run() throws SQLException;
    }

    private static double nanosPer(int count, Body body) throws SQLException {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 12; round++) {
            long t = System.nanoTime();
            for (int i = 0; i < count; i++) {
                body.run();
            }
            best = Math.min(best, (System.nanoTime() - t) / (double) count);
        }
        return best;
    }

    private static void calls(String name, Connection c) throws SQLException {
        try (var s = c.prepareStatement("SELECT 1");
                var big = c.prepareStatement("SELECT x FROM SYSTEM_RANGE(1, 100000)")) {
            double execute = nanosPer(20_000, () -> {
                try (var rows = s.executeQuery()) {
                    rows.next();
                }
            });
            double row = nanosPer(5, () -> {
                try (var rows = big.executeQuery()) {
                    while (rows.next()) {
                        rows.getInt(1);
                    }
                }
            }) / 100_000;
            System.out.printf("| %s | %.0f ns | %.0f ns |%n", name, execute, row);
        }
    }

    @Test
    void overhead() throws SQLException {
        var source = Slow.h2("overhead");
        System.out.println("| H2, best of 12 | executeQuery + next + close | next + getInt |\n|---|---|---|");
        try (var c = source.getConnection()) {
            calls("plain", c);
        }
        try (var c = Database.of(source).getConnection()) {
            calls("wrapped, background", c);
        }
        try (var ctx = Context.background().withTimeout(Duration.ofHours(1));
                var c = Database.of(source).with(ctx).getConnection()) {
            calls("wrapped, under a deadline", c);
        }
    }
}
