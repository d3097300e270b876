package dev.millrace.testing;

import dev.millrace.go.Task;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Origin;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Scope;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A check of leaks in the making: from [Leaks#open()] to [#close()]. See [Leaks] for what belongs to it and what is a leak.
///
/// ```java
/// try (var leaks = Leaks.open()) {
///     server.start();
///     server.stop();
/// } // here nothing that was started is left
/// ```
///
/// To be used by any thread; opened and closed on the same one. Scopes nest.
public final class LeakScope implements AutoCloseable {
    private final Scope scope = Scope.open(true);
    private final Leaks.Options options;
    private final boolean entered;
    private final Search search;
    private volatile boolean closed;

    LeakScope(Leaks.Options options, boolean entered) {
        this.options = options;
        this.entered = entered;
        this.search = new Search(options, scope);
        if (entered) {
            scope.enter();
        }
    }

    /// Runs `body` on the calling thread as a part of this: what it starts belongs. For threads that are no goroutines of ours, such as those of
    /// an executor. What the body throws is thrown as it is.
    public void run(Task body) {
        Objects.requireNonNull(body, "body");
        scope.enter();
        try {
            call(body);
        } finally {
            scope.leave();
        }
    }

    static void call(Task body) {
        try {
            body.run();
        } catch (Exception e) {
            throw LeakScope.<RuntimeException>asItIs(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X asItIs(Throwable failure) throws X {
        throw (X) failure;
    }

    /// What is there now and would be a leak at the end. Does not wait.
    public List<Leak> find() {
        return Search.leaks(search.find());
    }

    /// What is left when those that are about to end have been given their time. Returns as soon as nothing is. An interrupt ends
    /// the waiting, and its status is set again.
    public List<Leak> await() {
        return Search.leaks(search.await());
    }

    /// Waits as [#await()] does, and throws when something is left.
    ///
    /// @throws LeakError when something is left
    public void check() {
        Search.refuse(options.checked, search.await());
    }

    /// Like [Leaks#prove()], for what belongs to this.
    public LeakProof prove() {
        return Reachability.prove(this::holds);
    }

    private boolean holds(@Nullable Origin origin) {
        return scope.holds(origin);
    }

    /// Interrupts what belongs to it.
    void interrupt() {
        for (Goroutine g : Registry.all()) {
            if (scope.holds(g)) {
                g.thread().interrupt();
            }
        }
    }

    /// Ends the scope without a check.
    public void end() {
        if (!closed) {
            closed = true;
            leave();
            scope.close();
        }
    }

    /// Ends the scope: nothing else belongs to it, but for what is started by those that do. Then checks it. A second call does nothing.
    ///
    /// @throws LeakError when something is left
    @Override
    public void close() {
        if (!closed) {
            leave();
            try {
                check();
            } finally {
                closed = true;
                scope.close();
            }
        }
    }

    private void leave() {
        if (entered) {
            scope.leave();
        }
    }

    @Override
    public String toString() {
        return "leak scope (" + (closed ? "closed" : "open") + ")";
    }
}
