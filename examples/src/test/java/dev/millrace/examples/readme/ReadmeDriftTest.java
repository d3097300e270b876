package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.examples.Programs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the documents show is what the compiler and the tests have seen.
class ReadmeDriftTest {
    private static final List<String> PAGES = List.of("README.md", "README.zh-CN.md", "docs/go-to-java.md");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|mailto:|#)([^)#\\s]+)(#[^)]*)?\\)");

    private static String read(String document) throws IOException {
        return Files.readString(Snippets.root().resolve(document));
    }

    private static List<String> below(String folder, String ending) throws IOException {
        Path root = Snippets.root();
        if (!Files.isDirectory(root.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(f -> f.getFileName().toString().endsWith(ending))
                    .map(f -> root.relativize(f).toString().replace('\\', '/')).sorted().toList();
        }
    }

    private static Map<String, String> regions() throws IOException {
        return Snippets.regions(Snippets.root().resolve("examples/src/main/java"));
    }

    private static List<String> problems(List<String> documents, boolean allMarked) throws IOException {
        var found = new ArrayList<String>();
        for (String document : documents) {
            found.addAll(Snippets.problems(Snippets.blocks(document, read(document)), regions(), allMarked));
        }
        return found;
    }

    @Test
    void pages_everyJavaBlock_isARegion() throws IOException {
        assertEquals("", String.join("\n", problems(PAGES, true)));
    }

    @Test
    void packageComments_everyJavaBlock_isARegion() throws IOException {
        var comments = below("core/src/main/java", "package-info.java");
        assertTrue(comments.size() >= 5, comments::toString);
        assertEquals("", String.join("\n", problems(comments, true)));
    }

    @Test
    void questions_everyJavaBlock_isARegion() throws IOException {
        assertEquals("", String.join("\n", problems(below("docs/questions", ".md"), true)));
    }

    @Test
    void guideOfRequests_everyJavaBlock_isARegion() throws IOException {
        assertEquals("", String.join("\n", problems(List.of("docs/guides/request.md"), true)));
    }

    @Test
    void walkthroughs_everyJavaBlock_isARegion() throws IOException {
        var pages = below("docs/walkthroughs", ".md");
        assertTrue(pages.size() >= 2, pages::toString);
        assertEquals("", String.join("\n", problems(pages, true)));
    }

    @Test
    void readmes_haveTheSameSnippets() throws IOException {
        assertEquals(marks("README.md"), marks("README.zh-CN.md"));
        assertFalse(marks("README.md").isEmpty());
    }

    private static List<String> marks(String document) throws IOException {
        return Snippets.blocks(document, read(document)).stream().map(Snippets.Block::mark).toList();
    }

    @Test
    void outputs_areThoseOfARun() throws Exception {
        var runs = Map.of("CancelledTree", CancelledTree.run(), "Messages",
                Messages.timeout() + "\n" + Messages.cancel());
        for (String document : PAGES) {
            for (Snippets.Block block : Snippets.blocks(document, read(document))) {
                if (block.mark().startsWith("output: ") && Programs.find(block.mark().substring(8)).isEmpty()) {
                    String run = runs.get(block.mark().substring("output: ".length()));
                    assertEquals(Snippets.steady(String.valueOf(run)), Snippets.steady(block.text()), block.place());
                }
            }
        }
    }

    /// Which of the tasks stops first, and whose log is first, is by chance. So is what the rates' server hears of first when carol's time is
    /// over: its own deadline, or that the page's server hangs up at that instant. And so is whether one that has no name, and has brought the
    /// cancel to where it belongs, has ended when the tree is shown.
    @ParameterizedTest
    @CsvSource({"five, README.md, --timeout=5s", "five, README.zh-CN.md, --timeout=5s",
        "request, docs/guides/request.md, --leave=2s --deadline=2s"})
    void outputsOfPrograms_areThoseOfARun(String program, String document, String timeForABusyMachine)
            throws Exception {
        var shown = Snippets.blocks(document, read(document)).stream()
                .filter(block -> block.mark().equals("output: " + program)).toList();
        assertEquals(1, shown.size(), document);
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (var ctx = Context.background().withName(program).withCancel()) {
            assertEquals(0, Programs.find(program).orElseThrow().run(ctx, print, print,
                    List.of(timeForABusyMachine.split(" "))));
        }
        assertEquals(byChance(Snippets.unordered(out.toString(StandardCharsets.UTF_8))),
                byChance(Snippets.unordered(shown.getFirst().text())), document);
    }

    private static String byChance(String text) {
        return text.replaceAll("(?m)^rates: (499|504) .*$", "rates: ended")
                .replaceAll("(?m)^goroutine N +running\\R", "");
    }

    @Test
    void links_leadToFiles() throws IOException {
        var found = new ArrayList<String>();
        var documents = new ArrayList<>(List.of("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "ARCHITECTURE.md",
                "CHANGELOG.md"));
        documents.addAll(below("docs", ".md"));
        for (String document : documents) {
            found.addAll(deadLinks(document, read(document)));
        }
        assertEquals("", String.join("\n", found));
    }

    private static List<String> deadLinks(String document, String text) {
        var found = new ArrayList<String>();
        Path folder = Snippets.root().resolve(document).getParent();
        Matcher links = LINK.matcher(text);
        while (links.find()) {
            if (!Files.exists(folder.resolve(links.group(1)).normalize())) {
                found.add(document + ": the link " + links.group(1) + " leads nowhere");
            }
        }
        return found;
    }

    // Canaries: every kind of drift is seen.

    private static final String SOURCE = """
            class A {
                void f() {
                    // region body
                    int x = 1;
                    if (x == 1) {
                        x = 2;
                    }
                    // endregion
                }
            }
            """;

    private static List<String> planted(String mark, String block) {
        String document = "Text.\n\n" + mark + "\n```java\n" + block + "\n```\n";
        return Snippets.problems(Snippets.blocks("planted.md", document), Snippets.regions("A", SOURCE), true);
    }

    @Test
    void canary_sameBlock_isNoProblem() {
        String body = "int x = 1;\nif (x == 1) {\n    x = 2;\n}";
        assertEquals(body, Snippets.regions("A", SOURCE).get("A#body"));
        assertEquals(List.of(), planted("<!-- region: A#body -->", body));
    }

    @Test
    void canary_changedBlock_isReported() {
        var found = planted("<!-- region: A#body -->", "int x = 1;\nif (x == 1) {\n    x = 3;\n}");
        assertEquals(1, found.size());
        assertTrue(found.getFirst().startsWith("planted.md:4: differs from the region A#body"), found::toString);
    }

    @Test
    void canary_unknownRegion_isReported() {
        assertEquals(List.of("planted.md:4: there is no region A#gone"), planted("<!-- region: A#gone -->", "int x;"));
    }

    @Test
    void canary_unmarkedBlock_isReported() {
        assertEquals(List.of("planted.md:4: a Java block must be a region of an example"), planted("", "int x;"));
    }

    @Test
    void canary_blocksInComments_areRead() {
        String comment = "/// Text.\n///\n/// <!-- region: A#body -->\n/// ```java\n/// int y;\n/// ```\npackage a;\n";
        var blocks = Snippets.blocks("package-info.java", comment);
        assertEquals(List.of(new Snippets.Block("region: A#body", "java", "int y;", "package-info.java:4")), blocks);
    }

    @Test
    void canary_deadLink_isReported() {
        assertEquals(List.of("README.md: the link docs/gone.md leads nowhere"),
                deadLinks("README.md", "[a](docs/gone.md#x) [b](pom.xml) [c](https://example.org/x) [d](#here)"));
    }

    @Test
    void canary_otherOutput_isDifferent() {
        assertEquals(Snippets.steady("x stopped after 93 us"), Snippets.steady("x stopped after 2 ms  "));
        assertFalse(Snippets.steady("x stopped after 1 ms").equals(Snippets.steady("y stopped after 1 ms")));
    }
}
