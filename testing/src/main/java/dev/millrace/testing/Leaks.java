package dev.millrace.testing;

import dev.millrace.context.Context;
import dev.millrace.go.Task;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Finds goroutines that outlive what started them.
///
/// ```java
/// Leaks.check(() -> {
///     var answers = Chan.<String>unbuffered();
///     go("replica 1", () -> answers.send("a"));
///     go("replica 2", () -> answers.send("b"));
///     answers.receive(); // and nobody receives the other one's answer
/// });
/// ```
///
/// **What belongs.** To a check belongs what is started in its block: by its thread, by the goroutines that belong, and so on; also by
/// calls of theirs that a timer or the end of a context makes later. Descent decides and nothing else, so tests that run at the same
/// time never blame each other, and what was there before is never blamed. A thread of an executor belongs to nobody; let it
/// run its part by [LeakScope#run]. What was started under a context, by whomever, is asked for by [#checkUnder(Context)], for a group
/// with `group.context()`.
///
/// **What is a leak.** A goroutine that has not ended, and a call of `After.afterFunc` that is still to come, when the block has ended
/// and the patience too ([Options#within]): those that are just ending are given time. Not a context that was never cancelled, an alarm or a
/// ticker that was not stopped: here those are garbage when nobody refers to them. An after-func of a context that has not ended is none until it
/// runs.
///
/// **Failures.** The block's own is thrown as it is, with the [LeakError] suppressed. Each leak is blamed once, by the innermost
/// check that it belongs to.
///
/// **Blocking.** A check waits, in the time of the goroutine that calls, until nothing is left, at most for its patience. An interrupt ends the
/// patience and not the check; the status is set again.
///
/// **Cost.** Each start notes its line while its scope is open, some microseconds; other starts pay nothing.
///
/// **Compared with Go.** Go has `go.uber.org/goleak`, whose ways these are: look before and after, look again after growing pauses,
/// and rules for what is none of ours. It compares all goroutines of the process, so it cannot be used in tests that run in parallel.
/// The `goroutineleak` profile of Go 1.26 is [#prove()].
public final class Leaks {
    private Leaks() {}

    /// Runs `body`; then nothing that was started in it may be left.
    ///
    /// What the body throws is thrown as it is, also when it is a checked exception.
    ///
    /// @throws LeakError when something is left
    public static void check(Task body) {
        options().check(body);
    }

    /// Begins a check that ends with [LeakScope#close()], on the calling thread.
    public static LeakScope open() {
        return options().open();
    }

    /// Nothing that was started under `ctx` or a context below it may be left, whoever started it. What was started under a context
    /// that was detached from it is not asked for.
    ///
    /// @throws IllegalArgumentException when `ctx` cannot end: everything lies below it
    /// @throws LeakError when something is left
    public static void checkUnder(Context ctx) {
        options().checkUnder(ctx);
    }

    /// Asks the garbage collector which goroutines of this process can never be woken: those whose thread nobody refers to who could
    /// himself run. What it finds is a leak for certain. It does not see those that a static field, a local variable of somebody who
    /// runs, or a timer still leads to.
    ///
    /// Possible only where the JVM does not itself keep all virtual threads, which it does unless it is started with
    /// `-Djdk.trackAllThreads=false`. There such a goroutine is collected with all that only it refers to; what it waited for is known when it
    /// was there at an earlier call, or still is at this one. In debug mode locks are remembered by who holds them, and
    /// those who wait for them are not found.
    ///
    /// Takes some full collections.
    public static LeakProof prove() {
        return Reachability.prove(origin -> true);
    }

    /// The rules of a check, to be changed.
    public static Options options() {
        return new Options("the block", Duration.ofSeconds(2), List.of());
    }

    /// The rules of a check. Immutable: each method answers new ones.
    public static final class Options {
        final String checked;
        final Duration patience;
        final List<Ignore> ignored;

        private Options(String checked, Duration patience, List<Ignore> ignored) {
            this.checked = checked;
            this.patience = patience;
            this.ignored = ignored;
        }

        /// How long those that are about to end are given. Two seconds unless this is called; a test that leaves nothing takes none of it.
        public Options within(Duration patience) {
            if (patience.isNegative()) {
                throw new IllegalArgumentException("patience must be >= 0, was " + patience);
            }
            return new Options(checked, patience, ignored);
        }

        /// What is checked, in words, for messages: "left behind by ...".
        public Options named(String checked) {
            return new Options(Objects.requireNonNull(checked, "checked"), patience, ignored);
        }

        /// A goroutine called `name` is no leak; a star at its end stands for anything.
        public Options ignoreName(String name) {
            return and(Ignore.Kind.NAME, name);
        }

        /// A goroutine is no leak that stands in `function`, the topmost that is neither the JDK's nor this library's.
        ///
        /// @param function the full name of a method (`com.acme.Shop.poll`), or of a class or package for all in it
        public Options ignoreTop(String function) {
            return and(Ignore.Kind.TOP, function);
        }

        /// A goroutine is no leak that has `function` anywhere on its stack.
        ///
        /// @param function the full name of a method, or of a class or package for all in it
        public Options ignoreAny(String function) {
            return and(Ignore.Kind.ANY, function);
        }

        /// What was started in `function` is no leak.
        ///
        /// @param function the full name of a method, or of a class or package for all in it
        public Options ignoreCreatedBy(String function) {
            return and(Ignore.Kind.CREATED_BY, function);
        }

        private Options and(Ignore.Kind kind, String pattern) {
            var more = new ArrayList<>(ignored);
            more.add(new Ignore(kind, pattern));
            return new Options(checked, patience, List.copyOf(more));
        }

        /// See [Leaks#check].
        public void check(Task body) {
            Objects.requireNonNull(body, "body");
            try (var _ = open()) {
                LeakScope.call(body);
            }
        }

        /// See [Leaks#open].
        public LeakScope open() {
            return new LeakScope(this, true);
        }

        /// A check that no thread is in: only what is started in the bodies of [LeakScope#run] belongs to it.
        public LeakScope openForRuns() {
            return new LeakScope(this, false);
        }

        /// See [Leaks#checkUnder].
        public void checkUnder(Context ctx) {
            Node node = ContextBase.nodeOf(ctx);
            if (node == null) {
                throw new IllegalArgumentException(
                        "everything lies below a context that never ends, such as " + ctx + ": name one that can");
            }
            var search = new Search(this, g -> {
                Node its = g.node();
                return its != null && its.isBelow(node);
            });
            Search.refuse(node.name().isEmpty() ? "a context without name" : "\"" + node.name() + '"', search.await());
        }

        @Override
        public String toString() {
            return "leaks within " + LeakText.span(patience) + (ignored.isEmpty() ? "" : ", but for " + ignored);
        }
    }
}
