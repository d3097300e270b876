package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Where a goroutine comes from. Noted while somebody wants to know: in debug mode, under a scheduler that wishes it, and within a
/// [Scope].
public final class Origin {
    private final @Nullable Scope scope;
    private final @Nullable StackTraceElement site;
    private final String creator;
    private volatile boolean blamed;

    private Origin(@Nullable Scope scope, @Nullable StackTraceElement site, String creator) {
        this.scope = scope;
        this.site = site;
        this.creator = creator;
    }

    /// That of a goroutine that is made here; null when nobody wants to know.
    static @Nullable Origin here(Scheduler scheduler) {
        Scope scope = Scope.current();
        boolean wished = scheduler.keepsSites();
        if (scope == null && !wished) {
            return null;
        }
        boolean noted = wished || (scope != null && scope.notesSites());
        return new Origin(scope, noted ? Sites.caller() : null, nameOfCaller());
    }

    private static String nameOfCaller() {
        Goroutine running = Goroutine.running();
        if (running != null) {
            return running.toString();
        }
        Thread thread = Thread.currentThread();
        return thread.getName().isEmpty() ? "thread " + thread.threadId() : thread.getName();
    }

    @Nullable Scope scope() {
        return scope;
    }

    /// The line that started it, null when that was not noted.
    public @Nullable StackTraceElement site() {
        return site;
    }

    /// The goroutine or thread that started it, in words.
    public String creator() {
        return creator;
    }

    /// Whether a check has named it as a leak: the scopes around it need not do so again.
    public boolean isBlamed() {
        return blamed;
    }

    /// A check has named it as a leak.
    public void blame() {
        blamed = true;
    }
}
