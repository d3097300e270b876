package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// What the guides show of tests is what the compiler has seen and JUnit has reported.
class GuidesDriftTest {
    private static final List<String> GUIDES =
            List.of("docs/guides/tests-without-sleeping.md", "docs/guides/tracing.md", "docs/guides/every-order.md");

    private static final String COMMENT = "testing/src/main/java/dev/millrace/testing/junit/package-info.java";

    private static List<Snippets.Block> blocks() throws IOException {
        return blocks(GUIDES);
    }

    private static List<Snippets.Block> blocks(List<String> documents) throws IOException {
        var all = new ArrayList<Snippets.Block>();
        for (String guide : documents) {
            all.addAll(Snippets.blocks(guide, Files.readString(Snippets.root().resolve(guide))));
        }
        return all;
    }

    /// The message of each test that fails, by the test's name.
    private static Map<String, String> failures(String type) {
        var found = new TreeMap<String, String>();
        var listener = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(t -> found.put(
                        test.getDisplayName().replaceFirst("\\(.*", ""), String.valueOf(t.getMessage())));
            }
        };
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(type)).build(), listener);
        return found;
    }

    /// Without the library's own frames too: their lines change with it.
    private static String steady(String text) {
        return Snippets.steady(text).lines().filter(l -> !l.startsWith("at dev.millrace.") || l.contains(".examples."))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void guides_everyJavaBlock_isARegion() throws IOException {
        var regions = Snippets.regions(Snippets.root().resolve("examples/src/main/java"));
        assertEquals("", String.join("\n", Snippets.problems(blocks(), regions, true)));
        assertEquals("", String.join("\n", Snippets.problems(blocks(List.of(COMMENT)), regions, true)));
    }

    @Test
    void guides_everyReport_isThatOfARun() throws IOException {
        var shown = new TreeMap<String, String>();
        for (Snippets.Block block : blocks()) {
            if (block.mark().startsWith("report: ")) {
                shown.put(block.mark().substring("report: ".length()), steady(block.text()));
            }
        }
        var reported = new TreeMap<String, String>();
        // On a busy machine the limit may strike before a goroutine has come to its wait.
        for (int i = 0; i < 10 && !shown.equals(reported); i++) {
            reported.clear();
            failures("dev.millrace.examples.guides.WithoutSleeping")
                    .forEach((test, text) -> reported.put(test, steady(text)));
            failures("dev.millrace.examples.guides.EveryOrder")
                    .forEach((test, text) -> reported.put(test, steady(text)));
        }
        assertEquals(shown, reported);
    }
}
