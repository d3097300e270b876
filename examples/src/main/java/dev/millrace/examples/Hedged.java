package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// A hedged request: who does not answer soon gets company, and who loses is cancelled.
final class Hedged extends Example {
    Hedged() {
        super("hedged");
    }

    // region hedged
    @Override
    int play(Context parent, PrintStream out, Options options) {
        var first = options.duration("--first", ofSeconds(2));
        var second = options.duration("--second", ofMillis(20));
        var after = options.duration("--after", ofMillis(50));
        options.end();
        var losers = new WaitGroup();
        try (var ctx = parent.withCancel()) {
            var answers = Chan.<String>unbuffered();
            losers.go(ctx, c -> ask(c, "replica 1", first, answers, out));
            String answer = Select.<String>first()
                    .receive(answers, text -> text)
                    .timeout(after, () -> {
                        out.println("no answer after " + after.toMillis() + " ms, asking replica 2 as well");
                        losers.go(ctx, c -> ask(c, "replica 2", second, answers, out));
                        return answers.receive(ctx);
                    })
                    .run(ctx);
            out.println(answer);
        } // cancels who has not answered
        losers.await();
        return 0;
    }

    private static void ask(Context ctx, String replica, Duration takes, SendChan<String> answers, PrintStream out) {
        try {
            ctx.sleep(takes); // a request that takes the context
            answers.send(ctx, replica + " answers");
        } catch (ContextException e) {
            out.println(replica + ": " + words(e));
        }
    }
    // endregion
}
