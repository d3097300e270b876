package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// Two players, one table, one ball.
final class PingPong extends Example {
    PingPong() {
        super("ping-pong");
    }

    // region ping-pong
    private record Ball(int hits) {}

    @Override
    int play(Context parent, PrintStream out, Options options) {
        var pause = options.duration("--pause", ofMillis(100));
        var match = options.duration("--match", ofSeconds(1));
        options.end();
        var players = new WaitGroup();
        try (var ctx = parent.withCancel()) {
            var table = Chan.<Ball>unbuffered();
            players.go(ctx, c -> player(c, "ping", table, pause, out));
            players.go(ctx, c -> player(c, "pong", table, pause, out));

            table.send(ctx, new Ball(0)); // the game is on
            ctx.sleep(match);
            var ball = table.receive(ctx); // the game is over
            out.println(ball.hits + " hits");
        } // cancels: the players go home
        players.await();
        return 0;
    }

    private static void player(Context ctx, String name, Chan<Ball> table, Duration pause, PrintStream out) {
        for (;;) {
            int hits = table.receive(ctx).hits + 1;
            out.println(name + " " + hits);
            ctx.sleep(pause);
            table.send(ctx, new Ball(hits));
        }
    }
    // endregion
}
