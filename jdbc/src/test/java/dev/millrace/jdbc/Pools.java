package dev.millrace.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Goroutines;
import dev.millrace.verify.Holdings;
import java.time.Duration;
import javax.sql.DataSource;

/// Pools of two connections, and what is held with one: a test has to leave that as it found it.
final class Pools {
    static final int SIZE = 2;

    private Pools() {}

    static HikariDataSource pool(DataSource source) {
        var config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(SIZE);
        config.setConnectionTimeout(20_000);
        return new HikariDataSource(config);
    }

    /// Of now, when what a warm-up has left is over: no goroutine, all connections idle, no thread of ours.
    static Holdings holdings(HikariDataSource pool) {
        var bean = pool.getHikariPoolMXBean();
        long until = System.nanoTime() + Slow.LONG.toNanos();
        for (Holdings now = taken(pool);; now = taken(pool)) {
            if (Go.numGoroutine() == 0 && bean.getIdleConnections() == SIZE
                    && !now.toString().contains("thread millrace-jdbc-#")) {
                return now;
            }
            if (System.nanoTime() > until) {
                throw new AssertionError("it does not become quiet: " + now + "\n" + Goroutines.dump());
            }
            Context.background().sleep(Duration.ofMillis(10)); // nobody tells
        }
    }

    private static Holdings taken(HikariDataSource pool) {
        var bean = pool.getHikariPoolMXBean();
        return Holdings.now().counting("goroutines", Go::numGoroutine)
                .counting("connections in use", bean::getActiveConnections)
                .counting("connections not idle", () -> SIZE - bean.getIdleConnections());
    }
}
