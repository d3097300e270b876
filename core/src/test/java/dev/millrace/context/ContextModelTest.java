package dev.millrace.context;

import dev.millrace.chan.Select;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random trees of contexts of all kinds, with cancels, deadlines, callbacks and those who wait, against a model: after each step what every context
/// says of itself, how often every callback has run, and who has been woken.
///
/// A failure names its seed: `-Dcontext.seed=…` repeats it.
@Timeout(60)
class ContextModelTest {
    private enum Act {
        CHILD,
        TIMEOUT,
        VALUE,
        DETACH,
        KEEPING_DEADLINE,
        LINGERING,
        ANY_OF,
        CALLBACK,
        STOP,
        WAIT,
        LEAVE,
        CANCEL,
        PASS
    }

    /// @param of a context, or whatever the step concerns, by its number
    /// @param other another one
    /// @param span some nanoseconds; no two sums of them are alike
    /// @param id in which step; of causes
    private record Op(Act act, int of, int other, long span, int id) {
        @Override
        public String toString() {
            return act + "(" + of + (act == Act.ANY_OF ? ", " + other : "")
                    + (act == Act.TIMEOUT || act == Act.LINGERING || act == Act.PASS ? ", " + span + " ns" : "") + ")";
        }
    }

    /// What a context ends with.
    private static final class Planted extends RuntimeException {
        Planted(String text) {
            super(text);
        }
    }

    private static String seen(String answer, List<String> contexts, List<String> callbacks, Object ended) {
        return answer + "; " + contexts + ", callbacks " + callbacks + ", ended " + ended;
    }

    /// Which contexts hear of several others: a merged one, and what is below it. When two of those others end at one instant, each by a timer of its own, it
    /// is by chance whose end is passed on; so of such a context it is not compared which deadline it was.
    private static final class Merged {
        private final List<Boolean> merged = new ArrayList<>(List.of(false));

        /// After `op` there are `contexts`.
        void note(Op op, int contexts) {
            boolean one = op.act == Act.ANY_OF || merged.get(op.of % merged.size());
            while (merged.size() < contexts) {
                merged.add(one);
            }
        }

        List<String> texts(List<String> ends) {
            return IntStream.range(0, ends.size()).mapToObj(i -> text(i, ends.get(i))).toList();
        }

        private String text(int i, String end) {
            boolean compared = !merged.get(i) || end.equals("-") || end.startsWith("c");
            return compared ? end : end.startsWith("late ") ? "late" : "ended";
        }
    }

    /// The contexts themselves, under virtual time.
    private static final class Real implements Machine<Op> {
        private static final class Callback {
            AfterFunc func;
            volatile int ran;
        }

        private final Crowd crowd = new Crowd();
        private final List<Context> contexts = new ArrayList<>();
        private final Merged merged = new Merged();
        private final List<Callback> callbacks = new ArrayList<>();

        @Override
        public String apply(Op op) throws Exception {
            String answer;
            if (op.act == Act.PASS) {
                answer = "";
                crowd.time().call(() -> {
                    begin();
                    crowd.time().advance(op.span);
                    crowd.time().awaitIdle();
                    return true;
                });
            } else {
                answer = crowd.apply(() -> step(op));
            }
            merged.note(op, contexts.size());
            return crowd.apply(() -> seen(answer, merged.texts(contexts.stream().map(Real::state).toList()),
                    callbacks.stream().map(c -> "" + c.ran).toList(), crowd.ended()));
        }

        private static String state(Context ctx) {
            Throwable cause = ctx.cause();
            if (ctx.isDone() != (cause != null) || ctx.isDone() != (ctx.err() != null)) {
                return "done, cause and err differ";
            }
            return cause == null ? "-"
                    : (ctx.err().isTimeout() ? "late " : "") + (cause instanceof Planted ? cause
                            .getMessage() : "?");
        }

        private void begin() {
            if (contexts.isEmpty()) {
                contexts.add(Context.background().withCancel());
            }
        }

        private String step(Op op) {
            begin();
            Context of = contexts.get(op.of % contexts.size());
            var span = Duration.ofNanos(op.span);
            switch (op.act) {
                case CHILD -> contexts.add(of.withCancel());
                case TIMEOUT -> contexts.add(of.withTimeout(span, new Planted("t" + op.id)));
                case VALUE -> contexts.add(of.withValue(Context.Key.<Integer>named("n"), op.id));
                case DETACH -> contexts.add(of.detach());
                case KEEPING_DEADLINE -> contexts.add(of.detach(Detach.keepingDeadline()));
                case LINGERING -> contexts.add(of.detach(Detach.lingering(span)));
                case ANY_OF -> contexts.add(Context.anyOf(of, contexts.get(op.other % contexts.size())));
                case CALLBACK -> {
                    var callback = new Callback();
                    callbacks.add(callback);
                    callback.func = of.afterFunc(() -> callback.ran++);
                }
                case STOP -> {
                    return callbacks.isEmpty() ? "" : "" + callbacks.get(op.of % callbacks.size()).func.stop();
                }
                case WAIT -> crowd.start(ctx -> Select.<String>first().done(of, _ -> "heard").run(ctx));
                case LEAVE -> crowd.cancel(op.of);
                case CANCEL -> {
                    if (of instanceof CancellableContext it) {
                        it.cancel(new Planted("c" + op.id));
                    }
                }
                default -> throw new IllegalStateException(op.toString());
            }
            return "";
        }

        @Override
        public void close() {
            crowd.run(() -> {
                for (Context ctx : contexts) {
                    if (ctx instanceof CancellableContext it) {
                        it.cancel();
                    }
                }
            });
            crowd.close();
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        GRANDCHILDREN_DO_NOT_HEAR(6),
        LAST_CAUSE_WINS(2),
        DETACHED_HEARS(2),
        KEEPING_DEADLINE_HEARS_THE_CANCEL(2),
        LINGERING_ENDS_AT_ONCE(2),
        LATER_DEADLINE_COUNTS(3),
        LATE_CHILD_LIVES(2),
        ANY_OF_NEEDS_ALL(8),
        STOPPED_RUNS(5),
        STOP_IS_ALWAYS_TRUE(3),
        VALUES_CUT(2),
        WAITERS_OF_CHILDREN_DO_NOT_HEAR(3);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private static final long NEVER = Long.MAX_VALUE;

        private final class Knot {
            final List<Knot> above = new ArrayList<>();
            final Act made;
            final boolean cancellable;
            long deadline = NEVER; // its own
            String late = "?";
            long linger;
            String end;
            long endedAt;

            Knot(Act made, boolean cancellable, Knot... above) {
                this.made = made;
                this.cancellable = cancellable;
                this.above.addAll(List.of(above));
                knots.add(this);
            }

            /// Whose deadline is the earliest that it hears of. One that lingers has none: when it ends is not known before.
            Knot earliest() {
                Knot best = deadline == NEVER ? null : this;
                for (Knot k : lingering.contains(this) ? List.<Knot>of() : above) {
                    Knot theirs = k.earliest();
                    if (theirs != null && (best == null || theirs.deadline < best.deadline)) {
                        best = theirs;
                    }
                }
                return best;
            }
        }

        private static final class Callback {
            Knot of;
            int ran;
            boolean stopped;
        }

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final Merged merged = new Merged();
        private final List<Knot> knots = new ArrayList<>();
        private final List<Knot> lingering = new ArrayList<>(); // with whom it watches as the one above
        private final List<Callback> callbacks = new ArrayList<>();
        private final List<Knot> waitsFor = new ArrayList<>(); // by the number of who waits
        private long now;

        Model(Fault fault) {
            this.fault = fault;
            new Knot(Act.CHILD, true);
        }

        @Override
        public String apply(Op op) {
            String answer = step(op, knots.get(op.of % knots.size()));
            hear();
            merged.note(op, knots.size());
            return seen(answer, merged.texts(knots.stream().map(k -> k.end == null ? "-" : k.end).toList()),
                    callbacks.stream().map(c -> "" + c.ran).toList(), ledger.ended());
        }

        private String step(Op op, Knot of) {
            switch (op.act) {
                case CHILD -> new Knot(op.act, true, of);
                case TIMEOUT -> {
                    var made = new Knot(op.act, true, of);
                    Knot before = of.earliest();
                    if (before == null || before.deadline > now + op.span || fault == Fault.LATER_DEADLINE_COUNTS) {
                        made.deadline = now + op.span;
                        made.late = "late t" + op.id;
                    }
                    if (fault == Fault.LATER_DEADLINE_COUNTS) {
                        made.above.clear();
                    }
                }
                case VALUE -> {
                    if (fault == Fault.VALUES_CUT) {
                        new Knot(op.act, false);
                    } else {
                        new Knot(op.act, false, of);
                    }
                }
                case DETACH -> {
                    if (fault == Fault.DETACHED_HEARS) {
                        new Knot(op.act, false, of);
                    } else {
                        new Knot(op.act, false);
                    }
                }
                case KEEPING_DEADLINE -> {
                    var made = new Knot(op.act, true);
                    Knot theirs = of.earliest();
                    if (theirs != null) {
                        made.deadline = theirs.deadline;
                        made.late = "late ?";
                        if (made.deadline <= now) {
                            end(made, made.late);
                            made.endedAt = made.deadline;
                        }
                    }
                    if (fault == Fault.KEEPING_DEADLINE_HEARS_THE_CANCEL) {
                        made.above.add(of);
                    }
                }
                case LINGERING -> {
                    var made = new Knot(op.act, true);
                    made.linger = fault == Fault.LINGERING_ENDS_AT_ONCE ? 0 : op.span;
                    made.above.add(of);
                    lingering.add(made);
                }
                case ANY_OF -> new Knot(op.act, true, of, knots.get(op.other % (knots.size())));
                case CALLBACK -> {
                    var made = new Callback();
                    made.of = of;
                    callbacks.add(made);
                }
                case STOP -> {
                    if (callbacks.isEmpty()) {
                        return "";
                    }
                    Callback callback = callbacks.get(op.of % callbacks.size());
                    boolean stops = callback.ran == 0 && !callback.stopped;
                    callback.stopped |= stops && fault != Fault.STOPPED_RUNS;
                    return "" + (stops || fault == Fault.STOP_IS_ALWAYS_TRUE);
                }
                case WAIT -> {
                    ledger.start();
                    waitsFor.add(of);
                }
                case LEAVE -> {
                    int number = ledger.cancelled(op.of);
                    if (number >= 0) {
                        ledger.end(number, "cancelled");
                    }
                }
                case CANCEL -> {
                    if (of.cancellable && (of.end == null || fault == Fault.LAST_CAUSE_WINS)) {
                        of.end = "c" + op.id;
                        of.endedAt = now;
                    }
                }
                case PASS -> {
                    long until = now + op.span;
                    for (long next = nextInstant(); next <= until; next = nextInstant()) {
                        now = next;
                        for (Knot k : knots) {
                            if (k.end == null && !lingering.contains(k) && k.deadline <= now) {
                                end(k, k.late);
                            }
                        }
                        hear();
                    }
                    now = until;
                }
                default -> throw new IllegalStateException(op.toString());
            }
            return "";
        }

        private void end(Knot k, String how) {
            k.end = how;
            k.endedAt = now;
        }

        private long nextInstant() {
            long least = NEVER;
            for (Knot k : knots) {
                if (k.end == null) {
                    boolean watches = lingering.contains(k) && k.above.getFirst().end != null;
                    least = Math.min(least, watches ? k.above.getFirst().endedAt + k.linger : k.deadline);
                }
            }
            return Math.max(least, now);
        }

        /// Who is below hears of it: until nothing changes.
        private void hear() {
            for (boolean changed = true; changed;) {
                changed = false;
                for (Knot k : knots) {
                    Knot ended = k.above.stream().filter(a -> a.end != null).findFirst().orElse(null);
                    if (k.end != null || ended == null || !hears(k)) {
                        continue;
                    }
                    if (lingering.contains(k)) {
                        if (ended.endedAt + k.linger <= now) {
                            k.end = ended.end.replace("late ", "");
                            k.endedAt = ended.endedAt + k.linger;
                            changed = true;
                        }
                        continue;
                    }
                    k.end = ended.end;
                    k.endedAt = ended.endedAt;
                    changed = true;
                }
            }
            for (Callback c : callbacks) {
                c.ran = c.ran == 0 && c.of.end != null && !c.stopped ? 1 : c.ran;
            }
            for (int i = 0; i < waitsFor.size(); i++) {
                Knot of = waitsFor.get(i);
                boolean deaf = fault == Fault.WAITERS_OF_CHILDREN_DO_NOT_HEAR && !of.above.isEmpty();
                if (of.end != null && !deaf && !ledger.hasEnded(i)) {
                    ledger.end(i, "heard");
                }
            }
        }

        private boolean hears(Knot k) {
            return switch (fault) {
                case GRANDCHILDREN_DO_NOT_HEAR -> k.above.stream().allMatch(a -> a.above.isEmpty());
                case LATE_CHILD_LIVES -> knots.getLast() != k;
                case ANY_OF_NEEDS_ALL -> k.above.stream().allMatch(a -> a.end != null);
                default -> true;
            };
        }
    }

    private static List<Op> sequence(Random random) {
        Act[] acts = {Act.CHILD, Act.CHILD, Act.TIMEOUT, Act.TIMEOUT, Act.VALUE, Act.DETACH, Act.KEEPING_DEADLINE,
            Act.LINGERING, Act.ANY_OF, Act.CALLBACK, Act.CALLBACK, Act.STOP, Act.WAIT, Act.WAIT, Act.LEAVE, Act.CANCEL,
            Act.CANCEL, Act.PASS, Act.PASS};
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 30; i++) {
            ops.add(new Op(acts[random.nextInt(acts.length)], random.nextInt(500), random.nextInt(500),
                    1 + random.nextInt(1_000_000_000), i));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("context.seed", ContextModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void contexts_randomTrees_doWhatTheModelDoes() {
        search(Fault.NONE).findsNone(250);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void contexts_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
