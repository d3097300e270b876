package dev.millrace.verify.explore;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.testing.explore.engine.Entry;
import dev.millrace.testing.explore.engine.Explorer;
import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.testing.explore.engine.Outcome;
import dev.millrace.testing.explore.engine.Settings;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// How the suites explore: the quick tier within the build, the full one with `-Dexplore.tier=full`.
final class Suite {
    /// A protocol of the library, as a program.
    @FunctionalInterface
    interface Protocol extends Serializable {
        void run() throws Throwable;
    }

    private static final boolean FULL = "full".equals(System.getProperty("explore.tier"));
    private static final int BY_CHANCE = FULL ? 100_000 : 300;
    private static final Duration MOST = Duration.ofMinutes(FULL ? 10 : 1);

    private Suite() {}

    static Settings settings(Settings.Kind strategy, int preemptions, long schedules, boolean early) {
        return new Settings(
                strategy, preemptions, 3, 1, schedules, MOST, true, early, 100_000, List.of(), List.of(), null, null,
                null, false);
    }

    /// All schedules with so many preemptions, in the full tier with 3, then some by chance; or, of a sweep, all schedules once for each
    /// occasion at which it can strike. Of a case without preemptions those orders, and no others.
    static void passes(Case c) {
        int most = FULL ? c.most() : c.preemptions();
        Settings all = settings(Settings.Kind.DEPTH_FIRST, most, Long.MAX_VALUE, c.early());
        if (c.sweep() != null) {
            explore(c.name(), all.with(c.sweep()), c.protocol());
            return;
        }
        if (c.preemptions() == 0) {
            explore(c.name(), settings(Settings.Kind.DEPTH_FIRST, 0, Long.MAX_VALUE, c.early()), c.protocol());
            return;
        }
        explore(c.name(), all, c.protocol());
        if (FULL) { // in the build only one of the two by chance
            explore(c.name(), settings(Settings.Kind.RANDOM, most, BY_CHANCE, c.early()), c.protocol());
        }
        explore(c.name(), settings(Settings.Kind.PRIORITIES, most, BY_CHANCE, c.early()), c.protocol());
    }

    /// The sweep of the case finds something, and without it there is nothing.
    static void failsOnlyInjected(Case c) {
        failsOnlyInjected(c, settings(Settings.Kind.DEPTH_FIRST, c.preemptions(), Long.MAX_VALUE, c.early()));
    }

    /// The same, with a fault that is planted in the library.
    static void failsOnlyInjected(Case c, Mutation planted) {
        failsOnlyInjected(
                c, settings(Settings.Kind.DEPTH_FIRST, c.preemptions(), Long.MAX_VALUE, c.early()).with(planted));
    }

    private static void failsOnlyInjected(Case c, Settings plain) {
        String without = outcome(plain, c.protocol()).report();
        assertTrue(without == null, () -> c + " fails by itself: " + without);
        Settings.Sweep sweep = Objects.requireNonNull(c.sweep());
        assertTrue(outcome(plain.with(sweep), c.protocol()).report() != null, () -> c + " was not found");
    }

    private static void explore(String name, Settings settings, Protocol protocol) {
        Outcome outcome = outcome(settings, protocol);
        System.out.printf(
                "%-32s %-12s %9d schedules  %6d ms  %4d acts  %s%n",
                name, settings.sweep() == null ? settings.strategy() : settings.sweep(), outcome.schedules(),
                outcome.nanos() / 1_000_000, outcome.acts(),
                (outcome.complete() ? "complete" : "not complete")
                        + (settings.sweep() == null ? "" : ", " + outcome.occasions() + " occasions"));
        assertTrue(settings.sweep() == null || outcome.report() != null || outcome.occasions() > 0,
                "nothing was injected");
        if (outcome.report() != null) {
            fail(outcome.report());
        }
        assertTrue(outcome.complete(), () -> "not complete, points are " + outcome.points());
        Set<String> unmeant = unmeant(outcome);
        assertTrue(unmeant.isEmpty(), () -> "races that nobody meant: " + unmeant);
    }

    /// The races that nobody meant.
    static Set<String> unmeant(Outcome outcome) {
        Set<String> unmeant = new TreeSet<>(outcome.racy());
        unmeant.removeAll(Racy.ALLOWED);
        return unmeant;
    }

    /// The planted fault is found, by one of the strategies.
    static void finds(Mutation planted, int preemptions, Protocol protocol) {
        finds(planted, preemptions, true, protocol);
    }

    static void finds(Mutation planted, int preemptions, boolean early, Protocol protocol) {
        var found = new StringBuilder();
        for (Settings.Kind kind : List.of(Settings.Kind.DEPTH_FIRST, Settings.Kind.PRIORITIES, Settings.Kind.RANDOM)) {
            Outcome outcome =
                    outcome(settings(kind, preemptions, kind == Settings.Kind.DEPTH_FIRST ? 20_000 : 2_000, early)
                            .with(planted), protocol);
            Set<String> unmeant = unmeant(outcome);
            if (outcome.report() != null || !unmeant.isEmpty()) {
                found.append(kind).append(" in schedule ").append(outcome.schedules()).append(": ")
                        .append(outcome.report() == null ? "a race in " + unmeant
                                : outcome.report().lines().findFirst().orElse(""))
                        .append("; ");
                break;
            }
        }
        System.out.println(planted + ": " + (found.isEmpty() ? "not found" : found));
        assertTrue(!found.isEmpty(), () -> planted + " was not found");
    }

    static Outcome outcome(Settings settings, Protocol protocol) {
        try {
            return Explorer.explore(settings, Entry.lambda(protocol));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    static Thread go(String name, Body body) {
        return Thread.ofVirtual().name(name).start(() -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /// Waits for the end of `thread`, whatever interrupts come.
    static void join(Thread thread) {
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // waits on
            }
        }
    }

    interface Body {
        void run() throws Exception;
    }
}
