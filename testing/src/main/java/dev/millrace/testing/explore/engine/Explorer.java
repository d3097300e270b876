package dev.millrace.testing.explore.engine;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs one schedule after the other, on a thread of its own, while the caller watches that they come to an end.
public final class Explorer implements Runnable {
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final String PATIENCE = "millrace.explore.patience";
    private static final long SECOND = 1_000_000_000;

    private final Settings settings;
    private final Entry entry;
    private final long start = System.nanoTime();
    private long schedules;
    private long acts;
    private int occasions;
    private @Nullable Outcome outcome;
    private @Nullable Throwable broken; // in the explorer itself
    private volatile boolean stopped;

    private Explorer(Settings settings, Entry entry) {
        this.settings = settings;
        this.entry = entry;
    }

    /// Explores the program, and says what was found. Blocks until that is done; explorations in one JVM are done one after the other.
    ///
    /// @throws InterruptedException when the caller is interrupted; the exploration ends after its current schedule
    public static Outcome explore(Settings settings, Entry entry) throws InterruptedException {
        ONE_AT_A_TIME.lockInterruptibly();
        try {
            return new Explorer(settings, entry).watched();
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    private Outcome watched() throws InterruptedException {
        Thread driver = Thread.ofVirtual().name("millrace-explorer").unstarted(this);
        driver.start();
        Run seen = null;
        long step = -1;
        long since = System.nanoTime();
        while (!joined(driver)) {
            Run run = Hooks.run();
            if (run != seen || run == null || run.isOver() || run.step() != step) {
                seen = run;
                step = run == null ? -1 : run.step();
                since = System.nanoTime();
            } else if (System.nanoTime() - since > Long.getLong(PATIENCE, 10) * SECOND) {
                stopped = true;
                Hooks.run(null);
                return foreign(run);
            }
        }
        if (broken != null) {
            if (broken instanceof IllegalArgumentException e) {
                throw e;
            }
            throw new IllegalStateException("the explorer has failed: " + broken, broken);
        }
        if (outcome == null) {
            throw new AssertionError("an exploration without outcome");
        }
        return outcome;
    }

    private boolean joined(Thread driver) throws InterruptedException {
        try {
            return driver.join(LOOK);
        } catch (InterruptedException e) {
            stopped = true;
            throw e;
        }
    }

    private Outcome foreign(Run run) {
        var report = new StringBuilder("strand ").append(run.running())
                .append(" does not come back: it runs for ever, or waits for something that the explorer has no model of:");
        Trace.stack(report, run.running().thread);
        return outcome(run, run.catalog, false, report.toString(), run.choices(), null);
    }

    @Override
    public void run() {
        try {
            outcome = settings.sweep() == null ? all(Injection.NONE, fresh()) : sweep();
        } catch (Throwable t) {
            broken = t;
        }
    }

    private Session fresh() {
        return new Session(settings, entry, null);
    }

    private Outcome sweep() {
        if (settings.strategy() == Settings.Kind.REPLAY) {
            return all(new Injection(settings.sweep(), Replay.occasion(settings.replay())), fresh());
        }
        Session shared = shared();
        for (int at = 0;; at++) {
            var injection = new Injection(settings.sweep(), at);
            Outcome o = all(injection, shared == null ? fresh() : shared);
            if (o.report() != null && shared != null) { // perhaps by what earlier occasions left
                shared = shared();
                o = all(injection, fresh());
            }
            if (o.report() != null || !injection.wasReached() || !o.complete()) {
                return o;
            }
            occasions = at + 1;
        }
    }

    /// A session for all occasions, where the first run has none that others have not: to load the program again for each would be
    /// most of the work. Otherwise null.
    private @Nullable Session shared() {
        Session session = fresh();
        var nothing = new Injection(settings.sweep(), Integer.MAX_VALUE);
        Run first = session.run(strategy(), nothing, true, false);
        int ofFirst = nothing.occasions();
        if (first.failure() != null) {
            return null;
        }
        Run second = session.run(strategy(), nothing, true, false);
        return second.failure() == null && nothing.occasions() == ofFirst ? session : null;
    }

    /// All schedules with one injection.
    private Outcome all(Injection injection, Session session) {
        Strategy strategy = strategy();
        Run run = session.run(strategy, injection, true, false);
        if (run.failure() != null) {
            schedules++;
            return failed(run, session.catalog, injection, true);
        }
        boolean more = true;
        while (more) {
            int points = session.catalog.pointCount();
            run = session.run(strategy, injection, false, false);
            schedules++;
            acts = Math.max(acts, run.step());
            if (run.failure() != null) {
                return failed(run, session.catalog, injection, false);
            }
            if (settings.strategy() == Settings.Kind.DEPTH_FIRST && session.catalog.pointCount() > points) {
                strategy.restart();
            } else {
                try {
                    more = strategy.next();
                } catch (Divergence e) {
                    return outcome(run, session.catalog, false, Failure.divergence(run, e).title(), "", null);
                }
            }
            if (more && (stopped || schedules >= settings.schedules()
                    || System.nanoTime() - start > settings.time().toNanos())) {
                boolean asked = settings.strategy() != Settings.Kind.DEPTH_FIRST && schedules >= settings.schedules();
                return outcome(run, session.catalog, asked, null, null, null);
            }
        }
        return outcome(run, session.catalog, true, null, null, null);
    }

    private Strategy strategy() {
        return switch (settings.strategy()) {
            case DEPTH_FIRST -> new DepthFirst(settings.preemptions(), settings.full());
            case RANDOM -> new RandomWalk(settings.seed());
            case PRIORITIES -> new Priorities(settings.seed(), settings.depth());
            case REPLAY -> new Replay(settings.replay() == null ? "" : settings.replay(), true);
        };
    }

    /// Runs the failed schedule once more, to show it.
    private Outcome failed(Run run, Catalog catalog, Injection injection, boolean warming) {
        Failure failure = run.failure();
        if (failure == null) {
            throw new AssertionError();
        }
        Run shown = run;
        String choices = run.choices();
        boolean again = false;
        if (failure.mayRepeat()) {
            if (settings.strategy() == Settings.Kind.RANDOM || settings.strategy() == Settings.Kind.PRIORITIES) {
                choices = new Shrinking(settings, entry, catalog, injection, failure).shrunk(choices);
            }
            var session = new Session(settings, entry, catalog);
            var replay = new Replay(choices, true);
            shown = session.run(replay, injection, true, warming);
            if (!warming && shown.failure() == null) {
                shown = session.run(replay, injection, false, true);
            }
            Failure second = shown.failure();
            again = second != null && second.sort().equals(failure.sort());
            failure = again && second != null ? second : failure;
        }
        if (settings.sweep() != null) {
            choices = Replay.withOccasion(injection.at(), choices);
        }
        String report = Trace.report(
                failure, again ? shown : run, again, failure.mayRepeat(), schedules, settings, choices);
        return outcome(run, catalog, false, report, choices, failure.thrown());
    }

    private Outcome outcome(
            Run run, Catalog catalog, boolean complete, @Nullable String report, @Nullable String choices,
            @Nullable Throwable thrown) {
        return new Outcome(schedules, complete, Math.max(acts, run.step()), catalog.points(), catalog.racy(),
                System.nanoTime() - start, occasions, report, choices, thrown);
    }
}
