package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.Explored;
import dev.millrace.testing.explore.ScheduleError;
import dev.millrace.verify.Hazard;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each strategy finds each planted fault, finds it again by the choices that it printed, and finds nothing in the right twin.
class PlantedFaultsTest {
    static Stream<Arguments> faults() {
        return Stream.of(
                fault("lost update", Programs::lostUpdate, Programs::update, "n is 1"),
                fault("check then act", Programs::checkThenAct, Programs::checkAndAct, "ran 2 times"),
                fault("lost wake-up", Programs::lostWakeUp, Programs::wakeUp, "deadlock"),
                fault("deadlock by order", Programs::locksInBothOrders, Programs::locksInOneOrder, "deadlock"),
                fault("missed unpark", Programs::missedUnpark, Programs::unparkAfterwards, "deadlock"),
                fault("double take", Programs::doubleTake, Programs::take, "NoSuchElementException"),
                fault("broken spin lock", Programs::brokenSpinLock, Programs::spinLock, "race on"),
                fault("timeout", Programs::timeoutLoses, Programs::timeoutDecides, "delivered true, got null"),
                fault("same node comes back", MorePrograms::sameNodeComesBack, MorePrograms::anotherNodeComesBack,
                        "taken: "),
                fault("wrong one is woken", MorePrograms::wakesTheWrongOne, MorePrograms::wakesAll, "deadlock"));
    }

    private static Arguments fault(String name, Explore.Program broken, Explore.Program right, String found) {
        return Arguments.of(name, broken, right, found);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    @Hazard(56)
    void depthFirst_plantedFault_foundAndTwinPasses(
            String name, Explore.Program broken, Explore.Program right, String found) {
        check(Explore.options(), broken, right, found);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    @Hazard(56)
    void random_plantedFault_foundAndTwinPasses(
            String name, Explore.Program broken, Explore.Program right, String found) {
        check(Explore.options().random(1).schedules(1_000), broken, right, found);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    @Hazard(56)
    void priorities_plantedFault_foundAndTwinPasses(
            String name, Explore.Program broken, Explore.Program right, String found) {
        check(Explore.options().priorities(3, 1).schedules(1_000), broken, right, found);
    }

    private static void check(
            Explore.Options options, Explore.Program broken, Explore.Program right, String found) {
        var error = assertThrows(ScheduleError.class, () -> options.run(broken));
        assertTrue(error.getMessage().contains(found), error.getMessage());
        assertTrue(error.getMessage().contains("What happened:"), error.getMessage());
        var again = assertThrows(
                ScheduleError.class, () -> Explore.options().replay(error.choices()).run(broken));
        assertEquals(firstLine(error), firstLine(again));
        assertEquals(happened(error), happened(again));
        assertEquals(error.choices(), again.choices());
        Explored passed = options.run(right);
        assertTrue(passed.complete(), passed.toString());
    }

    /// Each act in its turn, with its place, and where every thread stood in the end.
    private static String happened(ScheduleError error) {
        String text = error.getMessage();
        assertTrue(text.contains("What happened:") && text.contains("Threads:"), text);
        return text.substring(text.indexOf("What happened:"));
    }

    /// What is compared tells one order from another.
    @Test
    void happened_inTwoOrdersOfOneFault_differs() {
        var texts = new TreeSet<String>();
        for (int seed = 1; texts.size() < 2 && seed < 200; seed++) {
            var options = Explore.options().random(seed).schedules(200);
            texts.add(happened(assertThrows(ScheduleError.class, () -> options.run(Programs::brokenSpinLock))));
        }
        assertEquals(2, texts.size(), texts.toString());
    }

    private static String firstLine(ScheduleError error) {
        return error.getMessage().lines().findFirst().orElseThrow();
    }
}
