package dev.millrace.verify.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/design/explorer-cases.md` says which protocols each reliability case has: one that is taken out, or explored less, is missed there. Written
/// anew with `-Dexplore.update`.
class ProtocolPageTest {
    private static final Path PAGE =
            Path.of("").toAbsolutePath().resolve("../../docs/design/explorer-cases.md").normalize();
    private static final String HEAD = "| case | protocols |\n|---|---|\n";

    private static String table(List<Case> cases) {
        var byNumber = new TreeMap<Integer, List<Case>>();
        for (Case c : cases) {
            List<Integer> numbers = c.shows().isEmpty() ? List.of(0) : c.shows();
            numbers.forEach(n -> byNumber.computeIfAbsent(n, _ -> new ArrayList<>()).add(c));
        }
        return HEAD + byNumber.entrySet().stream().map(ProtocolPageTest::row).collect(Collectors.joining());
    }

    private static String row(Map.Entry<Integer, List<Case>> of) {
        return "| " + (of.getKey() == 0 ? "none" : of.getKey()) + " | " + of.getValue().stream()
                .map(c -> c.name() + " (" + (c.sweep() == null ? "" : word(c) + ", ") + c.preemptions() + "/" + c.full()
                        + ")")
                .collect(Collectors.joining("; ")) + " |\n";
    }

    private static String word(Case c) {
        return c.toString().endsWith("WAKE_UP") ? "woken" : c.toString().endsWith("INTERRUPT") ? "struck" : "no memory";
    }

    @Test
    void page_ofTheProtocols_saysWhatIsExplored() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEAD);
        assertTrue(start >= 0, "no table in " + PAGE);
        int end = page.indexOf("\n\n", start);
        String now = table(Cases.all());
        String other = page.substring(0, start) + now + (end < 0 ? "" : page.substring(end + 1));
        if (System.getProperty("explore.update") != null) {
            Files.writeString(PAGE, other);
            return;
        }
        assertEquals(other, page, "write it anew with -Dexplore.update, and look at what has changed");
    }

    @Test
    void canary_protocolTakenOut_changesThePage() {
        List<Case> all = Cases.all();
        for (Case c : all) {
            var fewer = new ArrayList<>(all);
            fewer.remove(c);
            assertNotEquals(table(all), table(fewer), () -> "nobody misses " + c);
        }
    }

    @Test
    void names_ofProtocols_areDifferent() {
        var seen = new HashSet<String>();
        for (Case c : Cases.all()) {
            assertTrue(seen.add(c.toString()), () -> "twice: " + c);
        }
    }

    @Test
    void numbers_thatTestsCarry_haveProtocols() throws NoSuchMethodException {
        has(ProtocolsTest.class, "protocol_everyOrder_holds");
        has(ProtocolsTest.class, "bridge_thatInsistsInEveryOrder_delivers");
        has(ProtocolsTest.class, "callback_cancelsAndRegistersInEveryOrder_isHeard");
        has(BubbleProtocolsTest.class, "bubble_everyOrder_countsRight");
        has(InjectionTest.class, "wakeUp_atEachOccasion_isNotNoticed");
        has(InjectionTest.class, "interrupt_atEachOccasion_losesNothing");
        has(InjectionTest.class, "noMemory_atEachOccasion_nothingHasHappened");
    }

    private static void has(Class<?> test, String method) throws NoSuchMethodException {
        var missing = new TreeSet<Integer>();
        Hazard carried = test.getDeclaredMethod(method, Case.class).getAnnotation(Hazard.class);
        Arrays.stream(carried.value()).forEach(missing::add);
        Cases.all().forEach(c -> missing.removeAll(c.shows()));
        assertTrue(missing.isEmpty(), () -> test.getSimpleName() + "#" + method + " has no protocols for " + missing);
    }
}
