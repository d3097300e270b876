package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.exec.Exec;
import dev.millrace.group.TaskGroup;
import dev.millrace.net.Dialer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;

/// One deadline ends five kinds of work, here and where they made others work.
final class Five extends Example {
    static final String SLOW = "select count(*) from system_range(1, 1000000000000) where mod(x, 7) = 3";

    Five() {
        super("five");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var timeout = options.duration("--timeout", ofMillis(300));
        options.end();
        try (var ends = FiveEnds.open()) { // once for nothing: the times shall not be those of loading classes
            work(ctx, ofMillis(500), ends, new PrintStream(OutputStream.nullOutputStream()));
        }
        try (var ends = FiveEnds.open()) {
            work(ctx, timeout, ends, out);
            ends.report(out);
        }
        return 0;
    }

    private static void work(Context request, Duration timeout, FiveEnds ends, PrintStream out) throws Exception {
        // region five
        try (var ctx = request.withName("page").withTimeout(timeout);
                var group = TaskGroup.open(ctx.withName("parts"))) {
            group.go("sql", c -> query(c, ends));
            group.go("http", c -> ends.http.get(c, ends.uri()));
            group.go("socket", c -> listen(c, ends));
            group.go("process", c -> Exec.command(c, "sh", "-c", "sleep 3600 & sleep 3600").run());
            group.go("task", c -> compute(c));
            try {
                group.join();
            } catch (ContextException e) {
                out.println(e.getMessage());
                out.print(ctx.dump()); // how long each took to stop
            }
        }
        // endregion
    }

    private static void query(Context ctx, FiveEnds ends) throws SQLException {
        try (var connection = ends.database.with(ctx).getConnection();
                var statement = connection.createStatement()) {
            statement.execute(SLOW);
        }
    }

    private static void listen(Context ctx, FiveEnds ends) throws IOException {
        try (var connection = Dialer.tcp().dial(ctx, ends.address())) {
            connection.read(ctx, new byte[1]); // nobody says anything there
        }
    }

    private static void compute(Context ctx) {
        for (long n = 0; n >= 0; n++) {
            ctx.check(); // what waits for nothing has to look by itself
        }
    }
}
