package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Case 59: whatever comes from outside, those who read it throw nothing but what they declare, come to an end, keep nothing, and say what was expected and what came. In
/// the build some hundred thousand inputs, in the full tier ten million; `-Dreliability.seed` chooses others.
class FuzzTest {
    private static final long INPUTS = Jvm.FULL ? 10_000_000 : 160_000;
    private static final long SEED = Long.getLong("reliability.seed", 20261126);
    private static final long MOST = 20_000_000_000L; // for one input
    private static final long FLAT = 4 << 20; // of a heap in which other classes are loaded, too

    @ParameterizedTest
    @EnumSource(Eater.class)
    @Hazard(59)
    void input_ofAnyKind_isTakenOrRefusedAsDeclared(Eater eater) throws Exception {
        long inputs = INPUTS * eater.share / Eater.shares() + 1;
        Feeding.Outcome outcome = Feeding.feed(eater::eat, eater.right, SEED, inputs, MOST);
        assertEquals(inputs, outcome.eaten());
        assertTrue(outcome.taken() > 0, "none was right");
        assertTrue(outcome.grown() < FLAT, "the heap has grown by " + outcome.grown());
        Jvm.note(String.format("FUZZ %s %d inputs, %d right, %.1f s, %.1f us each, the heap has grown by %d kB%n",
                eater, inputs,
                outcome.taken(),
                outcome.nanos() / 1e9, outcome.nanos() / 1e3 / inputs, outcome.grown() >> 10));
    }

    /// Examples that are not right would lead nowhere near what is.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEADERS") // in which header a part comes is chance there
    void example_isTaken(Eater eater) throws Exception {
        for (String input : eater.right) {
            assertEquals(1, Feeding.feed((_, folder) -> eater.eat(input, folder), eater.right, SEED, 1, MOST).taken(),
                    input);
        }
    }

    // The same with planted faults.

    private static final List<String> RIGHT = List.of("500ms", "1m30s");

    private static AssertionError found(Eater.Meal broken, long most) {
        return assertThrows(AssertionError.class, () -> Feeding.feed(broken, RIGHT, SEED, 100_000, most));
    }

    @Test
    void canary_exceptionThatIsNotDeclared_isFound() {
        AssertionError failure = found((input, _) -> {
            return !input.endsWith("%") || input.substring(input.length() + 1).isEmpty();
        }, MOST);
        assertTrue(failure.getCause() instanceof StringIndexOutOfBoundsException, failure.toString());
        assertTrue(failure.getMessage().endsWith("%"), failure.getMessage());
    }

    @Test
    void canary_hang_isFound() {
        var released = new CountDownLatch(1);
        AssertionError failure = found((input, _) -> {
            if (input.contains("::")) {
                released.await();
            }
            return true;
        }, 1_000_000_000);
        released.countDown();
        assertTrue(failure.getMessage().contains("takes longer than"), failure.toString());
    }

    @Test
    void canary_whatIsKept_isSeen() throws Exception {
        var kept = new ArrayList<String>();
        Feeding.Outcome outcome =
                Feeding.feed((input, _) -> kept.add(input + "-".repeat(100)), RIGHT, SEED, 100_000, MOST);
        assertTrue(outcome.grown() > FLAT && kept.size() == 100_000, outcome.toString());
    }
}
