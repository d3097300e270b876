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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The operations of a channel that do not wait happen at one instant each. Channels that check first and act afterwards are
/// found.
class ChanLinearTest {
    private static final Duration BUDGET = Duration.ofMillis(1200);
    private static final int RECEIVE = 0;
    private static final int CLOSE = -1;
    private static final int LEN = -2;
    private static final int IS_CLOSED = -3;

    record State(List<Integer> values, boolean closed) {}

    /// A positive op sends that number.
    private record ChanSpec(int capacity) implements Spec<State, Integer> {
        @Override
        public State start() {
            return new State(List.of(), false);
        }

        @Override
        public List<State> after(State state, Integer op, Object answer) {
            var values = state.values();
            return switch (op) {
                case RECEIVE -> {
                    if (!values.isEmpty()) {
                        var rest = new State(values.subList(1, values.size()), state.closed());
                        yield Spec.one(new Received.Value<>(values.getFirst()), answer, rest);
                    }
                    yield Spec.one(state.closed() ? new Received.Closed<>(null) : null, answer, state);
                }
                case CLOSE -> Spec.one(!state.closed(), answer, new State(values, true));
                case LEN -> Spec.one(values.size(), answer, state);
                case IS_CLOSED -> Spec.one(state.closed(), answer, state);
                default -> {
                    if (state.closed()) {
                        yield Spec.one("closed", answer, state);
                    }
                    if (values.size() == capacity) {
                        yield Spec.one(false, answer, state);
                    }
                    var more = new ArrayList<>(values);
                    more.add(op);
                    yield Spec.one(true, answer, new State(List.copyOf(more), false));
                }
            };
        }
    }

    private static Function<Random, Integer> draw() {
        var numbers = new AtomicInteger();
        return random -> switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> RECEIVE;
            case 4 -> CLOSE;
            case 5 -> LEN;
            case 6 -> IS_CLOSED;
            default -> numbers.incrementAndGet();
        };
    }

    private static Object apply(Chan<Integer> chan, Integer op) {
        return switch (op) {
            case RECEIVE -> chan.tryReceive();
            case CLOSE -> chan.tryClose();
            case LEN -> chan.len();
            case IS_CLOSED -> chan.isClosed();
            default -> {
                try {
                    yield chan.trySend(op);
                } catch (ChanClosedException e) {
                    yield "closed";
                }
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> tryOperations_ofSmallCapacity_areLinearizable() {
        return IntStream.rangeClosed(0, 2)
                .mapToObj(capacity -> DynamicTest.dynamicTest("capacity " + capacity, () -> {
                    new Exam<>(() -> Chan.<Integer>buffered(capacity), ChanLinearTest::apply, new ChanSpec(capacity),
                            draw(), 2, 5)
                            .passes(BUDGET);
                    new Exam<>(() -> Chan.<Integer>buffered(capacity), ChanLinearTest::apply, new ChanSpec(capacity),
                            draw(), 3, 3)
                            .passes(BUDGET);
                }));
    }

    /// A channel of a queue, a counter and a flag, each safe for itself.
    private static class CheckThenAct {
        final ConcurrentLinkedQueue<Integer> queue = new ConcurrentLinkedQueue<>();
        final AtomicInteger count = new AtomicInteger();
        volatile boolean closed;

        Object apply(int capacity, Integer op) {
            return switch (op) {
                case RECEIVE -> {
                    Integer value = queue.poll();
                    if (value != null) {
                        count.decrementAndGet();
                        yield new Received.Value<>(value);
                    }
                    yield closed ? new Received.Closed<>(null) : null;
                }
                case CLOSE -> {
                    boolean first = !closed;
                    closed = true;
                    yield first;
                }
                case LEN -> count.get();
                case IS_CLOSED -> closed;
                default -> {
                    if (closed) {
                        yield "closed";
                    }
                    if (count.get() >= capacity) {
                        yield false;
                    }
                    count.incrementAndGet();
                    queue.add(op);
                    yield true;
                }
            };
        }
    }

    @Test
    void twin_checkThenAct_isFound() {
        for (int capacity = 1; capacity <= 2; capacity++) {
            int places = capacity;
            new Exam<>(CheckThenAct::new, (CheckThenAct chan, Integer op) -> chan.apply(places, op),
                    new ChanSpec(places), draw(), 2, 5)
                    .fails(BUDGET);
        }
    }
}
