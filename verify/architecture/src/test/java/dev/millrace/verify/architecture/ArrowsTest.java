package dev.millrace.verify.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.millrace.verify.Modules;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

class ArrowsTest {
    private static final String PLANTED = "dev.millrace.verify.architecture.planted";

    private static JavaClasses core() throws IOException {
        var core = Modules.named("dev.millrace").getFirst();
        assertEquals("dev.millrace", core.descriptor().name());
        JavaClasses classes;
        if (Files.isDirectory(core.location())) {
            classes = new ClassFileImporter().importPath(core.location());
        } else {
            try (var jar = new JarFile(core.location().toFile())) {
                classes = new ClassFileImporter().importJar(jar);
            }
        }
        assertEquals(core.classNames().size(),
                classes.stream().filter(c -> !c.getSimpleName().endsWith("-info")).count(),
                "every class of the core is read");
        return classes;
    }

    @Test
    void core_hasOnlyTheArrowsOfTheMap() throws IOException {
        assertEquals("", String.join("\n", new Arrows("dev.millrace", Arrows.MAP).violations(core())));
    }

    @Test
    void core_hasNoPackageCycles() throws IOException {
        assertEquals(List.of(), new Arrows("dev.millrace", Arrows.MAP).cycles(core()));
    }

    @Test
    void core_waitsByItsOneFacility() throws IOException {
        assertEquals("", String.join("\n", Sleeps.violations(core(), Sleeps.PARKING)));
    }

    @Test
    void canary_sleeps_areReported() {
        var planted = new ClassFileImporter().importPackages(PLANTED);
        String sleeper = PLANTED + ".context.Sleeper";
        var found = Sleeps.violations(planted, Map.of());
        assertEquals(4, found.size(), found::toString);
        assertEquals(1, found.stream().filter(v -> v.startsWith(sleeper + " must wait by a Waiter: ")).count(),
                found::toString);
        for (String call : List.of("java.lang.Object.wait(", "java.lang.Thread.sleep(", "java.lang.Thread.join(")) {
            assertTrue(found.stream().anyMatch(v -> v.startsWith(sleeper + " must not sleep: ") && v.contains(call)),
                    () -> call + " in " + found);
        }
        var allowed = Sleeps.violations(planted, Map.of(sleeper, "planted", PLANTED + ".context.High", "planted"));
        assertEquals(4, allowed.size(), allowed::toString);
        assertTrue(allowed.contains(PLANTED + ".context.High does not park and needs no reason to (Sleeps.PARKING)"),
                allowed::toString);
    }

    @Test
    void canary_wrongArrow_isReported() {
        var found = new Arrows(PLANTED, Arrows.MAP).violations(new ClassFileImporter().importPackages(PLANTED));
        assertTrue(found.stream().anyMatch(v -> v.startsWith("internal -> context is no arrow of the map")),
                found::toString);
        assertTrue(found.contains("package " + PLANTED + ".stray is not on the map (Arrows.MAP)"), found::toString);
        assertFalse(found.stream().anyMatch(v -> v.startsWith("context -> internal")), found::toString);
    }

    @Test
    void canary_cycle_isReportedOnce() {
        assertEquals(List.of(PLANTED + ".context -> " + PLANTED + ".internal -> " + PLANTED + ".context"),
                new Arrows(PLANTED, Map.of()).cycles(new ClassFileImporter().importPackages(PLANTED)));
    }

    @Test
    void map_namesOnlyItsOwnPackages_andNobodyUsesProbe() {
        for (Set<String> targets : Arrows.MAP.values()) {
            assertTrue(Arrows.MAP.keySet().containsAll(targets));
            assertFalse(targets.contains("probe"));
        }
    }
}
