package dev.millrace.examples.readme;

// region program
import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.sync.WaitGroup;

class First {
    public static void main(String[] args) {
        var wg = new WaitGroup();
        try (var ctx = Context.background().withName("demo").withTimeout(ofMillis(50))) {
            wg.go(ctx, c -> count(c, "tick", 10));
            wg.go(ctx, c -> count(c, "tock", 20));
            wg.await();
            System.out.println(ctx.err().getMessage());
        }
    }

    static void count(Context ctx, String word, int millis) {
        try {
            for (int n = 1;; n++) {
                ctx.sleep(ofMillis(millis)); // a form that takes the context gives up when it ends
                System.out.println(word + " " + n);
            }
        } catch (ContextException e) {
            System.out.println(word + ": " + e.getMessage());
        }
    }
}
// endregion
