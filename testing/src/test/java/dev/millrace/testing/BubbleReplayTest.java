package dev.millrace.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The same seed takes the same course in another JVM.
class BubbleReplayTest {
    @Test
    @Hazard(53)
    void sameSeed_inTwoJvms_sameTrace() throws Exception {
        var first = start("0", List.of());
        var second = start("1000", List.of("-Xint", "-Djdk.virtualThreadScheduler.parallelism=1"));
        String one = output(first);
        String two = output(second);
        assertTrue(one.lines().count() > 2000, one);
        assertEquals(one, two);
    }

    private static Process start(String threads, List<String> flags) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        String path = System.getProperty("jdk.module.path", "");
        String classes = System.getProperty("java.class.path", "");
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-cp",
                own(SerialProgram.class) + sep() + own(Bubble.class) + sep() + own(dev.millrace.go.Go.class) + sep()
                        + path + sep() + classes,
                SerialProgram.class.getName(),
                threads));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String sep() {
        return System.getProperty("path.separator");
    }

    private static String own(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    private static String output(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }
}
