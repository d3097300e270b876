package dev.millrace.examples.questions;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.atomic.LongAdder;

/// See `docs/questions/is-a-shared-context-a-race.md`.
final class SharedContext {
    private SharedContext() {}

    // region shared
    /// The adder is safe for many threads; a long[] in its place would be a data race, and no fault of the context's.
    private static final Context.Key<LongAdder> HITS = Context.Key.named("hits");

    static long share(Context parent, int goroutines) {
        var hits = new LongAdder();
        try (var ctx = parent.withCancel()) {
            var shared = ctx.withValue(HITS, hits);
            var wg = new WaitGroup();
            for (int i = 0; i < goroutines; i++) {
                wg.go(shared, c -> {
                    var mine = c.value(HITS);
                    if (mine != null) {
                        mine.increment();
                    }
                    c.awaitDone();
                });
            }
            ctx.cancel();
            wg.await();
        }
        return hits.sum();
    }
    // endregion
}
