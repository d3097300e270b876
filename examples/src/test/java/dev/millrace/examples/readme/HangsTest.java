package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The page about programs that hang shows what its program prints. In a process of its own: it leaves behind what hangs.
class HangsTest {
    private static String run() throws Exception {
        Path out = Files.createTempFile("hangs", ".out");
        try {
            Process process = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Ddev.millrace.debug=true",
                    "-cp", System.getProperty("java.class.path"), "dev.millrace.examples.questions.Hangs")
                    .redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still runs after 30 s");
            }
            return Files.readString(out);
        } finally {
            Files.delete(out);
        }
    }

    @Test
    void page_outputs_areThoseOfARun() throws Exception {
        String run = run();
        int tree = run.indexOf("background\n");
        int graph = run.indexOf("wait for each other");
        String page = "docs/questions/my-program-hangs.md";
        for (Snippets.Block block : Snippets.blocks(page, Files.readString(Snippets.root().resolve(page)))) {
            if (block.mark().startsWith("output: ")) {
                String printed = block.mark().endsWith("#tree") ? run.substring(tree, graph) : run.substring(graph);
                assertEquals(Snippets.steady(block.text()), Snippets.steady(printed), block.place());
            }
        }
    }
}
