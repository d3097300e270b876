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
import org.jspecify.annotations.Nullable;

/// How the suites explore: the quick tier within the build, the full one with `-Dexplore.tier=full`.
final class Suite {
    /// A protocol of the library, as a program.
    @FunctionalInterface
    interface Protocol extends Serializable {
        void run() throws Throwable;
    }

    private static final boolean FULL = "full".equals(System.getProperty("explore.tier"));
    private static final int BY_CHANCE = FULL ? 100_000 : 60;
    private static final Duration MOST = Duration.ofMinutes(FULL ? Integer.getInteger("explore.minutes", 10) : 1);

    private Suite() {}

    static Settings settings(Settings.Kind strategy, int preemptions, long schedules, boolean early) {
        return new Settings(
                strategy, preemptions, 3, 1, schedules, MOST, true, early, 100_000, List.of(), List.of(), null, null,
                null, false);
    }

    /// All orders, and then some schedules by chance.
    static void passes(Case c) {
        orders(c);
        chance(c);
    }

    /// All schedules with so many preemptions as the tier asks for; of a sweep once for each occasion at which it can strike.
    static void orders(Case c) {
        Settings all = settings(
                Settings.Kind.DEPTH_FIRST, FULL ? c.full() : c.preemptions(), Long.MAX_VALUE, c.early());
        explore(c, c.sweep() == null ? all : all.with(c.sweep()));
    }

    /// Schedules by chance; none of a sweep, nor of a case without preemptions. In the build by one of the two strategies only.
    static void chance(Case c) {
        if (c.sweep() == null && c.preemptions() > 0) {
            if (FULL) {
                explore(c, settings(Settings.Kind.RANDOM, c.full(), BY_CHANCE, c.early()));
            }
            explore(c, settings(Settings.Kind.PRIORITIES, c.full(), BY_CHANCE, c.early()));
        }
    }

    /// The sweep of the case finds something, and without it there is nothing.
    static void failsOnlyInjected(Case c) {
        failsOnlyInjected(c, settings(Settings.Kind.DEPTH_FIRST, c.preemptions(), Long.MAX_VALUE, c.early()));
    }

    /// The same, with a fault that is planted in the library.
    static void failsOnlyInjected(Case c, Mutation planted) {
        loads(planted);
        failsOnlyInjected(
                c, settings(Settings.Kind.DEPTH_FIRST, c.preemptions(), Long.MAX_VALUE, c.early()).with(planted));
    }

    private static void failsOnlyInjected(Case c, Settings plain) {
        String without = found(outcome(plain, c.protocol()));
        assertTrue(without == null, () -> c + " fails by itself: " + without);
        Settings.Sweep sweep = Objects.requireNonNull(c.sweep());
        assertTrue(found(outcome(plain.with(sweep), c.protocol())) != null, () -> c + " was not found");
    }

    private static void explore(Case c, Settings settings) {
        String what = settings.sweep() == null ? settings.strategy().toString() : settings.sweep().toString();
        if (Figures.has(c.name(), what)) {
            return;
        }
        Outcome outcome = outcome(settings, c.protocol());
        String line = "%-36s %-12s %s %9d schedules  %7d ms  %4d acts  %s".formatted(
                c.name(), what,
                settings.strategy() == Settings.Kind.DEPTH_FIRST ? "at " + settings.preemptions() : "    ",
                outcome.schedules(), outcome.nanos() / 1_000_000, outcome.acts(),
                (outcome.complete() ? "complete" : "not complete")
                        + (settings.sweep() == null ? "" : ", " + outcome.occasions() + " occasions"));
        System.out.println(line);
        assertTrue(settings.sweep() == null || outcome.report() != null || outcome.occasions() > 0,
                "nothing was injected");
        if (outcome.report() != null) {
            fail(outcome.report());
        }
        assertTrue(outcome.complete(), () -> "not complete, points are " + outcome.points());
        Set<String> unmeant = unmeant(outcome);
        assertTrue(unmeant.isEmpty(), () -> "races that nobody meant: " + unmeant);
        Figures.add(line);
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
        finds(planted.toString(), preemptions, early,
                settings -> loaded(planted, outcome(settings.with(planted), protocol)));
    }

    /// The same of a case, as it is explored in the build.
    static void finds(Mutation planted, Case c) {
        Settings.Sweep sweep = c.sweep();
        if (sweep == null) {
            finds(planted, Math.max(1, c.preemptions()), c.early(), c.protocol());
            return;
        }
        Settings all = settings(Settings.Kind.DEPTH_FIRST, c.preemptions(), Long.MAX_VALUE, c.early()).with(planted);
        Outcome outcome = loaded(planted, outcome(all.with(sweep), c.protocol()));
        String found = found(outcome);
        System.out.println(planted + ": in schedule " + outcome.schedules() + ": " + found);
        assertTrue(found != null, () -> planted + " was not found by " + c);
    }

    /// The fault that is edited into the sources is found by the protocol, by its name.
    static void finds(Edited edited, int preemptions, boolean early, Class<?> protocols, String protocol) {
        Entry entry = Entry.methods(edited.own(protocols), List.of(protocol));
        finds(edited.toString(), preemptions, early, settings -> outcome(settings, entry));
    }

    private interface Exploring {
        Outcome with(Settings settings);
    }

    private static void finds(String planted, int preemptions, boolean early, Exploring exploring) {
        String found = null;
        for (Settings.Kind kind : List.of(Settings.Kind.DEPTH_FIRST, Settings.Kind.PRIORITIES, Settings.Kind.RANDOM)) {
            Outcome outcome = exploring.with(
                    settings(kind, preemptions, kind == Settings.Kind.DEPTH_FIRST ? 20_000 : 2_000, early));
            String what = found(outcome);
            if (what != null) {
                found = kind + " in schedule " + outcome.schedules() + ": " + what;
                break;
            }
        }
        System.out.println(planted + ": " + (found == null ? "not found" : found));
        assertTrue(found != null, () -> planted + " was not found");
    }

    /// What an exploration has found, in a line; null when that is nothing. A class that the JVM does not load or link is no fault that was found.
    static @Nullable String found(Outcome outcome) {
        for (Throwable t = outcome.thrown(); t != null; t = t.getCause()) {
            if (t instanceof LinkageError) {
                throw new AssertionError("planted so that the class cannot be loaded or linked", t);
            }
        }
        if (outcome.report() != null) {
            return outcome.report().lines().findFirst().orElse("");
        }
        Set<String> unmeant = unmeant(outcome);
        return unmeant.isEmpty() ? null : "a race in " + String.join(", ", unmeant);
    }

    /// Where nothing was thrown that would say so, whether the class could be loaded.
    private static Outcome loaded(Mutation planted, Outcome outcome) {
        if (outcome.report() != null && outcome.thrown() == null) {
            loads(planted);
        }
        return outcome;
    }

    /// A class with a fault is still one: else who needs it may only wait for ever, which looks like a fault that was found.
    static void loads(Mutation planted) {
        String owner = planted.owner();
        Outcome outcome = outcome(
                settings(Settings.Kind.DEPTH_FIRST, 0, 1, false).with(planted), () -> Class.forName(owner));
        assertTrue(outcome.report() == null, () -> planted + " cannot be loaded: " + outcome.report());
    }

    static Outcome outcome(Settings settings, Protocol protocol) {
        return outcome(settings, Entry.lambda(protocol));
    }

    private static Outcome outcome(Settings settings, Entry entry) {
        try {
            return Explorer.explore(settings, entry);
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
