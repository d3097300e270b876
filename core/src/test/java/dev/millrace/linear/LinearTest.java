package dev.millrace.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.linear.Linear.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The checker checked: histories whose answer is known, against a search that tries every order, and objects that are right
/// and wrong.
class LinearTest {
    /// A register: a positive number is written, 0 reads.
    private static final Spec<Integer, Integer> REGISTER = new Spec<>() {
        @Override
        public Integer start() {
            return 0;
        }

        @Override
        public List<Integer> after(Integer state, Integer op, Object answer) {
            return op == 0 ? Spec.one(state, answer, state) : Spec.one("", answer, op);
        }
    };

    private static Call<Integer> write(int thread, int value, long start, long end) {
        return new Call<>(thread, value, "", start, end);
    }

    private static Call<Integer> read(int thread, int seen, long start, long end) {
        return new Call<>(thread, 0, seen, start, end);
    }

    @SafeVarargs
    private static boolean explains(Call<Integer>... history) {
        return Linear.explains(REGISTER, List.of(history));
    }

    @Test
    void explains_readAfterWrite_seesIt() {
        assertTrue(explains(write(0, 1, 0, 10), read(1, 1, 20, 30)));
        assertFalse(explains(write(0, 1, 0, 10), read(1, 0, 20, 30)), "a stale read");
    }

    @Test
    void explains_readWhileWriting_seesOldOrNew() {
        assertTrue(explains(write(0, 1, 0, 20), read(1, 0, 10, 30)));
        assertTrue(explains(write(0, 1, 0, 20), read(1, 1, 10, 30)));
        assertTrue(explains(write(0, 1, 0, 10), read(1, 0, 10, 30)), "the same instant is no order");
        assertFalse(explains(write(0, 1, 0, 20), read(1, 2, 10, 30)), "out of thin air");
    }

    @Test
    void explains_newThenOld_isRefused() {
        assertTrue(explains(write(0, 1, 0, 100), read(1, 0, 10, 20), read(1, 1, 30, 40)));
        assertFalse(explains(write(0, 1, 0, 100), read(1, 1, 10, 20), read(1, 0, 30, 40)));
        assertFalse(explains(write(0, 1, 0, 100), read(1, 1, 10, 20), read(2, 0, 30, 40)), "two readers");
    }

    @Test
    void explains_oneThread_keepsItsOrderWithoutClock() {
        assertFalse(explains(write(0, 1, 5, 5), read(0, 0, 6, 6)));
    }

    /// All orders of the calls that the instants allow, one after the other.
    private static boolean bruteForce(List<Call<Integer>> rest, int state) {
        if (rest.isEmpty()) {
            return true;
        }
        for (Call<Integer> next : rest) {
            if (rest.stream().noneMatch(other -> other != next && other.isBefore(next))) {
                for (int after : REGISTER.after(state, next.op(), next.answer())) {
                    var others = new ArrayList<>(rest);
                    others.remove(next);
                    if (bruteForce(others, after)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void explains_randomHistories_agreesWithTryingAll() {
        var random = new Random(7);
        int[] answers = new int[2];
        for (int n = 0; n < 20_000; n++) {
            var history = new ArrayList<Call<Integer>>();
            for (int t = 0; t < 3; t++) {
                long at = random.nextInt(10);
                for (int i = 0; i < 2; i++) {
                    long end = at + 1 + random.nextInt(10);
                    history.add(random.nextBoolean() ? write(t, 1 + random.nextInt(2), at, end)
                            : read(t, random.nextInt(3), at, end));
                    at = end + 1 + random.nextInt(3);
                }
            }
            boolean expected = bruteForce(history, 0);
            assertEquals(expected, Linear.explains(REGISTER, history), () -> Linear.text(history));
            answers[expected ? 1 : 0]++;
        }
        assertTrue(answers[0] > 1000 && answers[1] > 1000, "both answers come: " + answers[0] + ", " + answers[1]);
    }

    /// A counter that counts one up, and answers the new number.
    private static final Spec<Integer, String> COUNTER = new Spec<>() {
        @Override
        public Integer start() {
            return 0;
        }

        @Override
        public List<Integer> after(Integer state, String op, Object answer) {
            return Spec.one(state + 1, answer, state + 1);
        }
    };

    private static final class Plain {
        int n;
    }

    @Test
    void exam_atomicCounter_passes() {
        new Exam<>(AtomicInteger::new, (n, _) -> n.incrementAndGet(), COUNTER, _ -> "up", 3, 3)
                .passes(Duration.ofMillis(500));
    }

    @Test
    void exam_plainCounter_fails() {
        new Exam<>(Plain::new, (p, _) -> ++p.n, COUNTER, _ -> "up", 2, 4).fails(Duration.ofSeconds(1));
    }

    @Test
    void exam_oneThread_isNotConcurrent() {
        var outcome = new Exam<>(Plain::new, (p, _) -> ++p.n, COUNTER, _ -> "up", 1, 4).run(Duration.ofMillis(50));
        assertNull(outcome.failure());
        assertEquals(0, outcome.concurrent());
        assertTrue(outcome.rounds() > 0);
    }
}
