package dev.millrace.sync;

import dev.millrace.linear.Exam;
import dev.millrace.linear.Spec;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// A [Pool] gives what was put, at most once. It may say that it is empty at any time.
class PoolLinearTest {
    private static final Duration BUDGET = Duration.ofMillis(1200);
    private static final int GET = 0;
    private static final int DRAIN = -1;

    /// The state: what may be there, in the order of the numbers. A positive op puts that number.
    private static final Spec<List<Integer>, Integer> SPEC = new Spec<>() {
        @Override
        public List<Integer> start() {
            return List.of();
        }

        @Override
        public List<List<Integer>> after(List<Integer> state, Integer op, Object answer) {
            if (op > 0) {
                var next = new ArrayList<>(state);
                next.add(op);
                next.sort(null);
                return List.of(List.copyOf(next));
            }
            var taken = answer instanceof List<?> several ? several : answer == null ? List.of() : List.of(answer);
            var next = new ArrayList<>(state);
            for (Object item : taken) {
                if (!next.remove(item)) {
                    return List.of();
                }
            }
            return List.of(List.copyOf(next));
        }
    };

    /// Every put puts a number of its own, so that one that is given twice is seen.
    private static Function<Random, Integer> draw() {
        var numbers = new AtomicInteger();
        return random -> switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> GET;
            case 4 -> DRAIN;
            default -> numbers.incrementAndGet();
        };
    }

    private static Object apply(Pool<Integer> pool, Integer op) {
        if (op == GET) {
            return pool.get();
        }
        if (op == DRAIN) {
            var drained = new ArrayList<Integer>();
            pool.drain(drained::add);
            return drained;
        }
        pool.put(op);
        return "";
    }

    @Test
    @Item("PO-04")
    @Hazard(38)
    void pool_allOperations_giveNothingTwice() {
        new Exam<>(Pool::<Integer>withoutFactory, PoolLinearTest::apply, SPEC, draw(), 2, 5).passes(BUDGET);
        new Exam<>(Pool::<Integer>withoutFactory, PoolLinearTest::apply, SPEC, draw(), 3, 4).passes(BUDGET);
    }

    /// Looks at an item before it takes it out.
    @Test
    void twin_peekThenRemove_isFound() {
        new Exam<ConcurrentLinkedQueue<Integer>, List<Integer>, Integer>(
                ConcurrentLinkedQueue::new,
                (queue, op) -> {
                    if (op > 0) {
                        queue.add(op);
                        return "";
                    }
                    Integer item = queue.peek();
                    if (item != null) {
                        queue.remove(item);
                    }
                    return op == GET ? item : item == null ? List.of() : List.of(item);
                },
                SPEC,
                draw(),
                2,
                5)
                .fails(BUDGET);
    }
}
