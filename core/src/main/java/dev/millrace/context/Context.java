package dev.millrace.context;

import dev.millrace.internal.Ambient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Carries cancellation, a deadline and request-scoped values to everything that is done for one purpose.
///
/// Contexts form a tree. Deriving adds a node; nothing ever changes a node but its end, which comes once: by
/// [CancellableContext#cancel()], at its deadline, or with its parent. Whoever waits under the context is woken then.
///
/// ```java
/// try (var ctx = request.withTimeout(Duration.ofMillis(300))) {
///     return users.find(ctx, id); // gives up when the time is over, or when the request ends
/// }
/// ```
///
/// **Blocking and cancellation.** Asking and deriving never block. [#awaitDone()] and [#sleep] do, and say how they end.
///
/// **Safe for any number of threads.** What happens before a cancel is visible to whoever sees the context done.
///
/// **Null.** No argument may be null ([NullPointerException]) unless it is marked so.
///
/// **Compared with Go.** The same tree, rules and order. Differs: a context's end is an exception object with a record of who
/// ended it, and no bare sentinel; `cause()` is what Go's `context.Cause` answers; keys have types; `toString()` does not show
/// values. Not offered: implementing this interface; a foreign context joins by [#from(ContextSource)].
public sealed interface Context permits CancellableContext, BasicContext {

    // Roots.

    /// The root for main programs, start-up and tests: never ends, has no deadline and no values.
    static Context background() {
        return Derived.Roots.BACKGROUND;
    }

    /// Like [#background()], but says: here a context will be handed down one day. A search or a lint finds it.
    static Context todo() {
        return Derived.Roots.TODO;
    }

    /// The ambient context: the one bound by the nearest [#run], [#call], goroutine or handler around the running code;
    /// [#background()] when there is none. It cannot be cancelled through what this answers.
    static Context current() {
        Object bound = Ambient.currentContext();
        return bound == null ? Derived.Roots.BACKGROUND : (Context) bound;
    }

    /// A context that ends when any of the given ones does, with that one's cause; its deadline is the earliest of theirs. Its
    /// values are the first one's, and where that has none, those of the next. Close it when the work is over: until then
    /// the longest-lived of them may keep it.
    static CancellableContext anyOf(Context first, Context... more) {
        return BasicContext.of(first).merge(more);
    }

    /// A context that ends with `source`, which belongs to another system. No thread watches it.
    static Context from(ContextSource source) {
        return Foreign.of(Objects.requireNonNull(source, "source"));
    }

    // State.

    /// Whether the context has ended. For polling in loops: one or two reads, no allocation.
    boolean isDone();

    /// The event of this context's end, always the same object. A context that never ends has [Done#isNever()].
    Done done();

    /// Why the context ended: an exception without a stack, shared by all that ended together, always the same one. Null
    /// while it lives. Not meant to be thrown, see [#check()].
    @Nullable ContextException err();

    /// The cause that was given to the cancel, or to the timeout that passed; [#err()] when none was. Null while it lives,
    /// never null once done. The first end on the way up wins.
    @Nullable Throwable cause();

    /// Throws when the context has ended: a fresh [CancelledException] or [DeadlineExceededException] with this thread's
    /// stack, a line that says who ended it, and the user's cause as its cause.
    void check();

    /// When the context ends at the latest. Stays the same after the end. Fixed when the context was made: a change of the
    /// wall clock moves what this says and not the end.
    Optional<Instant> deadline();

    /// How long until the deadline; zero when it has passed.
    Optional<Duration> remaining();

    /// [#remaining()] in nanoseconds, [Long#MAX_VALUE] when there is no deadline.
    long remainingNanos();

    // Values.

    /// The value of `key`: the nearest on the way up, else the key's default, else null. Takes the same time at any depth.
    <T> @Nullable T value(Key<T> key);

    /// The labels of the context, in the order of their names.
    Map<String, String> labels();

    // Deriving.

    /// A child that can be cancelled.
    CancellableContext withCancel();

    /// A child that ends after `timeout` at the latest; at once when that is zero or negative. A parent's earlier deadline
    /// holds. A span of more than 146 years is taken as that.
    CancellableContext withTimeout(Duration timeout);

    /// Like [#withTimeout(Duration)]; when it is this deadline that passes, [#cause()] is `cause`.
    CancellableContext withTimeout(Duration timeout, Throwable cause);

    /// A child that ends at `deadline` at the latest, at once when that is past. A parent's earlier deadline holds.
    CancellableContext withDeadline(Instant deadline);

    /// Like [#withDeadline(Instant)]; when it is this deadline that passes, [#cause()] is `cause`.
    CancellableContext withDeadline(Instant deadline, Throwable cause);

    /// A child in which `key` has `value`. Only for data that belongs to a request and crosses its layers (an identity, a
    /// trace, a locale), not for what a method needs as a parameter.
    <T> Context withValue(Key<T> key, T value);

    /// A child in which `key` has no value.
    Context without(Key<?> key);

    /// A child that is called `name` in messages and dumps, as is the next node derived from it.
    Context withName(String name);

    /// A child with one more label: a word for people, shown with the goroutines that run under the context. Unlike a value it is
    /// meant to be seen: put no secret there. A label of the same name is replaced.
    Context withLabel(String name, String value);

    /// The same values, but it never ends and has no deadline: for work that must outlive the request. Go's `WithoutCancel`.
    Context detach();

    /// The same values, and an end of its own as `how` says. It does not end with this context.
    CancellableContext detach(Detach how);

    /// This context without the right to cancel it: what to hand to code that must not. Views of one context are equal to it
    /// and to each other.
    Context view();

    // Waiting.

    /// Waits until the context has ended; for ever when it never does.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    void awaitDone();

    /// Waits until the context has ended, at most `timeout`. True when it has ended.
    ///
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    boolean awaitDone(Duration timeout);

    /// Waits for `span`. Always a point of cancellation, also when `span` is zero or negative.
    ///
    /// @throws ContextException when the context has ended, or ends first
    /// @throws InterruptedWaitException when the thread is interrupted first; its interrupt status is set again
    void sleep(Duration span);

    /// Has `action` run once, on a goroutine of its own, when the context has ended; at once when it has. It runs with this
    /// context's values and without its end. Any number may be registered; they are independent. What it throws is an
    /// uncaught failure of a goroutine.
    AfterFunc afterFunc(Runnable action);

    // The ambient form.

    /// Runs `body` with this context as [#current()].
    void run(Runnable body);

    /// Calls `body` with this context as [#current()] and answers its result.
    <T extends @Nullable Object, X extends Throwable> T call(ScopedValue.CallableOp<? extends T, X> body) throws X;

    // Diagnosis.

    /// The name given by [#withName], of the context or of its node; empty when there is none.
    String name();

    /// Who ended the context, when, where and why; null while it lives.
    @Nullable CancelRecord cancelRecord();

    /// The names of the nodes by which the end came down, from the one that was ended first to this; empty while it lives.
    List<String> cancelPath();

    /// How long each task took to end after this context had, and the stacks of those that have not.
    StopReport stopReport();

    /// The tree below this context at this moment. It has the contexts that somebody waits under, that run a goroutine or
    /// have such descendants; in debug mode every one that is still referred to.
    ContextSnapshot snapshot();

    /// [#snapshot()] drawn as text.
    String dump();

    /// Names a value of type `T` in contexts. Keys are equal by identity only: keep one in a constant, and private unless
    /// others shall set the value.
    ///
    /// ```java
    /// private static final Context.Key<User> USER = Context.Key.named("user");
    /// ```
    final class Key<T> {
        private static final AtomicInteger NUMBER = new AtomicInteger();

        final int hash = NUMBER.getAndIncrement() * 0x9E3779B9; // a bijection: no two keys have the same
        final @Nullable T fallback;
        final boolean shown;
        private final String name;

        private Key(String name, @Nullable T fallback, boolean shown) {
            this.name = name;
            this.fallback = fallback;
            this.shown = shown;
        }

        /// A new key.
        public static <T> Key<T> named(String name) {
            return new Key<>(Objects.requireNonNull(name, "name"), null, false);
        }

        /// A new key whose value is `fallback` in contexts that have none.
        public static <T> Key<T> named(String name, T fallback) {
            return new Key<>(
                    Objects.requireNonNull(name, "name"), Objects.requireNonNull(fallback, "default value"), false);
        }

        /// A new key like this whose values may be shown in texts. Without this only their type is.
        public Key<T> shown() {
            return new Key<>(name, fallback, true);
        }

        public String name() {
            return name;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
