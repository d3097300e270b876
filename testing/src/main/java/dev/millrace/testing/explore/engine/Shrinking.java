package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for fewer choices that lead to a failure of the same sort: leaves some out and runs the schedule again, each time in a new session, for a while.
final class Shrinking {
    private static final long MOST_NANOS = 2_000_000_000L;

    private final Settings settings;
    private final Entry entry;
    private final Catalog catalog;
    private final Injection injection;
    private final Failure failure;
    private final long start = System.nanoTime();

    Shrinking(Settings settings, Entry entry, Catalog catalog, Injection injection, Failure failure) {
        this.settings = settings;
        this.entry = entry;
        this.catalog = catalog;
        this.injection = injection;
        this.failure = failure;
    }

    /// As few as were found; `choices` when there was none.
    String shrunk(String choices) {
        String best = choices;
        int parts = 2;
        while (!best.isEmpty() && System.nanoTime() - start < MOST_NANOS) {
            List<String> all = List.of(best.split(","));
            int size = Math.max(1, all.size() / parts);
            String shorter = null;
            for (int from = all.size() - size; from > -size && shorter == null; from -= size) {
                var rest = new ArrayList<>(all.subList(0, Math.max(0, from)));
                rest.addAll(all.subList(Math.max(0, from) + Math.min(size, size + Math.min(0, from)), all.size()));
                shorter = System.nanoTime() - start < MOST_NANOS ? failing(String.join(",", rest), all.size()) : null;
            }
            if (shorter != null) {
                best = shorter;
                parts = Math.max(2, parts - 1);
            } else if (size == 1) {
                return best;
            } else {
                parts = Math.min(all.size(), 2 * parts);
            }
        }
        return best;
    }

    /// The choices that were made, when `choices` lead to it and these are less than `most`.
    private @Nullable String failing(String choices, int most) {
        var session = new Session(settings, entry, catalog);
        var replay = new Replay(choices, false);
        if (session.run(replay, injection, true, false).failure() != null) {
            return null;
        }
        Run run = session.run(replay, injection, false, false);
        Failure found = run.failure();
        String made = run.choices();
        boolean fewer = made.isEmpty() || made.split(",", -1).length < most;
        return found != null && found.mayRepeat() && fewer && found.sort().equals(failure.sort()) ? made : null;
    }
}
