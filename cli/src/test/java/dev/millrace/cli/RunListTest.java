package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.examples.Program;
import dev.millrace.examples.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunListTest {
    @Test
    void list_shows_every_program_with_its_summary() {
        Ran ran = Ran.here("list");
        assertEquals(0, ran.code());
        List<String> names = ran.outLines().stream().map(l -> l.split(" ", 2)[0]).toList();
        assertEquals(Programs.all().stream().map(Program::name).toList(), names);
        for (int i = 0; i < names.size(); i++) {
            assertTrue(ran.outLines().get(i).endsWith("  " + Programs.all().get(i).summary()), ran.out());
        }
    }

    @Test
    void run_gives_the_program_everything_behind_its_name() {
        Ran ran = Ran.here("run", "coordinate-waitgroup", "--pause", "0");
        assertEquals(0, ran.code());
        assertTrue(ran.out().startsWith("The number: 0 [with sync.WaitGroup]\n"), ran.out());
        assertTrue(ran.out().endsWith("\nEnd.\n"), ran.out());
    }

    @Test
    void run_answers_the_exit_code_of_the_program() {
        assertEquals(2, Ran.here("run", "coordinate-waitgroup", "--nonsense").code());
    }

    @Test
    void run_with_help_shows_that_of_the_program() {
        Ran ran = Ran.here("run", "coordinate-waitgroup", "--help");
        assertEquals(0, ran.code());
        assertTrue(ran.out().startsWith(Programs.find("coordinate-waitgroup").orElseThrow().help()), ran.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"run --jfr FILE trace-orders --orders 2 --last 1ms --patience 1h",
        "run trace-orders --jfr FILE --orders 2 --last 1ms --patience 1h",
        "run trace-orders --jfr=FILE --orders 2 --last 1ms --patience 1h"})
    void run_with_jfr_records_the_program(String line, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("run.jfr");
        Ran ran = Ran.here(line.replace("FILE", file.toString()).split(" "));
        assertEquals(0, ran.code(), ran.err());
        assertEquals(List.of("order 1: sent", "order 2: sent"), ran.outLines());
        assertEquals("", ran.err());
        var names = jdk.jfr.consumer.RecordingFile.readAllEvents(file).stream()
                .map(e -> e.getEventType().getName()).toList();
        assertEquals(2, names.stream().filter("dev.millrace.Task"::equals).count());
        assertEquals(4, names.stream().filter("dev.millrace.Region"::equals).count());
        assertTrue(names.contains("dev.millrace.GoroutineStart"));
    }

    @Test
    void run_with_jfr_that_cannot_be_written_says_so(@TempDir Path folder) {
        Ran ran = Ran.here("run", "trace-orders", "--jfr", folder.toString());
        assertEquals(1, ran.code());
        assertEquals("millrace: cannot record to \"" + folder
                + "\": expected a file for the recording, but this is a folder: "
                + folder + "\n", ran.err());
        assertEquals("", ran.out());
    }

    @Test
    void run_with_jfr_into_a_folder_that_is_not_there_says_so(@TempDir Path folder) {
        Path file = folder.resolve("none").resolve("run.jfr");
        Ran ran = Ran.here("run", "trace-orders", "--jfr", file.toString());
        assertEquals(1, ran.code());
        assertEquals("millrace: cannot record to \"" + file + "\": No such file or directory\n", ran.err());
    }

    @Test
    void run_under_ended_context_says_so() {
        try (var root = Context.background().withCancel()) {
            root.cancel("the test is over");
            Ran ran = Ran.under(root, "run", "coordinate-waitgroup");
            assertEquals(1, ran.code());
            assertTrue(ran.err().startsWith("millrace: context canceled: the test is over"), ran.err());
        }
    }
}
