package dev.millrace.testing.explore.engine;

import java.lang.ref.Cleaner;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// What rewritten code calls in place of the JDK's clocks and of its chance: see [Redirects]. Each does what that method does when the caller is not under control.
public final class Times {
    private Times() {}

    private static @Nullable Strand self() {
        Run run = Hooks.run();
        return run == null ? null : run.self();
    }

    /// See `Fairness.look` of the core: where one thread runs at a time nobody waits for a carrier.
    public static void lookAfterNobody(long now) {}

    /// The same of `Fairness.lookSoon`.
    public static void lookAfterNobodySoon() {}

    private static Run run() {
        return Objects.requireNonNull(Hooks.run());
    }

    /// See [System#nanoTime()].
    public static long nanoTime() {
        Strand s = self();
        return s == null ? System.nanoTime() : time(s);
    }

    /// See [System#currentTimeMillis()].
    public static long currentTimeMillis() {
        return self() == null ? System.currentTimeMillis() : instant().toEpochMilli();
    }

    /// See [Instant#now()].
    public static Instant instant() {
        Strand s = self();
        return s == null ? Instant.now() : Instant.parse("2000-01-01T00:00:00Z").plusNanos(time(s));
    }

    private static long time(Strand s) {
        long now = run().clock();
        run().seen(s, run().time());
        return now;
    }

    static long chance() {
        Strand s = self();
        return s == null ? ThreadLocalRandom.current().nextLong() : s.random();
    }

    private static long below(long from, long to) {
        if (from >= to) {
            throw new IllegalArgumentException("bound must be greater than origin");
        }
        return from + Math.floorMod(chance(), to - from);
    }

    /// See [Math#random()].
    public static double random() {
        return (chance() >>> 11) * 0x1.0p-53;
    }

    /// See [ThreadLocalRandom#nextInt()].
    public static int nextInt(ThreadLocalRandom random) {
        return (int) chance();
    }

    /// See [ThreadLocalRandom#nextInt(int)].
    public static int nextInt(ThreadLocalRandom random, int bound) {
        return (int) below(0, bound);
    }

    /// See [ThreadLocalRandom#nextInt(int, int)].
    public static int nextInt(ThreadLocalRandom random, int from, int to) {
        return (int) below(from, to);
    }

    /// See [ThreadLocalRandom#nextLong()].
    public static long nextLong(ThreadLocalRandom random) {
        return chance();
    }

    /// See [ThreadLocalRandom#nextLong(long)].
    public static long nextLong(ThreadLocalRandom random, long bound) {
        return below(0, bound);
    }

    /// See [ThreadLocalRandom#nextLong(long, long)].
    public static long nextLong(ThreadLocalRandom random, long from, long to) {
        return below(from, to);
    }

    /// See [ThreadLocalRandom#nextBoolean()].
    public static boolean nextBoolean(ThreadLocalRandom random) {
        return chance() < 0;
    }

    /// See [ThreadLocalRandom#nextDouble()].
    public static double nextDouble(ThreadLocalRandom random) {
        return random();
    }

    /// See [Cleaner#register] and [Cleanings].
    public static Cleaner.Cleanable register(Cleaner cleaner, Object object, Runnable action) {
        return self() == null ? cleaner.register(object, action) : run().cleanings.register(object, action);
    }

    /// See [System#gc()] and [Cleanings].
    public static void collect() {
        if (self() == null) {
            System.gc();
        } else {
            run().cleanings.collect();
        }
    }
}
