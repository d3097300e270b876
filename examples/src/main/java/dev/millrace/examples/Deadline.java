package dev.millrace.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.time.Instant;

/// Which comes first, the deadline or the end of a long sleep?
final class Deadline extends Example {
    Deadline() {
        super("deadline");
    }

    // region deadline
    @Override
    int play(Context parent, PrintStream out, Options options) {
        var timeout = options.duration("--timeout", ofMillis(50));
        var work = options.duration("--work", ofSeconds(1));
        options.end();
        // Closed in any case, else the context and its parent may live longer than needed.
        try (var ctx = parent.withDeadline(Instant.now().plus(timeout))) {
            out.println(Select.<String>first()
                    .timeout(work, () -> "overslept")
                    .done(ctx, _ -> words(ctx.err()))
                    .run());
        }
        return 0;
    }
    // endregion
}
