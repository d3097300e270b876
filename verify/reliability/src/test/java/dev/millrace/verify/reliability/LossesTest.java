package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whether what one loses is more than what another does.
class LossesTest {
    private static final List<Integer> CONTROL = List.of(0, 3, 1, 0, 2, 60, 0, 1, 5, 0, 2, 1);

    private static List<Integer> withMore(int more) {
        return CONTROL.stream().map(i -> i + more).toList();
    }

    @Test
    void chance_fewRuns_isThatOfAllChoicesCounted() {
        assertEquals(1.0 / 6, new Losses(List.of(3, 4), List.of(1, 2)).chance(), 1e-12);
        assertEquals(2.0 / 6, new Losses(List.of(2, 4), List.of(1, 3)).chance(), 1e-12);
        assertEquals(1, new Losses(List.of(1, 2), List.of(3, 4)).chance(), 1e-12);
        assertEquals(1, new Losses(List.of(0, 0), List.of(0, 0)).chance(), 1e-12);
        assertEquals(3.0 / 6, new Losses(List.of(0, 1), List.of(0, 0)).chance(), 1e-12);
    }

    @Test
    void more_sameRunsOrFewer_isNot() {
        assertFalse(new Losses(CONTROL, CONTROL).isMore());
        assertFalse(new Losses(withMore(0), withMore(5)).isMore());
    }

    @Test
    void more_plantedInEachRun_isFoundThoughOneOfTheControlLostVeryMany() {
        var losses = new Losses(withMore(20), CONTROL);
        assertTrue(losses.isMore(), losses.toString());
    }

    /// What it cannot tell: one run with very many may as well be the other's.
    @Test
    void more_inOneRunOnly_isNotTold() {
        var ours = new ArrayList<>(CONTROL);
        ours.set(0, 1_000);
        assertFalse(new Losses(ours, CONTROL).isMore());
    }

    @Test
    void more_twoThatLoseAlike_areToldApartAsSeldomAsIsSaid() {
        var random = new Random(41);
        int rounds = 20_000;
        long apart = IntStream.range(0, rounds).filter(i -> {
            List<Integer> all = Stream.generate(() -> random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(3))
                    .limit(24).toList();
            return new Losses(all.subList(0, 12), all.subList(12, 24)).chance() < 0.05;
        }).count();
        assertTrue(apart < rounds * 0.055, apart + " of " + rounds); // 0.05, and three times its scatter
    }
}
