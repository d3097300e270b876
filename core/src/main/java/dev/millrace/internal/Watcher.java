package dev.millrace.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Looks every so often, in real time and on a daemon thread of its own, whether everybody is asleep for good ([Asleep]) and whether
/// somebody has waited too long. Costs the watched nothing; a look costs the watcher some microseconds, and one for each goroutine when all
/// platform threads wait.
///
/// It is the only thread of the library beside the timer's that parks with a time limit: it must not use the timers whose absence it
/// looks for.
public final class Watcher implements AutoCloseable {
    /// Go's words.
    private static final String DEADLOCK = "fatal error: all goroutines are asleep - deadlock!";

    /// How many goroutines a report shows; the others it counts.
    private static final int MOST_SHOWN = 1_000;

    private final Settings settings;
    private final Watching thread;
    private volatile boolean closed;
    private final Set<Waiter> asleep = newSet(); // reported, and undecided when it last looked
    private Set<Waiter> stalled = newSet(); // the same
    private final Asleep.Judge judge = new Asleep.Judge();
    private boolean complained;

    /// What is watched for, and where reports go.
    ///
    /// @param everyNanos how often it looks
    /// @param deadlocks whether it looks for a program that is asleep as a whole
    /// @param crash whether that ends the process under any policy for failures, and not only under the one that does
    /// @param stallNanos how long a wait may last before it is reported, 0 for ever
    /// @param sink where reports go that end no process; null: the log
    public record Settings(
            long everyNanos, boolean deadlocks, boolean crash, long stallNanos, @Nullable Consumer<String> sink) {}

    /// The thread of a watcher.
    static final class Watching extends Thread {
        Watching(Runnable body) {
            super(null, body, "millrace-watch", 0, false);
            setDaemon(true);
            setContextClassLoader(null);
        }
    }

    private Watcher(Settings settings) {
        this.settings = settings;
        this.thread = new Watching(this::run);
    }

    public static Watcher start(Settings settings) {
        var watcher = new Watcher(settings);
        watcher.thread.start();
        return watcher;
    }

    /// Starts one for the life of the process when `-Ddev.millrace.watch=true` asks for it.
    static void startIfAsked() {
        if (Boolean.getBoolean("dev.millrace.watch")) {
            start(new Settings(1_000_000_000, true, false, 0, null));
        }
    }

    /// No look begins any more.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long pause = settings.everyNanos;
        long before = 0; // what the look before took: one slow look, such as the first, is nothing to go by
        for (;;) {
            for (long start = System.nanoTime(), left = pause; left > 0 && !closed;) {
                LockSupport.parkNanos(this, left);
                Thread.interrupted(); // a stranger's; else the next park returns at once
                left = pause - (System.nanoTime() - start);
            }
            if (closed) {
                return;
            }
            long start = System.nanoTime();
            try {
                look();
            } catch (Throwable t) { // no memory, perhaps: the next look may do better
                judge.isDeadlock(null);
                if (!complained) {
                    complained = true;
                    Uncaught.giveLater(t);
                }
            }
            // A look at many goroutines takes its time: one twentieth of a processor is the most it shall have.
            long took = System.nanoTime() - start;
            pause = Math.max(settings.everyNanos, 20 * Math.min(took, before));
            before = took;
        }
    }

    private void look() {
        Asleep now = settings.deadlocks ? Asleep.look() : null;
        if (judge.isDeadlock(now) && now != null) {
            deadlock(now.waiting());
        }
        asleep.removeIf(waiter -> waiter.outcome() != null);
        if (settings.stallNanos > 0) {
            stalls();
        }
    }

    private static Set<Waiter> newSet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    // Everybody is asleep.

    private void deadlock(List<Sight> waiting) {
        var all = new ArrayList<>(waiting);
        all.sort(Comparator.comparingLong(Sight::id));
        if (settings.crash || Uncaught.current() == Uncaught.CRASH) {
            crash(all);
            return;
        }
        List<Sight> fresh = all.stream().filter(sight -> asleep.add(sight.waiter())).toList();
        if (!fresh.isEmpty()) {
            var text = new StringBuilder(DEADLOCK).append('\n');
            write(text, fresh);
            report(System.Logger.Level.ERROR, text.toString());
        }
    }

    /// As Go does: no clean-up of others.
    private static void crash(List<Sight> waiting) {
        try {
            System.out.flush();
            System.err.println(DEADLOCK);
            write(System.err, waiting);
        } catch (Throwable t) { // no memory for the rest: the words and the status say enough
            System.err.println("(the report ends here: " + t.getClass().getName() + ")");
        } finally {
            System.err.flush();
            Runtime.getRuntime().halt(2);
        }
    }

    private static void write(Appendable out, List<Sight> waiting) {
        try (var stacks = new Stacks()) {
            out.append('\n');
            new DumpText(out, stacks).write(waiting, MOST_SHOWN);
            for (String line : explain(waiting)) {
                out.append('\n').append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What Go does not say: who waits for whom.
    private static List<String> explain(List<Sight> waiting) {
        WaitFor graph = WaitFor.look(waiting);
        var lines = new ArrayList<String>();
        for (Knot knot : graph.knots()) {
            lines.add(knot.title() + ":\n\t" + String.join("\n\t", knot.lines(20)));
        }
        List<Meeting> meetings = Meeting.of(graph.waits());
        Meeting.facing(meetings).forEach(facing -> lines.add(facing.toString()));
        meetings.stream().limit(20).forEach(meeting -> lines.add(meeting.toString()));
        return lines;
    }

    // Somebody waits too long.

    private void stalls() {
        Set<Waiter> still = newSet();
        for (Sight sight : Sight.all()) {
            Waiter waiter = sight.waiter();
            if (waiter == null || waiter.waited() < settings.stallNanos) {
                continue;
            }
            still.add(waiter);
            if (!stalled.contains(waiter)) {
                stall(sight);
            }
        }
        stalled = still;
    }

    private void stall(Sight sight) {
        var text = new StringBuilder("waits for more than ").append(Spans.text(settings.stallNanos)).append(":\n\n");
        try (var stacks = new Stacks()) {
            new DumpText(text, stacks).write(List.of(sight), 1);
            WaitFor.look(List.of(sight)).waits().forEach(w -> text.append("ends when: ").append(w.why()).append('\n'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        report(System.Logger.Level.WARNING, text.toString());
    }

    private void report(System.Logger.Level level, String text) {
        if (settings.sink == null) {
            System.getLogger("dev.millrace.go").log(level, text);
        } else {
            settings.sink.accept(text);
        }
    }
}
