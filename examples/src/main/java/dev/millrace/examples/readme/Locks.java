package dev.millrace.examples.readme;

import static java.time.Duration.ofMillis;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.Pool;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WeightedSemaphore;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;

/// Locks and what goes with them, as the README, the package comment and `docs/go-to-java.md` show them.
final class Locks {
    private Locks() {}

    static final class Counter {
        // region hits
        private final Mutex mu = Mutex.named("hits");
        private final Map<String, Integer> hits = new HashMap<>(); // guarded by mu

        void hit(String page) {
            mu.holding(() -> hits.merge(page, 1, Integer::sum)); // unlocks, however it ends
        }

        int hits(String page) {
            return mu.callHolding(() -> hits.getOrDefault(page, 0));
        }
        // endregion

        Mutex mutex() {
            return mu;
        }

        // region select
        String report(Context ctx, ReceiveChan<String> stop) {
            return Select.<String>first()
                    .lock(mu, () -> {
                        try {
                            return "hits: " + hits;
                        } finally {
                            mu.unlock();
                        }
                    })
                    .receive(stop, why -> "no report: " + why)
                    .timeout(ofMillis(50), () -> "no report: too busy")
                    .run(ctx); // when ctx ends, nothing is locked
        }
        // endregion
    }

    record Limits(int connections) {}

    static final class Config {
        private final Supplier<Limits> source;

        Config(Supplier<Limits> source) {
            this.source = source;
        }

        // region rwmutex
        private final RWMutex mu = new RWMutex();
        private Limits limits = new Limits(10); // guarded by mu

        int connections() {
            return mu.readLocker().callHolding(() -> limits.connections()); // many at a time
        }

        void reload(Context ctx) {
            mu.holding(ctx, () -> limits = source.get()); // alone
        }
        // endregion
    }

    static final class Lazy {
        private final Supplier<Limits> source;

        Lazy(Supplier<Limits> source) {
            this.source = source;
        }

        // region once
        private final OnceValue<Limits> limits = OnceValue.of(() -> load());

        int connections() {
            return limits.get().connections(); // the first call loads, the others wait for it
        }
        // endregion

        private Limits load() {
            return source.get();
        }
    }

    // region queue
    /// Jobs for workers: a take waits for one, or until its context ends.
    static final class Jobs {
        private final Mutex mu = new Mutex();
        private final Cond added = new Cond(mu);
        private final Queue<String> jobs = new ArrayDeque<>(); // guarded by mu

        void put(String job) {
            mu.holding(() -> jobs.add(job));
            added.signal(); // one job, one who wakes
        }

        String take(Context ctx) {
            return mu.callHolding(ctx, () -> {
                added.awaitUntil(ctx, () -> !jobs.isEmpty()); // gives the lock back while it waits
                return jobs.remove();
            });
        }
    }
    // endregion

    // region pool
    private static final Pool<StringBuilder> BUILDERS = Pool.of(() -> new StringBuilder(64 * 1024));

    static String join(Iterable<String> parts) {
        var builder = BUILDERS.get();
        try {
            builder.setLength(0); // it is as its last user left it
            parts.forEach(builder::append);
            return builder.toString();
        } finally {
            BUILDERS.put(builder);
        }
    }
    // endregion

    record Session(String user) {}

    static final class Sessions {
        // region map
        private final SyncMap<String, Session> sessions = new SyncMap<>();

        Session open(String user) {
            return sessions.loadOrStore(user, new Session(user)).value(); // all get the one that was first
        }
        // endregion
    }

    static final class Images {
        // region semaphore
        private final WeightedSemaphore memory = WeightedSemaphore.named("megabytes", 512);

        String render(Context ctx, int megabytes) {
            try (var _ = memory.permit(ctx, megabytes)) { // waits until there is so much, or ctx ends
                return "rendered with " + memory.available() + " MB left";
            }
        }
        // endregion
    }
}
