package dev.millrace.go;

import dev.millrace.internal.Watcher;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What [Goroutines#watch] looks for. Immutable; each method answers a new one.
///
/// **Deadlock.** The program is asleep as a whole: every goroutine, main and every other platform thread wait by the library, and no timer is to
/// come. Then each wait is reported once, with its stack and with who waits for whom. Under [FailurePolicy#crash()] the process ends as
/// in Go instead: `fatal error: all goroutines are asleep - deadlock!`, the goroutines, exit status 2.
///
/// Nobody is blamed falsely, as far as a JVM can be seen from within: any thread that does not wait by the library keeps the report from coming,
/// be it a daemon's or one that waits elsewhere; so does anything that may come from outside (a sleep, a socket, a process, a
/// signal for which a context stands by). In a server, with its pools, expect no such report: there [#stallsAfter] is of use. Not seen are native
/// code that will call into the JVM, signal handlers that were installed without `dev.millrace.jvm`, and cleaners.
///
/// **Stall.** One goroutine has waited longer than it should.
public final class WatchOptions {
    private final Duration every;
    private final boolean deadlocks;
    private final boolean crash;
    private final @Nullable Duration stall;
    private final @Nullable Consumer<String> sink;

    private WatchOptions(Duration every, boolean deadlocks, boolean crash, @Nullable Duration stall,
            @Nullable Consumer<String> sink) {
        this.every = every;
        this.deadlocks = deadlocks;
        this.crash = crash;
        this.stall = stall;
        this.sink = sink;
    }

    /// Looks for a deadlock, every second.
    public static WatchOptions deadlocks() {
        return new WatchOptions(Duration.ofSeconds(1), true, false, null, null);
    }

    /// Looks for waits that last longer than `span`, every second, and for nothing else.
    public static WatchOptions stalls(Duration span) {
        return new WatchOptions(Duration.ofSeconds(1), false, false, positive(span, "a wait that is too long"), null);
    }

    /// How often it looks. A deadlock is found by the second look.
    public WatchOptions every(Duration span) {
        return new WatchOptions(positive(span, "the pause between looks"), deadlocks, crash, stall, sink);
    }

    /// Also reports each wait by the library that lasts longer than `span`, once, with its stack. Waiting for work is a wait too: choose a span
    /// that is too long for everybody.
    public WatchOptions stallsAfter(Duration span) {
        return new WatchOptions(every, deadlocks, crash, positive(span, "a wait that is too long"), sink);
    }

    /// Ends the process when it is deadlocked, whatever the policy for failures says.
    public WatchOptions crash() {
        return new WatchOptions(every, deadlocks, true, stall, sink);
    }

    /// Gives reports to `sink`, on the thread of the watch, instead of the log (`System.Logger` named `dev.millrace.go`; level ERROR
    /// for a deadlock, WARNING for a stall). It must not block, and that it may wake somebody is not foreseen.
    public WatchOptions reportTo(Consumer<String> sink) {
        return new WatchOptions(every, deadlocks, crash, stall, Objects.requireNonNull(sink, "sink"));
    }

    private static Duration positive(Duration span, String what) {
        if (!span.isPositive()) {
            throw new IllegalArgumentException(what + " must be > 0, was " + span);
        }
        return span;
    }

    Watcher.Settings settings() {
        return new Watcher.Settings(nanos(every), deadlocks, crash, stall == null ? 0 : nanos(stall), sink);
    }

    private static long nanos(Duration span) {
        return span.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 4 : span.toNanos();
    }

    @Override
    public String toString() {
        return "watch every " + every + (deadlocks ? ", for deadlocks" : "") + (crash ? " (crash)" : "")
                + (stall == null ? "" : ", for waits longer than " + stall);
    }
}
