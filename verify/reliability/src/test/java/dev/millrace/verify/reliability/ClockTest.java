package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the main sources do not do, so that no fault can come of it: read the wall clock, read serialized objects.
class ClockTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();
    private static final Pattern WALL =
            Pattern.compile("\\bInstant\\.now\\(|\\bcurrentTimeMillis\\(|\\bClock\\.system|LocalDateTime\\.now\\(");
    private static final Pattern SERIAL =
            Pattern.compile("\\bObjectInputStream\\b|\\breadObject\\s*\\(|\\bXMLDecoder\\b");

    /// {@return the classes whose code has `what`, comments left out}
    private static Set<String> having(Pattern what, String... modules) throws IOException {
        var found = new TreeSet<String>();
        for (String module : modules) {
            Path main = ROOT.resolve(module).resolve("src/main/java");
            assertTrue(Files.isDirectory(main), "no sources: " + main);
            try (Stream<Path> files = Files.find(main, 24, (file, _) -> file.toString().endsWith(".java"))) {
                for (Path file : files.toList()) {
                    if (has(what, Files.readString(file))) {
                        found.add(String.valueOf(file.getFileName()).replace(".java", ""));
                    }
                }
            }
        }
        return found;
    }

    private static boolean has(Pattern what, String source) {
        return what.matcher(
                source.lines().filter(l -> !l.stripLeading().startsWith("//")).collect(Collectors.joining("\n")))
                .find();
    }

    @Test
    @Hazard(28)
    void wallClock_isReadWhereInstantsAreMadeOnly() throws IOException {
        // To turn an instant into a span, once, and for "so long ago" in texts.
        assertEquals(Set.of("RealScheduler", "Texts"), having(WALL, "core"));
    }

    @Test
    @Hazard(59)
    void serialization_isReadNowhere() throws IOException {
        assertEquals(Set.of(),
                having(SERIAL, "core", "jvm", "net", "jfr", "testing", "jdbc", "exec", "http", "http-jetty",
                        "http-servlet", "cli"));
    }

    @Test
    void canary_whatIsThere_isFound() {
        assertTrue(has(WALL, "long t = System.currentTimeMillis();"));
        assertTrue(has(SERIAL, "new ObjectInputStream(in)"));
        assertEquals(false, has(WALL, "/// Not Instant.now()\n// Clock.systemUTC()"));
    }
}
