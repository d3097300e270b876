package dev.millrace.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A goroutine, or another thread that waits by the library, as one look found it.
///
/// @param waiter the wait in which it was parked; null when in none
public record Sight(Thread thread, @Nullable Goroutine goroutine, @Nullable Waiter waiter) {
    /// Main has the least number that the JVM gives; which that is differs: 1, or 3 on a JDK 25. No goroutine has one of these.
    private static final long FIRST = 3;

    /// All goroutines, main, and all other platform threads that wait by the library; by their numbers. Virtual threads
    /// that are not ours cannot be listed.
    public static List<Sight> all() {
        var all = new ArrayList<Sight>();
        for (Goroutine g : Registry.all()) {
            all.add(of(g));
        }
        for (Thread thread : platformThreads()) {
            Waiter waiter = Waiter.of(thread);
            if (waiter != null || isMain(thread)) {
                all.add(new Sight(thread, null, waiter));
            }
        }
        all.sort(Comparator.comparingLong(Sight::id));
        return all;
    }

    /// For one that was not found in a wait, once its stack has been taken: it may have come to one since, and then the stack shows that.
    public Sight again() {
        Waiter now = waiter == null ? Waiter.of(thread) : waiter;
        return now == waiter ? this : new Sight(thread, goroutine, now);
    }

    static Sight of(Goroutine g) {
        return new Sight(g.thread(), g, Waiter.of(g.thread()));
    }

    /// The platform threads that live. Takes no stacks, and so stops nobody.
    static List<Thread> platformThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        for (ThreadGroup up = root; up != null; up = up.getParent()) {
            root = up;
        }
        for (int room = 64;; room *= 2) {
            var found = new Thread[room];
            int n = root.enumerate(found, true);
            if (n < room) {
                return List.of(Arrays.copyOf(found, n));
            }
        }
    }

    public long id() {
        return thread.threadId();
    }

    /// Whether it has ended since.
    public boolean isGone() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /// Whether it still waits in the same wait: then it has been parked all the time between.
    public boolean isSame() {
        return waiter != null && Waiter.of(thread) == waiter;
    }

    /// `goroutine 12 "reader"`; main is goroutine 1, as in Go; any other thread is `thread 23 "pool-1"`.
    public String label() {
        return goroutine != null ? goroutine.toString() : label(thread);
    }

    /// What a thread is called of which no more is known.
    static String label(Thread thread) {
        if (isMain(thread)) {
            return "goroutine 1";
        }
        String name = thread.getName();
        return (thread.isVirtual() ? "virtual thread " : "thread ") + thread.threadId()
                + (name.isEmpty() ? "" : " \"" + name + '"');
    }

    /// What a thread is called of which only the number is known.
    static long number(long id) {
        return id <= FIRST ? 1 : id;
    }

    private static boolean isMain(Thread thread) {
        return thread.threadId() <= FIRST && !thread.isVirtual() && "main".equals(thread.getName());
    }

    public String name() {
        return goroutine != null ? goroutine.name() : thread.getName();
    }

    /// The labels that it shows, in the order of their names.
    public Map<String, String> labels() {
        return Shown.labels(id(), goroutine == null ? null : goroutine.context());
    }

    /// What it waits for by the library; empty when it does not.
    public String waitsFor() {
        return waiter == null ? "" : text(waiter);
    }

    /// A text of an object of ours, which may show one of a user's: what that throws must not end a report.
    static String text(Object object) {
        try {
            return object.toString();
        } catch (Throwable t) {
            return object.getClass().getName() + " (its text cannot be had: " + t.getClass().getName() + ")";
        }
    }

    /// For how long it has waited by the library.
    public Duration waited() {
        return waiter == null ? Duration.ZERO : Duration.ofNanos(waiter.waited());
    }

    /// The context whose end would end the wait too; null when there is none.
    public @Nullable Node observed() {
        return waiter == null ? null : waiter.observed();
    }
}
