package dev.millrace.context;

import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Deadline;
import dev.millrace.internal.DeadlineNode;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.Ending;
import dev.millrace.internal.LingerNode;
import dev.millrace.internal.MergeNode;
import dev.millrace.internal.Node;
import dev.millrace.internal.Owner;
import dev.millrace.internal.PlainNode;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Wait;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What all contexts share: a node that answers for the end (null: there is none) and the map of all values in sight. The
/// parent is kept for texts only.
abstract sealed class BasicContext extends ContextBase implements Context permits CancelContext, Derived {
    /// The labels are one value: they are handed down and detached as values are.
    private static final Key<Map<String, String>> LABELS = Key.named("labels", Map.of());

    static {
        Ending.recorder(e -> Face.of(e).cancelRecord());
    }

    final Values values;
    final @Nullable BasicContext parent;
    private final String pendingName; // for the next node; empty for none

    BasicContext(@Nullable BasicContext parent, @Nullable Node node, Values values, String pendingName) {
        super(node);
        this.parent = parent;
        this.values = values;
        this.pendingName = pendingName;
    }

    static BasicContext of(Context context) {
        return switch (Objects.requireNonNull(context, "cannot create context from nil parent")) {
            case CancelContext c -> c;
            case Derived d -> d;
        };
    }

    @Nullable Node node() {
        return node;
    }

    /// What this step adds to its parent's text, as Go writes it.
    abstract String step();

    private Scheduler scheduler() {
        return node == null ? Scheduler.current() : node.scheduler();
    }

    // State.

    @Override
    public final boolean isDone() {
        return node != null && node.ending() != null;
    }

    private @Nullable Ending ending() {
        return node == null ? null : node.ending();
    }

    @Override
    public final Done done() {
        return Done.of(node);
    }

    @Override
    public final @Nullable ContextException err() {
        Ending e = ending();
        return e == null ? null : Face.of(e).err();
    }

    @Override
    public final @Nullable Throwable cause() {
        Ending e = ending();
        return e == null ? null : Face.cause(e);
    }

    @Override
    public final void check() {
        Ending e = ending();
        if (e != null) {
            throw ContextException.fresh(e);
        }
    }

    @Override
    public final Optional<Instant> deadline() {
        Deadline d = node == null ? null : node.deadline();
        return d == null ? Optional.empty() : Optional.of(d.instant());
    }

    @Override
    public final Optional<Duration> remaining() {
        long nanos = remainingNanos();
        return nanos == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    @Override
    public final long remainingNanos() {
        Deadline d = node == null ? null : node.deadline();
        return d == null ? Long.MAX_VALUE : Math.max(0, d.nanos() - scheduler().nanoTime());
    }

    // Values.

    @Override
    @SuppressWarnings("unchecked") // withValue stores a T under a Key<T>
    public final <T> @Nullable T value(Key<T> key) {
        Object v = values.get(Objects.requireNonNull(key, "nil key"));
        return v == null ? key.fallback : (T) v;
    }

    @Override
    public final Map<String, String> labels() {
        Map<String, String> labels = value(LABELS);
        return labels == null ? Map.of() : labels;
    }

    // Deriving.

    /// The caller's scheduler, if this context may be derived there.
    private Scheduler deriving() {
        return Owner.within(node, "derive from");
    }

    @Override
    public final CancellableContext withCancel() {
        return derive(new PlainNode(node, deriving(), pendingName));
    }

    private CancellableContext derive(Node made) {
        made.made();
        return new CancelContext(this, made, values);
    }

    @Override
    public final CancellableContext withTimeout(Duration timeout) {
        return withTimeoutOrCause(timeout, null);
    }

    @Override
    public final CancellableContext withTimeout(Duration timeout, Throwable cause) {
        return withTimeoutOrCause(timeout, Objects.requireNonNull(cause, "cause"));
    }

    private CancellableContext withTimeoutOrCause(Duration timeout, @Nullable Throwable cause) {
        long budget = Deadlines.nanos(Objects.requireNonNull(timeout, "timeout"));
        Scheduler scheduler = deriving();
        return withDeadline(scheduler, Scheduler.after(scheduler.nanoTime(), budget), budget, null, cause);
    }

    @Override
    public final CancellableContext withDeadline(Instant deadline) {
        return withDeadlineOrCause(deadline, null);
    }

    @Override
    public final CancellableContext withDeadline(Instant deadline, Throwable cause) {
        return withDeadlineOrCause(deadline, Objects.requireNonNull(cause, "cause"));
    }

    private CancellableContext withDeadlineOrCause(Instant deadline, @Nullable Throwable cause) {
        Objects.requireNonNull(deadline, "deadline");
        Scheduler scheduler = deriving();
        long nanos = Deadlines.nanos(scheduler, deadline);
        return withDeadline(scheduler, nanos, nanos - scheduler.nanoTime(), deadline, cause);
    }

    private CancellableContext withDeadline(
            Scheduler scheduler, long nanos, long budget, @Nullable Instant instant, @Nullable Throwable cause) {
        Deadline above = node == null ? null : node.deadline();
        if (above != null && isEarlier(above, nanos, instant)) {
            return withCancel();
        }
        var made = new DeadlineNode(node, scheduler, pendingName, nanos, budget, instant, cause);
        if (budget <= 0) {
            made.endNow();
        }
        return derive(made);
    }

    /// Two deadlines given by the calendar are compared by it: their nanoseconds were read from clocks at two moments.
    private static boolean isEarlier(Deadline above, long nanos, @Nullable Instant instant) {
        return instant != null ? above.instant().isBefore(instant) : above.nanos() - nanos < 0;
    }

    @Override
    public final <T> Context withValue(Key<T> key, T value) {
        Objects.requireNonNull(key, "nil key");
        Objects.requireNonNull(value, "nil value: use without(key) to hide a value");
        return new Derived.Value(this, key, value, values.with(key, value), pendingName);
    }

    @Override
    public final Context without(Key<?> key) {
        Objects.requireNonNull(key, "nil key");
        return new Derived.Value(this, key, null, values.without(key), pendingName);
    }

    @Override
    public final Context withName(String name) {
        return new Derived.Step(this, node, values, Objects.requireNonNull(name, "name"), "");
    }

    @Override
    public final Context withLabel(String name, String value) {
        var labels = new TreeMap<>(labels());
        labels.put(Objects.requireNonNull(name, "label name"), Objects.requireNonNull(value, "label value"));
        var more = values.with(LABELS, Collections.unmodifiableMap(labels));
        return new Derived.Step(this, node, more, pendingName, ".WithLabel(" + name + ", " + value + ")");
    }

    @Override
    public final Context detach() {
        return new Derived.Step(this, null, values, pendingName, ".WithoutCancel");
    }

    @Override
    public final CancellableContext detach(Detach how) {
        Scheduler scheduler = deriving();
        Node made =
                switch (Objects.requireNonNull(how, "how")) {
                    case Detach.KeepingDeadline _ -> {
                        Deadline d = node == null ? null : node.deadline();
                        if (d == null) {
                            yield new PlainNode(null, scheduler, pendingName);
                        }
                        long budget = d.nanos() - scheduler.nanoTime();
                        yield new DeadlineNode(null, scheduler, pendingName, d.nanos(), budget, d.instant(), null);
                    }
                    case Detach.Lingering(Duration span) ->
                            node == null
                                    ? new PlainNode(null, scheduler, pendingName)
                                    : new LingerNode(node, Deadlines.nanos(span), scheduler, pendingName);
                };
        made.made();
        return new CancelContext(detach(), made, values);
    }

    final CancellableContext merge(Context... more) {
        var others = new ArrayList<Node>();
        Values merged = values;
        Scheduler scheduler = deriving();
        for (Context context : more) {
            BasicContext other = of(context);
            Node n = other.node();
            if (n != null && n != node && !others.contains(n)) {
                Owner.within(n, "derive from");
                others.add(n);
            }
            if (other.values != Values.NONE) {
                merged = merged.before(other.values::get);
            }
        }
        Node made = others.isEmpty()
                ? new PlainNode(node, scheduler, pendingName)
                : new MergeNode(node, others.toArray(Node[]::new), scheduler, pendingName);
        made.made();
        return new CancelContext(this, made, merged);
    }

    @Override
    public Context view() {
        return this;
    }

    // Waiting.

    @Override
    public final void awaitDone() {
        done().await();
    }

    @Override
    public final boolean awaitDone(Duration timeout) {
        return done().await(timeout);
    }

    @Override
    public final void sleep(Duration span) {
        long nanos = Deadlines.nanos(Objects.requireNonNull(span, "span"));
        check();
        Scheduler scheduler = Owner.within(node, "sleep under");
        if (nanos <= 0) {
            return;
        }
        Object outcome = Wait.sleep(scheduler, node, nanos, new Sleep(this, span));
        if (outcome != Waiter.TIMED_OUT) {
            throw ended(outcome, "sleep");
        }
    }

    /// What a wait throws that did not end as it should.
    private static RuntimeException ended(Object outcome, String operation) {
        return outcome instanceof Ending e ? ContextException.fresh(e) : new InterruptedWaitException(operation);
    }

    @Override
    public final AfterFunc afterFunc(Runnable action) {
        return AfterFunc.register(
                this, node, Owner.within(node, "after-func of"), Objects.requireNonNull(action, "action"));
    }

    // The ambient form.

    @Override
    public final void run(Runnable body) {
        Objects.requireNonNull(body, "body");
        Ambient.call(view(), () -> {
            body.run();
            return null;
        });
    }

    @Override
    public final <T extends @Nullable Object, X extends Throwable> T call(
            ScopedValue.CallableOp<? extends T, X> body) throws X {
        return Ambient.<T, X>call(view(), Objects.requireNonNull(body, "body"));
    }

    // Diagnosis.

    @Override
    public final String name() {
        return pendingName.isEmpty() && node != null ? node.name() : pendingName;
    }

    @Override
    public final @Nullable CancelRecord cancelRecord() {
        Ending e = ending();
        return e == null ? null : Face.of(e).cancelRecord();
    }

    @Override
    public final List<String> cancelPath() {
        Ending e = ending();
        var path = new ArrayList<String>();
        for (Node n = e == null ? null : node; n != null && e != null; n = n.cameFrom(e)) {
            path.add(n.name());
        }
        return List.copyOf(path.reversed());
    }

    @Override
    public final StopReport stopReport() {
        return Tasks.stopReport(node);
    }

    @Override
    public final ContextSnapshot snapshot() {
        return Tree.snapshot(this, node);
    }

    @Override
    public final String dump() {
        return Drawing.draw(snapshot());
    }

    /// As Go prints it: the steps from the root.
    @Override
    public final String toString() {
        var steps = new ArrayList<BasicContext>();
        for (BasicContext c = this; c != null; c = c.parent) {
            steps.add(c);
        }
        var text = new StringBuilder();
        for (BasicContext c : steps.reversed()) {
            text.append(c.step());
        }
        return text.toString();
    }

    /// The reason of a wait, as thread dumps and reports show it.
    private record Sleep(Context context, Duration span) {
        @Override
        public String toString() {
            return "sleep " + Texts.span(span.toNanos()) + " under " + Texts.called(context.name());
        }
    }
}
