package dev.millrace.go;

import dev.millrace.context.Context;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.GoExit;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Registry;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.SpawnHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Starts goroutines: virtual threads that carry a context.
///
/// ```java
/// import static dev.millrace.go.Go.go;
///
/// go(ctx, c -> {
///     while (!c.isDone()) {
///         step(c);
///     }
/// });
/// ```
///
/// A goroutine has no handle: nobody can join it or stop it from outside. To wait, use a `WaitGroup` or, better, a
/// `TaskGroup`; to stop it, cancel its context. It inherits no thread-locals and no class loader; its context and what
/// [SpawnHook]s carry travel with it. Its end makes nothing visible to others by itself: use what waits for it.
///
/// **Failures.** An exception that leaves the body goes to the [FailurePolicy]. To recover is to catch. A
/// [dev.millrace.context.ContextException] that leaves it after its own context has ended is none: it has stopped as it was told to.
///
/// **Compared with Go.** `go f(x)` is `go(() -> f(x))`: the lambda captures `x` when it is made. Starting is a
/// happens-before edge. A null body is a [NullPointerException] and not the end of the program. Virtual threads are not
/// preempted: a loop that computes for ever keeps its carrier. When `main` returns the JVM ends, as in Go, only if no
/// platform thread that is not a daemon runs.
public final class Go {
    private Go() {}

    // Starting.

    /// Starts `body` on a new goroutine, with the context that is current here.
    public static void go(Task body) {
        go("", body);
    }

    /// Starts `body` on a new goroutine called `name`, with the context that is current here.
    public static void go(String name, Task body) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(body, "go of nil func value");
        Object context = Ambient.currentContext();
        new Started(context, context == null ? null : ContextBase.nodeOf(context), name) {
            @Override
            protected void body() throws Exception {
                body.run();
            }
        }.spawn();
    }

    /// Starts `body` on a new goroutine with `ctx`, which is current there. The body gets a view of it.
    public static void go(Context ctx, ContextTask body) {
        go(ctx, "", body);
    }

    /// Starts `body` on a new goroutine called `name` with `ctx`, which is current there. The body gets a view of it.
    public static void go(Context ctx, String name, ContextTask body) {
        Context view = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(body, "go of nil func value");
        new Started(view, ContextBase.nodeOf(view), name) {
            @Override
            protected void body() throws Exception {
                body.run(view);
            }
        }.spawn();
    }

    private abstract static class Started extends Goroutine {
        Started(@Nullable Object context, @Nullable Node node, String name) {
            super(Scheduler.current(), context, node, name);
        }
    }

    /// Ends the goroutine that calls: its `finally` blocks run, and nothing counts as failed. Go's `Goexit`.
    ///
    /// It unwinds by an [Error] that must not be caught: `catch (Throwable)` around it keeps the goroutine alive, which Go
    /// does not know.
    ///
    /// @throws IllegalStateException on a thread that is no goroutine, such as main
    public static void exit() {
        if (Goroutine.running() == null) {
            throw new IllegalStateException(
                    "Go.exit() ends a goroutine, but " + Thread.currentThread() + " is none: return instead");
        }
        throw new GoExit();
    }

    /// Lets other goroutines run. Go's `Gosched`.
    @SuppressWarnings("NamedLikeContextualKeyword") // called as Go.yield(), like Thread.yield()
    public static void yield() {
        Scheduler.current().giveWay();
    }

    // Facts.

    /// The processors that the JVM may use.
    public static int numCpu() {
        return Runtime.getRuntime().availableProcessors();
    }

    /// The goroutines that were started and have not ended. Unlike in Go, main is none.
    public static long numGoroutine() {
        return Registry.count();
    }

    /// How many goroutines can run at once: Go's `GOMAXPROCS(0)`.
    public static int maxProcs() {
        return scheduler().parallelism();
    }

    /// Sets how many goroutines can run at once, for the whole JVM, and answers the old number; with 0 it only answers.
    ///
    /// @throws UnsupportedOperationException without the module `dev.millrace.jvm`
    public static int maxProcs(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("parallelism must be >= 1 (or 0 to ask), was " + n);
        }
        int old = maxProcs();
        if (n > 0) {
            scheduler().parallelism(n);
        }
        return old;
    }

    /// The scheduler's facts.
    public static SchedulerFacts scheduler() {
        return Facts.FOUND;
    }

    /// The goroutines that live now, each with what it waits for. Takes a stack from each: some 50 microseconds.
    public static List<GoroutineSnapshot> goroutines() {
        var all = new ArrayList<GoroutineSnapshot>();
        for (Goroutine g : Registry.all()) {
            all.add(GoroutineSnapshot.of(g));
        }
        return all;
    }

    // Policy and hooks.

    /// What happens with a failure that no goroutine catches.
    public static FailurePolicy failurePolicy() {
        return Policies.current();
    }

    /// Sets what happens with a failure that no goroutine catches, and answers what did before.
    public static FailurePolicy failurePolicy(FailurePolicy policy) {
        return Policies.exchange(Objects.requireNonNull(policy, "policy"));
    }

    /// Adds `hook` for all goroutines that are started from now on. Answers how to take it off again.
    public static Runnable addSpawnHook(SpawnHook<?> hook) {
        SpawnHooks.current(); // initialises it before its subclass, as a spawn does: two threads must not do it crosswise
        return Hooks.add(Objects.requireNonNull(hook, "hook"));
    }

    private static final class Facts {
        static final SchedulerFacts FOUND =
                ServiceLoader.load(SchedulerFacts.class, Go.class.getClassLoader()).findFirst()
                        .orElseGet(WithoutModule::new);
    }

    /// What is known from `java.base` alone.
    private static final class WithoutModule implements SchedulerFacts {
        @Override
        public int parallelism() {
            return Integer.getInteger("jdk.virtualThreadScheduler.parallelism", numCpu());
        }

        @Override
        public void parallelism(int n) {
            throw new UnsupportedOperationException("setting the parallelism needs the module dev.millrace.jvm"
                    + " (artifact dev.millrace:millrace-jvm) on the path; it was not found");
        }

        @Override
        public int poolSize() {
            return -1;
        }

        @Override
        public int mounted() {
            return -1;
        }

        @Override
        public long queued() {
            return -1;
        }
    }
}
