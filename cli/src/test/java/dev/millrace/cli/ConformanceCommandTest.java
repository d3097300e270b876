package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.conformance.Planted;
import dev.millrace.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
    private static final String RIGHT = """
            {"id":"right","kind":"data","steps":[{"on":"i32","op":"add","d":"2","expect":{"v":"2"}}]}
            """;
    private static final String WRONG = """
            {"id":"wrong","kind":"data","steps":[{"on":"b","op":"store","v":true},{"on":"b","op":"load","expect":{"v":false}}]}
            """;
    private static final String WAITS = """
            {"id":"waits","kind":"channel","slots":1,"slot":1000,"horizon":1500,"channels":[{"name":"ch0","cap":0}],\
            "goroutines":[[{"op":"recv","ch":"ch0","expect":{"start":0,"end":0,"v":1}}]]}
            """;

    @TempDir
    private Path dir;

    @Test
    void shipped_programs_do_as_in_go() {
        Ran ran = Ran.here("conformance", "--limit", "100");
        assertEquals(0, ran.code(), ran.out() + ran.err());
        assertTrue(
                ran.out().matches(
                        "(?s)(allowed [a-z-]+ \\d+: .*\n)*100 programs, 0 diverged, \\d+ allowed deviations\n"),
                ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void kind_leaves_out_the_others() {
        Ran ran = Ran.here("conformance", "--kind", "data", "--limit", "25");
        assertEquals(0, ran.code(), ran.out() + ran.err());
        assertEquals("25 programs, 0 diverged, 0 allowed deviations\n", ran.out());
    }

    @Test
    void divergence_is_printed_with_program_step_expected_and_got() throws IOException {
        Ran ran = Ran.here("conformance", write("a.jsonl", RIGHT + WRONG));
        assertEquals(1, ran.code(), ran.err());
        assertEquals("""
                wrong step 1 (bool.load on=b): expected {"v":false}, got {"v":true}
                2 programs, 1 diverged, 0 allowed deviations
                """, ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void wait_that_go_did_not_wait_is_printed_with_who_waits_for_what() throws IOException {
        Ran ran = Ran.here("conformance", write("a.jsonl", WAITS));
        assertEquals(1, ran.code(), ran.err());
        List<String> out = ran.outLines();
        assertEquals(
                "waits goroutine 0 op 0 (recv ch=ch0): expected {\"start\":0,\"end\":0,\"v\":1}, got {\"start\":0,\"blocked\":true}",
                out.getFirst());
        assertTrue(out.get(1).startsWith("    goroutine 0: waits for chan receive on channel \"ch0\""), ran.out());
        assertEquals("1 programs, 1 diverged, 0 allowed deviations", out.getLast());
    }

    @Test
    void programs_of_a_directory_are_reported_in_the_order_of_its_files() throws IOException {
        write("b.jsonl", WRONG.replace("wrong", "second"));
        write("a.jsonl", WRONG.replace("wrong", "first") + RIGHT);
        write("notes.txt", "no program");
        Ran ran = Ran.here("conformance", dir.toString());
        assertEquals(List.of("first", "second", "3"), ran.outLines().stream().map(l -> l.split(" ")[0]).toList());
    }

    @Test
    void bad_input_ends_with_2_and_says_where_it_is() throws IOException {
        Path file = Path
                .of(write("a.jsonl", RIGHT + RIGHT.strip().replace("\"2\"}}]}", "2}}]}").replace("right", "other")));
        Ran ran = Ran.here("conformance", file.toString());
        assertEquals(2, ran.code());
        assertEquals("", ran.out());
        assertEquals("millrace: " + file
                + ":2:83: step 0 (number.add): field \"expect\": field \"v\": expected a string, was 2\n", ran.err());
        Ran nowhere = Ran.here("conformance", dir.resolve("nowhere").toString());
        assertEquals(2, nowhere.code());
        assertEquals("millrace: expected a file or a directory, there is no " + dir.resolve("nowhere") + "\n",
                nowhere.err());
        Ran none = Ran.here("conformance", "--kind", "sync", write("d.jsonl", RIGHT));
        assertEquals(2, none.code());
        assertEquals("millrace: expected programs of kind sync, there is none\n", none.err());
    }

    @Test
    void planted_bug_is_found() {
        for (Planted planted : Planted.values()) {
            assertTrue(ConformanceCommand.PlantedConverter.NAMES.contains(planted.text()), planted + " is not offered");
            Ran ran = Ran.here("conformance", "--planted", planted.text(), "--limit", "400");
            assertEquals(1, ran.code(), planted + ": " + ran.out() + ran.err());
            assertEquals("planted " + planted.text() + ": " + planted.fault(), ran.outLines().getFirst());
            assertTrue(ran.outLines().getLast().matches("400 programs, [1-9]\\d* diverged, \\d+ allowed deviations"),
                    ran.outLines().getLast());
        }
        Ran unknown = Ran.here("conformance", "--planted", "lifo");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("expected forgotten-cause, last-waiter-first, default-while-ready,"
                + " last-waiter-signaled or blind-swap, was \"lifo\""), unknown.err());
    }

    @Test
    void ended_context_ends_it() throws IOException {
        try (var root = Context.background().withCancel()) {
            root.cancel("the test is over");
            Ran ran = Ran.under(root, "conformance", write("a.jsonl", RIGHT));
            assertEquals(1, ran.code());
            assertTrue(ran.err().startsWith("millrace: context canceled: the test is over"), ran.err());
        }
        assertEquals(124, Ran.here("conformance", "--timeout", "1ns").code());
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text).toString();
    }
}
