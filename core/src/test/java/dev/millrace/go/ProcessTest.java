package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of the process, each time in a JVM of its own.
class ProcessTest {
    private static Child.Outcome crash(String how) throws Exception {
        return new Child().option("-Ddev.millrace.failure=crash").run(Programs.Fails.class, how);
    }

    @Test
    @Item({"GO-02"})
    void main_returns_dropsGoroutinesWithoutTheirFinally() throws Exception {
        var ended = new Child().run(Programs.MainReturns.class);
        assertEquals(0, ended.status(), ended.err());
        assertEquals("main returns\n", ended.out());
    }

    @Test
    @Item({"GO-03", "WG-11"})
    void crashPolicy_failure_endsTheProcessAsGoDoes() throws Exception {
        var ended = crash("words");
        assertAll(
                () -> assertEquals(2, ended.status()),
                () -> assertEquals("finally of the goroutine\n", ended.out(), "nobody else's clean-up, no return"),
                () -> assertTrue(
                        ended.err().startsWith("panic: java.lang.IllegalStateException: the disk is gone\n\n"),
                        ended.err()),
                () -> assertTrue(ended.err().contains("goroutine "), ended.err()),
                () -> assertTrue(ended.err().contains(" [running]:\n"), ended.err()),
                () -> assertTrue(ended.err().contains("\tat dev.millrace.go.Programs$Fails.fail("), ended.err()));
    }

    @Test
    @Item({"GO-06"})
    void crashPolicy_failureWithCause_showsTheChain() throws Exception {
        var ended = crash("words");
        assertTrue(ended.err().contains("Caused by: java.lang.Exception: the first cause\n"), ended.err());
    }

    @Test
    @Item({"GO-12"})
    void crashPolicy_error_endsTheProcess() throws Exception {
        var ended = crash("error");
        assertEquals(2, ended.status());
        assertTrue(ended.err().startsWith("panic: java.lang.StackOverflowError: planted\n"), ended.err());
    }

    @Test
    @Item({"GO-07"})
    void crashPolicy_throwNull_isNotInvisible() throws Exception {
        var ended = crash("null");
        assertEquals(2, ended.status());
        assertTrue(ended.err().startsWith("panic: java.lang.NullPointerException"), ended.err());
    }

    @Test
    void crashPolicy_ringOfCauses_endsTheProcessAllTheSame() throws Exception {
        var ended =
                new Child().option("-Ddev.millrace.failure=crash").option("-Xmx64m").run(Programs.Fails.class, "ring");
        assertEquals(2, ended.status(), ended.err());
        assertEquals("finally of the goroutine\n", ended.out());
        assertTrue(ended.err().startsWith("panic: a\n"), ended.err());
    }

    @Test
    void crashPolicy_failureThatCannotBePrinted_endsTheProcessAllTheSame() throws Exception {
        var ended = crash("unspeakable");
        assertEquals(2, ended.status(), ended.err());
        assertEquals("finally of the goroutine\n", ended.out());
    }

    @Test
    void reportPolicy_failure_reachesTheLogAndTheDefaultHandler() throws Exception {
        var ended = new Child().run(Programs.Reports.class);
        assertAll(
                () -> assertEquals(0, ended.status()),
                () -> assertEquals("handler: the disk is gone\nmain returns\n", ended.out()),
                () -> assertTrue(ended.err().contains("uncaught in goroutine "), ended.err()),
                () -> assertTrue(ended.err().contains("\"reader\""), ended.err()),
                () -> assertTrue(ended.err().contains("IllegalStateException: the disk is gone"), ended.err()));
    }

    @Test
    void failureProperty_unknownWord_warnsAndReports() throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=explode").run(Programs.Reports.class);
        assertEquals(0, ended.status());
        assertTrue(ended.err().contains("must be report or crash, was explode"), ended.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"go", "WaitGroup", "TaskGroup"})
    void spawnHook_fromTheServiceLoader_isInForceFromTheFirstSpawn(String how, @TempDir Path dir) throws Exception {
        Path services = Files.createDirectories(dir.resolve("META-INF/services"));
        Files.writeString(services.resolve(SpawnHook.class.getName()), Programs.Spawns.Hook.class.getName());
        var ended = new Child().onPath(dir).run(Programs.Spawns.class, how);
        assertEquals("from main\n", ended.out(), ended.err());
    }

    @Test
    @Item("GO-15")
    @Hazard(62)
    void goroutines_manyBlocked_areFeasible() throws Exception {
        String n = System.getProperty("millrace.stress.goroutines", "1000000");
        var ended = new Child().option("-Xmx3g").run(Programs.Blocks.class, n);
        assertEquals("blocked " + n + "\ncounted 0\n", ended.out(), ended.err());
        assertEquals(0, ended.status());
    }
}
