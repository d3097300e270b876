package dev.millrace.verify.items;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every observable behaviour has a test, a stated deviation, or waits for a part that is not built yet.
class ItemsTest {
    private static final String UPDATE = "mvn -q -Dquick -pl verify/items -am test -Dtest=ItemsTest -Ditems.update";
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();

    private static List<Items.Row> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(ItemsTest.class.getResourceAsStream("/items.tsv"))) {
            return Items.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Set<String>> testsById() throws IOException {
        var tests = new TreeMap<String, Set<String>>();
        for (Path source : testSources()) {
            for (Claims.Claim claim : claimsIn(source)) {
                if (claim.problem().isEmpty()) {
                    tests.computeIfAbsent(claim.id(), _ -> new TreeSet<>()).add(claim.test());
                }
            }
        }
        return tests;
    }

    private static List<Claims.Claim> claimsIn(Path source) throws IOException {
        return Claims.in(String.valueOf(source.getFileName()), Files.readString(source));
    }

    private static List<Path> testSources() throws IOException {
        assertTrue(Files.exists(ROOT.resolve("verify/items/pom.xml")), "not the root of the repository: " + ROOT);
        String separator = ROOT.getFileSystem().getSeparator();
        String folder = Stream.of("", "src", "test", "java", "").collect(Collectors.joining(separator));
        try (Stream<Path> files = Files.find(ROOT, 24, (file, _) -> file.toString().endsWith(".java"))) {
            return files.filter(f -> f.toString().contains(folder))
                    .filter(f -> !f.toString().contains(separator + "target" + separator)).sorted().toList();
        }
    }

    @Test
    void everyItem_hasATestOrADeviationOrWaits() throws IOException {
        Path deviations = ROOT.resolve("docs/go-to-java.md");
        var problems = Items.problems(rows(), testsById(),
                Files.exists(deviations) ? Files.readString(deviations) : "");
        if (!problems.isEmpty()) {
            fail(problems.size() + " problems with verify/items/src/main/resources/items.tsv:\n"
                    + String.join("\n", problems));
        }
    }

    @Test
    void everyClaim_isOfATestThatRuns() throws IOException {
        int claims = 0;
        for (Path source : testSources()) {
            for (Claims.Claim claim : claimsIn(source)) {
                assertEquals("", claim.problem(), claim.test() + " names " + claim.id());
                claims++;
            }
        }
        assertTrue(claims > 300, claims + " claims: the reader sees little");
    }

    @Test
    void page_isTheCommittedOne() throws IOException {
        Path page = ROOT.resolve("docs/conformance-items.md");
        String now = Items.page(rows(), testsById());
        if (System.getProperty("items.update") != null) {
            Files.createDirectories(ROOT.resolve("docs"));
            Files.writeString(page, now);
        }
        String before = Files.exists(page) ? Files.readString(page) : "";
        if (!now.equals(before)) {
            var old = before.lines().collect(Collectors.toSet());
            fail("docs/conformance-items.md is not up to date. New lines:\n"
                    + now.lines().filter(l -> !old.contains(l)).limit(30).collect(Collectors.joining("\n"))
                    + "\nTo write it: " + UPDATE);
        }
    }

    @Test
    void table_isCompleteAndInOrder() throws IOException {
        var rows = rows();
        assertEquals(316, rows.size(), "items come and go only on purpose");
        for (Items.Row row : rows) {
            assertTrue(row.id().matches("(CTX-[RCKDVWAFS]|[A-Z]{2,3}-)\\d\\d"), row.id());
            assertTrue(row.text().length() > 5 && row.text().endsWith("."), row.toString());
        }
    }

    private static List<String> planted(String status, Set<String> tested, String deviations) {
        var tests = tested.stream().collect(Collectors.toMap(id -> id, _ -> Set.of("PlantedTest")));
        return Items.problems(Items.parse("CTX-C01\tA planted item.\t" + status), tests, deviations);
    }

    @Test
    void canary_everyKindOfBrokenPromise_isReported() {
        assertEquals(List.of("CTX-C01 has neither test nor deviation nor pending: A planted item."),
                planted("", Set.of(), ""));
        assertEquals(List.of("CTX-C01 is pending in items.tsv, but [PlantedTest] tests it: empty its status"),
                planted("pending: chan", Set.of("CTX-C01"), ""));
        assertEquals(List.of("CTX-C99 is no item of items.tsv, but [PlantedTest] names it"),
                planted("pending: chan", Set.of("CTX-C99"), ""));
        assertEquals(1, planted("deviation", Set.of(), "CTX-C01 in running text\n| CTX-C011 | other |\n").size());
        assertEquals(List.of("CTX-C01 has the unknown status 'later'"), planted("later", Set.of(), ""));
        assertEquals(1, planted("pending: ", Set.of(), "").size());
        assertEquals(
                List.of("CTX-C01 is explained below Deviations in docs/go-to-java.md: its status in items.tsv must be"
                        + " 'deviation'"),
                planted("", Set.of("CTX-C01"), "# From Go\n\n## Deviations\n\n| CTX-C01 | differs |\n"));
        assertEquals(List.of("CTX-C01 stands twice in items.tsv"), Items.problems(
                Items.parse("CTX-C01\tOne.\tpending: x\nCTX-C01\tTwo.\tpending: x"), Map.of(), ""));
    }

    @Test
    void canary_keptPromises_areNot() {
        assertEquals(List.of(), planted("", Set.of("CTX-C01"), ""));
        assertEquals(List.of(), planted("pending: chan", Set.of(), ""));
        assertEquals(List.of(), planted("deviation", Set.of(), "| CTX-C01 | why |"));
        assertEquals(List.of(), planted("deviation", Set.of("CTX-C01"), "### Other texts (ctx-c01)"));
        assertEquals(List.of(), planted("", Set.of("CTX-C01"), "| CTX-C01 | same |\n## Deviations\n| CTX-C02 | |\n"));
    }
}
