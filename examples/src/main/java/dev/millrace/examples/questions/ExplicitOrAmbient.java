package dev.millrace.examples.questions;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;

/// See `docs/questions/explicit-or-ambient.md`.
final class ExplicitOrAmbient {
    private ExplicitOrAmbient() {}

    // region key
    private static final Context.Key<String> USER = Context.Key.named("user", "nobody");
    // endregion

    // region explicit
    static String explicit(Context request) {
        var ctx = request.withValue(USER, "ada");
        return describe(ctx, "order 7");
    }

    private static String describe(Context ctx, String what) {
        ctx.check(); // the signature says that this may end early
        return what + " of " + ctx.value(USER);
    }
    // endregion

    // region ambient
    static String ambient(Context request) {
        var ctx = request.withValue(USER, "ada");
        return ctx.call(() -> line("order 7"));
    }

    private static String line(String what) {
        return what + " of " + Context.current().value(USER);
    }
    // endregion

    // region goroutines
    static List<String> goroutines(Context request) {
        var lines = new ConcurrentLinkedQueue<String>();
        var wg = new WaitGroup();
        wg.add(2);
        request.withValue(USER, "ada").run(() -> go(() -> {
            lines.add(line("inherited"));
            wg.done();
        }));
        go(request.withValue(USER, "grace"), _ -> {
            lines.add(line("given"));
            wg.done();
        });
        wg.await();
        return lines.stream().sorted().toList();
    }
    // endregion

    // region executor
    static List<String> executor(Context request, ExecutorService pool) throws Exception {
        var ctx = request.withValue(USER, "ada");
        var lost = ctx.call(() -> pool.submit(() -> line("lost")));
        var carried = pool.submit(() -> ctx.call(() -> line("carried")));
        return List.of(lost.get(), carried.get());
    }
    // endregion
}
