package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each reliability case has a row in `docs/design/reliability-cases.md`; the tests that it names exist and carry its number, and no test
/// carries a number where the page does not name it.
class CasesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();

    @Test
    void everyCase_hasItsTests() throws IOException {
        var annotated = new TreeMap<Integer, Set<String>>();
        var methods = new TreeSet<String>();
        for (Path source : testSources()) {
            String name = String.valueOf(source.getFileName()).replace(".java", "");
            String text = Files.readString(source);
            Cases.annotated(name, text)
                    .forEach((n, tests) -> annotated.computeIfAbsent(n, _ -> new TreeSet<>()).addAll(tests));
            methods.addAll(Cases.methods(name, text));
        }
        List<Cases.Row> rows = Cases.parse(Files.readString(ROOT.resolve("docs/design/reliability-cases.md")));
        var problems = Cases.problems(rows, annotated, methods);
        if (!problems.isEmpty()) {
            fail(problems.size() + " problems with docs/design/reliability-cases.md:\n" + String.join("\n", problems));
        }
    }

    private static List<Path> testSources() throws IOException {
        assertTrue(Files.exists(ROOT.resolve("verify/reliability/pom.xml")), "not the root of the repository: " + ROOT);
        try (Stream<Path> files = Files.find(ROOT, 24, (file, _) -> file.toString().endsWith("Test.java"))) {
            return files.filter(f -> f.toString().replace('\\', '/').contains("/src/test/java/"))
                    .filter(f -> !f.toString().replace('\\', '/').contains("/target/")).sorted().toList();
        }
    }

    private static final String AT = "@";

    private static List<String> planted(String row, String source) {
        var rows = new StringBuilder();
        for (int n = 2; n <= Cases.COUNT; n++) {
            rows.append("| ").append(n).append(" | other | missing | |\n");
        }
        return Cases.problems(Cases.parse(row + "\n" + rows), Cases.annotated("ATest", source),
                Cases.methods("ATest", source));
    }

    @Test
    void canary_everyKindOfDrift_isReported() {
        String source =
                AT + "Test\n" + AT + "Hazard(1)\nvoid a_b_c() throws Exception {\n}\n" + AT + "Test void d_e_f() {}";
        assertEquals(List.of(), planted("| 1 | one | build | `ATest#a_b_c` |", source));
        assertEquals(
                List.of("case 1 has 0 rows",
                        "ATest#a_b_c carries " + AT + "Hazard(1), and the page does not name it there"),
                planted("", source));
        assertEquals(List.of("case 1 names ATest#gone, which does not exist"),
                planted("| 1 | one | build | `ATest#a_b_c`, `ATest#gone` |", source));
        assertEquals(List.of("case 1 names ATest#d_e_f, which does not carry " + AT + "Hazard(1)"),
                planted("| 1 | one | build | `ATest#a_b_c`, `ATest#d_e_f` |", source));
        assertEquals(List.of("case 1 is 'build' with the tests []"), planted("| 1 | one | build | |", ""));
        assertEquals(List.of("case 1 has the unknown tier 'later'"),
                planted("| 1 | one | later | `ATest#a_b_c` |", source));
        assertEquals(1, planted("| 1 | one | missing | `ATest#a_b_c` |", source).size());
    }

    @Test
    void annotations_ofSeveralNumbersAndParameters_areRead() {
        String source = AT + "ParameterizedTest\n" + AT + "Hazard({3,\n 14})\n" + AT
                + "ValueSource(ints = {1, 2})\nvoid p_q_r(int n) {\n}";
        assertEquals(Map.of(3, Set.of("ATest#p_q_r"), 14, Set.of("ATest#p_q_r")), Cases.annotated("ATest", source));
        assertEquals(Map.of(), Cases.annotated("ATest", "/// " + AT + "Hazard(1)\nvoid x_y_z() {}"));
    }
}
