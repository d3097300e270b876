package dev.millrace.testing.explore.engine;

import org.jspecify.annotations.Nullable;

/// The program, loaded once, and its schedules one after the other. It is given up after one that failed: what is static may be left in any state.
final class Session {
    private static final long SECOND = 1_000_000_000;

    final Catalog catalog = new Catalog();
    private final Settings settings;
    private final Places places = new Places(catalog);
    private final Entry.Body body;
    private long clock = SECOND;

    Session(Settings settings, Entry entry, @Nullable Catalog earlier) {
        this.settings = settings;
        if (earlier != null) {
            catalog.pointsOf(earlier);
        }
        var loader = new ExploringLoader(entry, catalog, settings);
        try {
            body = entry.open(loader);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "the program must be a static lambda, or a method without parameters of a class that has a constructor"
                            + " without: " + e.getMessage(),
                    e);
        }
    }

    /// One schedule; who is left is unwound. A failed one is described before that.
    Run run(Strategy strategy, Injection injection, boolean warming, boolean traced) {
        places.clear();
        injection.begin();
        Thread main =
                Thread.ofVirtual().name("main").unstarted(java.util.Objects.requireNonNull(Calls.wrap(this::body)));
        var run = new Run(
                catalog, settings, strategy, places, injection, clock, warming, Thread.currentThread(), main, traced);
        Hooks.run(run);
        run.drive();
        if (run.failure() != null) {
            run.trace.stacks(run);
        }
        run.unwind();
        Hooks.run(null);
        clock = (run.clock() / SECOND + 1) * SECOND;
        return run;
    }

    private void body() {
        try {
            body.run();
        } catch (Throwable t) {
            throw Session.<RuntimeException>asItIs(t);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // unchecked at run time: that is the point
    private static <X extends Throwable> X asItIs(Throwable failure) throws X {
        throw (X) failure;
    }
}
