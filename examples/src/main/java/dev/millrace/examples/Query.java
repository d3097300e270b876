package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.jdbc.Database;
import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/// A query that would take hours, on a real database: once under a context, once with a timeout that only the caller has.
final class Query extends Example {
    private static final String SQL = "select count(*) from system_range(1, 1000000000000) where mod(x, 7) = 3";

    Query() {
        super("query");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var timeout = options.duration("--timeout", ofMillis(50));
        boolean byHand = options.flag("--by-hand");
        options.end();
        try (var memory = new MemoryDatabase()) {
            memory.runs(SQL); // so that the first real look is no slower than the others
            out.println("asking: " + SQL);
            if (byHand) {
                askByHand(memory, timeout, out);
            } else {
                ask(ctx, timeout, memory, out);
            }
        }
        out.println("over");
        return 0;
    }

    // region query
    private static void ask(Context parent, Duration timeout, MemoryDatabase memory, PrintStream out)
            throws SQLException {
        var database = Database.of(memory.pool);
        try (var ctx = parent.withName("count").withTimeout(timeout);
                var connection = database.with(ctx).getConnection();
                var statement = connection.createStatement()) {
            out.println("rows: " + number(statement, SQL));
        } catch (ContextException e) {
            out.println(e.getMessage());
        }
        out.println("the database is still at it: " + memory.runs(SQL));
        try (var connection = database.with(parent).getConnection(); // the same one, from the pool
                var statement = connection.createStatement()) {
            out.println("asking the next: 1 + 1 = " + number(statement, "select 1 + 1"));
        }
    }
    // endregion

    // region by-hand
    private static void askByHand(MemoryDatabase memory, Duration timeout, PrintStream out) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor();
                var connection = memory.pool.getConnection();
                var statement = connection.createStatement()) {
            Future<Long> answer = executor.submit(() -> number(statement, SQL));
            try {
                out.println("rows: " + answer.get(timeout.toNanos(), NANOSECONDS));
            } catch (TimeoutException _) {
                answer.cancel(true);
                out.println("no answer after " + timeout.toMillis() + " ms: the caller has its timeout, and goes on");
            }
            sleep(ofSeconds(1));
            out.println("a second later, the database is still at it: " + memory.runs(SQL));
            statement.cancel(); // else it would be for hours
        }
    }
    // endregion

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
