package dev.millrace.examples.questions;

import dev.millrace.context.Context;
import java.time.Duration;

/// See `docs/questions/background-or-todo.md`.
final class BackgroundOrTodo {
    private BackgroundOrTodo() {}

    // region background
    static String serve() {
        try (var ctx = Context.background().withTimeout(Duration.ofSeconds(5))) {
            return greeting(ctx, "Ada");
        }
    }
    // endregion

    // region todo
    /// The old form, from before there were contexts. Its callers have none to hand down yet.
    static String greeting(String name) {
        return greeting(Context.todo(), name);
    }

    static String greeting(Context ctx, String name) {
        ctx.check();
        return "Hello, " + name + "!";
    }
    // endregion
}
