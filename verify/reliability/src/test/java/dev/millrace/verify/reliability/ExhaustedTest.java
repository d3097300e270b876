package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.verify.Hazard;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Case 41: the heap is exhausted. Of what the JVM then loses the library loses no more than the JDK alone does, and forgets nobody itself.
class ExhaustedTest {
    /// Of each, by turns, each in a JVM of its own.
    private static final int RUNS = 8;

    /// One in a hundred of the threads.
    private static final int PLANTED = 20;

    private static final Pattern LOST =
            Pattern.compile("lost (\\d+) of \\d+ threads: \\d+ could run and never do, (\\d+) are asleep");

    /// Threads that have not ended.
    ///
    /// @param asleep how many of them wait: nobody has woken them
    private record Lost(int all, int asleep) {
        static Lost by(Program program, String... options) throws Exception {
            Jvm.Outcome outcome = Jvm.passes(program, options);
            var found = LOST.matcher(outcome.out());
            assertTrue(found.find(), outcome.out());
            var lost = new Lost(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
            if (lost.asleep > 0 && options.length == 0 && program == Program.EXHAUSTED) {
                throw new AssertionError("forgotten by the library:\n" + outcome.out());
            }
            return lost;
        }
    }

    @Test
    @Hazard(41)
    void heap_exhausted_givesNoWrongResultAndForgetsNobody() throws Exception {
        Lost.by(Program.EXHAUSTED);
    }

    @Test
    @Hazard(41)
    void wakeUp_refusedByTheJvm_forgetsNobodyElse() throws Exception {
        Jvm.passes(Program.REFUSED);
    }

    @Test
    @Hazard(41)
    void heap_exhausted_losesNoMoreThanTheJdkAlone() throws Exception {
        assumeTrue(Jvm.FULL, "takes ten minutes");
        List<Integer> ours = new ArrayList<>();
        List<Integer> planted = new ArrayList<>();
        List<Integer> control = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            boolean first = i % 2 == 0;
            if (first) {
                ours.add(Lost.by(Program.EXHAUSTED).all);
            }
            control.add(Lost.by(Program.EXHAUSTED_JDK).all);
            if (!first) {
                ours.add(Lost.by(Program.EXHAUSTED).all);
            }
            Lost lost = Lost.by(Program.EXHAUSTED, "-D" + Exhausted.PLANTED + "=" + PLANTED);
            assertEquals(PLANTED, lost.asleep, "the planted ones are those that sleep");
            planted.add(lost.all);
        }
        var losses = new Losses(ours, control);
        var withPlanted = new Losses(planted, ours);
        Jvm.note(String.format(
                "LOSSES 41: %s%n    one by one: %s%n    the control: %s%n    the canary, %d planted in each of ours: %s%n",
                losses, ours, control, PLANTED, planted));
        assertTrue(withPlanted.isMore(), "the planted loss is not told from ours without it: " + withPlanted);
        assertFalse(losses.isMore(), losses.toString());
    }
}
