package dev.millrace.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Proofs by the garbage collector, each in a JVM of its own: the JVM's list of threads is chosen when it starts.
class ReachabilityTest {
    private static List<String> run(String... flags) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m"));
        command.addAll(List.of(flags));
        String path = Stream.of(ReachabilityTestProgram.class, Leaks.class, dev.millrace.go.Go.class)
                .map(ReachabilityTest::place)
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", path, ReachabilityTestProgram.class.getName()));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            child.getOutputStream().close();
            var lines = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(child.waitFor(50, TimeUnit.SECONDS));
            return Arrays.asList(lines.split("\n"));
        } finally {
            child.destroyForcibly();
        }
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> starting(String word, List<String> lines) {
        return lines.stream().filter(l -> l.startsWith(word)).map(l -> l.substring(word.length())).toList();
    }

    @Test
    @Hazard(55)
    void whereTheJvmKeepsNoThreads_plantedLeaksAreProven_andNoOthers() throws Exception {
        List<String> lines = run("-Djdk.trackAllThreads=false");
        String all = String.join("\n", lines);
        assertEquals(List.of("true: "), starting("possible ", lines), all);
        assertEquals(
                "island 1, island 2, lost context, lost group, lost mutex, lost send",
                starting("lost ", lines).stream().map(l -> "lost " + l).map(l -> l.substring(5, l.indexOf(" |")))
                        .collect(Collectors.joining(", ")),
                all);
        for (String lost : starting("lost ", lines)) {
            var parts = lost.split(" \\| ");
            assertFalse(parts[1].isEmpty(), all); // what it waited for
            assertEquals("plantLost", parts[2], all); // where it was started
            assertEquals("true", parts[3], all); // its stack
        }
        assertEquals(List.of("of the process 6"), starting("all ", lines), all);
        assertEquals(List.of("14, listed 8"), starting("goroutines ", lines), all);
        assertEquals(
                List.of("Lost island 1, Lost island 2, Lost lost context, Lost lost group, Lost lost mutex, Lost lost send,"
                        + " Running has a deadline, Running held by a local, Running held by a static, Running sleeps,"
                        + " Running sleeps and then answers, Running sleeps by the JDK, Running waits for one who sleeps,"
                        + " Running waits in a queue"),
                starting("error ", lines),
                all);
        assertEquals(List.of("before Lost early 0"), starting("collected ", lines), all);
        String text = starting("text ", lines).getFirst();
        assertTrue(text.contains(" [nothing can wake it; waited for "), all);
        assertTrue(text.contains("started by main at ReachabilityTestProgram.java:"), all);
    }

    @Test
    @Hazard(55)
    void whereItDoes_nothingCanBeProven_andTheSwitchIsNamed() throws Exception {
        List<String> lines = run();
        String all = String.join("\n", lines);
        assertEquals(
                List.of("false: cannot be proven on this JVM, which keeps all virtual threads: start it with"
                        + " -Djdk.trackAllThreads=false"),
                starting("possible ", lines),
                all);
        assertEquals(List.of(), starting("lost ", lines), all);
        assertEquals(List.of("14, listed 14"), starting("goroutines ", lines), all);
        assertTrue(starting("error ", lines).getFirst().contains("Running lost send"), all);
        assertEquals(List.of("before Running early"), starting("collected ", lines).stream()
                .map(l -> l.substring(0, l.lastIndexOf(' '))).toList(), all);
    }

    @Test
    void whereCollectionsCannotBeAskedFor_theAnswerSaysSo() throws Exception {
        List<String> lines = run("-Djdk.trackAllThreads=false", "-XX:+DisableExplicitGC");
        assertEquals(
                List.of("false: cannot be proven on this JVM: it does not collect garbage when it is asked to"),
                starting("possible ", lines),
                String.join("\n", lines));
    }
}
