package dev.millrace.verify.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Modules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShapesTest {
    private static List<Class<?>> published() {
        return Modules.named("dev.millrace").stream().flatMap(m -> m.exportedClasses().stream()).toList();
    }

    private static Map<String, String> openTypes() throws IOException {
        var allowed = new LinkedHashMap<String, String>();
        try (InputStream in = Objects.requireNonNull(ShapesTest.class.getResourceAsStream("/open-types.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .forEach(line -> {
                        String[] parts = line.split("\\s+", 2);
                        assertTrue(parts.length == 2, "a reason is missing: " + line);
                        allowed.put(parts[0], parts[1]);
                    });
        }
        return allowed;
    }

    @Test
    void publicTypes_areClosedOrMeantForUsers() throws IOException {
        assertEquals("", String.join("\n", Shapes.open(published(), openTypes())));
    }

    @Test
    void openTypes_exist() throws IOException {
        var names = published().stream().map(Class::getName).toList();
        for (String name : openTypes().keySet()) {
            assertTrue(names.contains(name), "open-types.txt names " + name + ", which is not public");
        }
    }

    @Test
    void publicNames_areNotTakenByTheJdk() {
        assertEquals("", String.join("\n", Shapes.clashes(published())));
    }

    @Test
    void canary_openTypes_areReported() {
        var planted = List.<Class<?>>of(PlantedOpen.class, PlantedSource.class, Thread.class, String.class);
        var found = Shapes.open(planted, Map.of());
        assertEquals(2, found.size(), found::toString);
        assertTrue(found.getFirst().startsWith(PlantedOpen.class.getName() + " is open"), found::toString);
        assertTrue(found.getLast().startsWith("java.lang.Thread is open"), found::toString);
        assertEquals(1, Shapes.open(List.of(String.class), Map.of("java.lang.String", "stale")).size());
    }

    @Test
    void canary_takenNames_areReported() {
        assertEquals(List.of("java.lang.Thread has the name of java.lang.Thread"),
                Shapes.clashes(List.of(Thread.class)));
        assertEquals(List.of(), Shapes.clashes(List.of(java.util.concurrent.Flow.Publisher.class, ShapesTest.class)));
    }
}
