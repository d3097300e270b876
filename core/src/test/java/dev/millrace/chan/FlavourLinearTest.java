package dev.millrace.chan;

import dev.millrace.linear.Exam;
import dev.millrace.linear.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The kinds of channels whose sender never waits: there a send too happens at one instant, and what it drops is dropped at that instant.
class FlavourLinearTest {
    private static final Duration BUDGET = Duration.ofMillis(400);
    private static final int PLACES = 2;

    /// What is done when it is full.
    private enum Kind {
        UNLIMITED(Chan::unlimited),
        DROPS_OLDEST(() -> Chan.droppingOldest(PLACES)),
        DROPS_NEWEST(() -> Chan.droppingNewest(PLACES));

        private final Supplier<Chan<Integer>> made;

        Kind(Supplier<Chan<Integer>> made) {
            this.made = made;
        }
    }

    private enum Act {
        SEND,
        TRY_SEND,
        TRY_RECEIVE,
        CLOSE,
        LEN
    }

    private record Op(Act act, int value) {}

    record State(List<Integer> values, boolean closed) {}

    private record KindSpec(Kind kind) implements Spec<State, Op> {
        @Override
        public State start() {
            return new State(List.of(), false);
        }

        @Override
        public List<State> after(State state, Op op, Object answer) {
            var values = state.values;
            return switch (op.act) {
                case TRY_RECEIVE -> values.isEmpty()
                        ? Spec.one(state.closed ? new Received.Closed<>(null) : null, answer, state)
                        : Spec.one(new Received.Value<>(values.getFirst()), answer,
                                new State(values.subList(1, values.size()), state.closed));
                case CLOSE -> Spec.one(!state.closed, answer, new State(values, true));
                case LEN -> Spec.one(values.size(), answer, state);
                case SEND, TRY_SEND -> {
                    if (state.closed) {
                        yield Spec.one("closed", answer, state);
                    }
                    boolean full = kind != Kind.UNLIMITED && values.size() == PLACES;
                    if (full && kind == Kind.DROPS_NEWEST) {
                        yield Spec.one(op.act == Act.SEND ? "sent" : false, answer, state);
                    }
                    var more = new ArrayList<>(full ? values.subList(1, PLACES) : values);
                    more.add(op.value);
                    yield Spec.one(op.act == Act.SEND ? "sent" : true, answer, new State(List.copyOf(more), false));
                }
            };
        }
    }

    private static Function<Random, Op> draw() {
        var numbers = new AtomicInteger();
        return random -> {
            int kind = random.nextInt(20);
            Act act = kind < 6 ? Act.SEND : kind < 10 ? Act.TRY_SEND : kind < 17 ? Act.TRY_RECEIVE
                    : kind < 18 ? Act.CLOSE : Act.LEN;
            return new Op(act, numbers.incrementAndGet());
        };
    }

    private static Object apply(Chan<Integer> chan, Op op) {
        try {
            return switch (op.act) {
                case SEND -> {
                    chan.send(op.value);
                    yield "sent";
                }
                case TRY_SEND -> chan.trySend(op.value);
                case TRY_RECEIVE -> chan.tryReceive();
                case CLOSE -> chan.tryClose();
                case LEN -> chan.len();
            };
        } catch (ChanClosedException e) {
            return "closed";
        }
    }

    /// Each step is safe for itself.
    private static final class CheckThenAct {
        private final ConcurrentLinkedQueue<Integer> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger count = new AtomicInteger();
        private volatile boolean closed;

        Object apply(Kind kind, Op op) {
            switch (op.act) {
                case TRY_RECEIVE -> {
                    Integer value = queue.poll();
                    if (value != null) {
                        count.decrementAndGet();
                        return new Received.Value<>(value);
                    }
                    return closed ? new Received.Closed<>(null) : null;
                }
                case CLOSE -> {
                    boolean first = !closed;
                    closed = true;
                    return first;
                }
                case LEN -> {
                    return count.get();
                }
                default -> {
                    if (closed) {
                        return "closed";
                    }
                    if (kind != Kind.UNLIMITED && count.get() >= PLACES) {
                        if (kind == Kind.DROPS_NEWEST) {
                            return op.act == Act.SEND ? "sent" : (Object) false;
                        }
                        if (queue.poll() != null) {
                            count.decrementAndGet();
                        }
                    }
                    count.incrementAndGet();
                    queue.add(op.value);
                    return op.act == Act.SEND ? "sent" : (Object) true;
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> operations_ofEachKind_areLinearizable() {
        return Stream.of(Kind.values()).map(kind -> DynamicTest.dynamicTest(kind.name(), () -> {
            new Exam<>(kind.made, FlavourLinearTest::apply, new KindSpec(kind), draw(), 2, 6).passes(BUDGET);
            new Exam<>(kind.made, FlavourLinearTest::apply, new KindSpec(kind), draw(), 3, 4).passes(BUDGET);
        }));
    }

    @TestFactory
    Stream<DynamicTest> twin_ofEachKind_isFound() {
        return Stream.of(Kind.values()).map(kind -> DynamicTest.dynamicTest(kind.name(),
                () -> new Exam<>(CheckThenAct::new, (CheckThenAct chan, Op op) -> chan.apply(kind, op),
                        new KindSpec(kind), draw(), 3, 4).fails(BUDGET)));
    }
}
