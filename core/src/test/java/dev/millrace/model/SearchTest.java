package dev.millrace.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The search itself: it finds what differs, and leaves out all that does not matter.
class SearchTest {
    private static List<Integer> numbers(Random random) {
        return random.ints(60, 0, 10).boxed().toList();
    }

    private static Machine<Integer> sum(boolean wrong) {
        return new Machine<>() {
            private int sum;
            private int sevens;

            @Override
            public String apply(Integer op) {
                sevens += op == 7 ? 1 : 0;
                sum += op;
                return (wrong && sevens == 3 && op == 2 ? sum + 1 : sum) + "";
            }
        };
    }

    @Test
    void search_nothingDiffers_findsNone() {
        Search.of("no.seed", SearchTest::numbers, () -> sum(false), () -> sum(false)).findsNone(50);
    }

    @Test
    void search_faultNeedsFourSteps_isMadeAsShort() {
        var search = Search.of("no.seed", SearchTest::numbers, () -> sum(false), () -> sum(true));
        search.finds(50, 4);
        assertTrue(assertThrows(AssertionError.class, () -> search.finds(50, 3)).getMessage()
                .contains("though 3 are enough"));
        String said = assertThrows(AssertionError.class, () -> search.findsNone(50)).getMessage();
        assertTrue(said.startsWith("-Dno.seed=") && said.contains("4 steps: [7, 7, 7, 2]"), said);
    }

    @Test
    void search_modelHasNoFault_saysThatNobodyNoticed() {
        var search = Search.of("no.seed", SearchTest::numbers, () -> sum(true), () -> sum(true));
        assertEquals("nobody noticed", assertThrows(AssertionError.class, () -> search.finds(20, 60)).getMessage());
    }

    @Test
    void search_machineThrowsAtItsEnd_isFoundAndMadeShort() {
        var search = Search.of("no.seed", SearchTest::numbers, () -> new Machine<Integer>() {
            private boolean five;

            @Override
            public String apply(Integer op) {
                five |= op == 5;
                return "";
            }

            @Override
            public void close() {
                assertFalse(five, "planted");
            }
        }, () -> _ -> "");
        search.finds(5, 1);
        assertTrue(assertThrows(AssertionError.class, () -> search.findsNone(20)).getMessage().contains("planted"));
    }

    /// Whatever fails: what is left fails, and without any one of its steps it does not.
    @Test
    void shrunk_anyFailure_needsEachOfItsSteps() {
        var random = new Random(5);
        for (int round = 0; round < 200; round++) {
            List<Integer> ops = numbers(random);
            int want = 1 + random.nextInt(60);
            int kind = random.nextInt(3);
            java.util.function.Predicate<List<Integer>> fails = switch (kind) {
                case 0 -> list -> list.stream().mapToInt(i -> i).sum() >= want;
                case 1 -> list -> list.size() > 1 && list.getFirst() <= list.getLast();
                default -> list -> IntStream.range(1, list.size()).anyMatch(i -> list.get(i) < list.get(i - 1));
            };
            if (!fails.test(ops)) {
                continue;
            }
            List<Integer> least = Search.shrunk(ops, fails);
            assertTrue(fails.test(least));
            for (int i = 0; i < least.size(); i++) {
                var without = new ArrayList<>(least);
                without.remove(i);
                assertFalse(fails.test(without), () -> least + " needs not all");
            }
        }
    }
}
