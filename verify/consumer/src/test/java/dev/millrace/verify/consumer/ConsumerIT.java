package dev.millrace.verify.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConsumerIT {
    @Test
    void consumer_runsOnTheModulePath() throws IOException, InterruptedException, URISyntaxException {
        Path library = Path.of(Context.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        assertTrue(library.toString().endsWith(".jar"), "not the packaged library: " + library);
        String modulePath = System.getProperty("millrace.consumer.jar") + File.pathSeparator + library;
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", modulePath, "--module",
                "dev.millrace.verify.consumer/dev.millrace.verify.consumer.Main")
                .redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(List.of("module: dev.millrace.verify.consumer", "library: dev.millrace",
                "background: context.Background"), output.lines().toList());
        assertEquals(0, process.exitValue());
    }
}
