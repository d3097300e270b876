package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.internal.Goroutine;
import org.jspecify.annotations.Nullable;

/// The first goroutine of a bubble: the body, then the end of the bubble's context, then the clean-ups.
final class Main extends Goroutine {
    private final Run run;
    private final Bubble bubble;
    private final Bubble.Body body;

    Main(Run run, BubbleScheduler scheduler, Bubble bubble, Bubble.Body body) {
        super(scheduler, null, null, "main");
        this.run = run;
        this.bubble = bubble;
        this.body = body;
    }

    @Override
    protected void body() throws Throwable {
        try (var ctx = Context.background().withName("bubble").withCancel()) {
            bubble.begin(ctx.view());
            body.run(bubble);
        }
    }

    @Override
    protected void ended(@Nullable Throwable failure) {
        if (failure != null) {
            run.note(failure);
        }
        run.endMain();
    }
}
