package dev.millrace.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Cancels that race with statements of about a millisecond, on one connection of a pool. What is done next on it is never hit, and all is
/// back at its start.
///
/// The cancel's moment follows the race: later when it has won, earlier when it has lost. So both win, on a loaded machine too.
final class Races {
    private static final int WARM = 20;
    private static final int LEAST = 200;
    private static final int EACH = 40;

    private final Connection connection;
    private final String brief;
    private final long answer;
    private final boolean isReusable;
    private final PreparedStatement next;
    private PreparedStatement raced;
    private long nanos = 1_000_000;
    private int cancelled;
    private int returned;

    private Races(Connection connection, String brief, long answer, boolean isReusable) throws SQLException {
        this.connection = connection;
        this.brief = brief;
        this.answer = answer;
        this.isReusable = isReusable;
        this.next = connection.prepareStatement(brief);
        this.raced = connection.prepareStatement(brief);
    }

    /// Races 200 times, and on until each side has won 40 times.
    ///
    /// @param brief answers one number, `answer`, in about a millisecond
    /// @param isReusable false when the driver closes a prepared statement that was cut short
    static void race(String server, HikariDataSource pool, String brief, long answer, boolean isReusable)
            throws Exception {
        Connection raw;
        try (var a = pool.getConnection();
                var _ = pool.getConnection()) { // both are there from now on
            raw = a.unwrap(Connection.class);
        }
        play(pool, brief, answer, isReusable, WARM, 0);
        var start = Pools.holdings(pool);
        Races played = play(pool, brief, answer, isReusable, LEAST, EACH);
        System.out
                .println(server + ": the cancel won " + played.cancelled + " races, the operation " + played.returned);
        assertTrue(played.cancelled >= EACH && played.returned >= EACH,
                "there was no race: " + played.cancelled + " to " + played.returned);
        start.awaitBack();
        assertTrue(raw.isValid(5));
    }

    private static Races play(
            HikariDataSource pool, String brief, long answer, boolean isReusable, int least, int each)
            throws Exception {
        try (var c = Database.of(pool).getConnection()) {
            var races = new Races(c, brief, answer, isReusable);
            long until = System.nanoTime() + Slow.LONG.toNanos();
            for (int i = 0;
                    i < least
                            || (Math.min(races.cancelled, races.returned) < each && System.nanoTime() < until);
                    i++) {
                races.once();
            }
            return races;
        }
    }

    private void once() throws Exception {
        if (Slow.race(nanos, raced::executeQuery)) {
            cancelled++;
            nanos += nanos / 8 + 1_000;
        } else {
            returned++;
            nanos -= nanos / 8;
        }
        assertEquals(answer, number(next)); // the next operation
        if (!isReusable) {
            raced.close();
            raced = connection.prepareStatement(brief);
        }
        assertEquals(answer, number(raced)); // and the next one of the same statement
    }

    private static long number(PreparedStatement s) throws SQLException {
        try (var rows = s.executeQuery()) {
            assertTrue(rows.next());
            return rows.getLong(1);
        }
    }
}
