package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Md5CommandTest {
    private static final String EMPTY = "d41d8cd98f00b204e9800998ecf8427e";
    private static final String A = "0cc175b9c0f1b6a831c399e269772661";

    @TempDir
    private Path dir;

    @Test
    void tree_is_printed_sorted_by_path() throws IOException {
        for (String name : List.of("b", "a/x", "a.txt", "a/y/z", "Z")) {
            write(name, "a");
        }
        Ran ran = Ran.here("md5", dir.toString());
        assertEquals(0, ran.code());
        assertEquals("", ran.err());
        assertEquals(
                List.of("Z", "a.txt", "a/x", "a/y/z", "b").stream().map(n -> A + "  " + dir + "/" + n).toList(),
                ran.outLines());
    }

    @Test
    void empty_tree_prints_nothing() {
        assertEquals(new Ran(0, "", ""), Ran.here("md5", dir.toString()));
    }

    @Test
    void empty_file_has_its_digest() throws IOException {
        write("e", "");
        assertEquals(new Ran(0, EMPTY + "  " + dir + "/e\n", ""), Ran.here("md5", dir + "/e"));
    }

    @Test
    void path_with_slash_at_its_end_gets_no_second_one() throws IOException {
        write("a", "a");
        assertEquals(A + "  " + dir + "/a\n", Ran.here("md5", dir + "/").out());
    }

    @Test
    void link_is_followed_as_an_argument_and_not_in_a_tree() throws IOException {
        write("tree/a", "a");
        Files.createSymbolicLink(dir.resolve("tree/link"), Path.of("a"));
        Files.createSymbolicLink(dir.resolve("tree/loop"), Path.of("."));
        Files.createSymbolicLink(dir.resolve("link"), Path.of("tree"));
        assertEquals(A + "  " + dir + "/link/a\n", Ran.here("md5", dir + "/link").out());
        assertEquals(A + "  " + dir + "/tree/link\n", Ran.here("md5", dir + "/tree/link").out());
    }

    @Test
    void special_file_is_passed_over_in_a_tree_and_refused_as_an_argument() throws Exception {
        assumeTool("mkfifo");
        write("a", "a");
        Ran.bash("mkfifo \"$1\"/fifo", dir);
        assertEquals(new Ran(0, A + "  " + dir + "/a\n", ""), Ran.here("md5", dir.toString()));
        assertEquals(
                new Ran(1, "", "millrace: " + dir + "/fifo: neither a file nor a directory\n"),
                Ran.here("md5", dir + "/fifo"));
    }

    @Test
    void first_unreadable_file_ends_all() throws IOException {
        write("a", "a");
        assertEquals(
                new Ran(1, "", "millrace: " + dir + "/none: No such file or directory\n"),
                Ran.here("md5", dir.toString(), dir + "/none"));
    }

    @Test
    void unreadable_files_with_keep_going_are_named_and_all_others_printed() throws IOException {
        write("a", "a");
        Files.createSymbolicLink(dir.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(dir.resolve("round"), Path.of("round"));
        Ran ran = Ran.here("md5", "--keep-going", dir + "/round", dir + "/dangling", "", dir.toString());
        assertEquals(1, ran.code());
        assertEquals(A + "  " + dir + "/a\n", ran.out());
        assertEquals(
                """
                millrace: '': No such file or directory
                millrace: DIR/dangling: No such file or directory
                millrace: DIR/round: Too many levels of symbolic links
                """.replace("DIR", dir.toString()),
                ran.err());
    }

    /// Root reads what has no permission; but nobody can read the first byte of a process's memory.
    @Test
    void file_that_cannot_be_read_is_named() throws IOException {
        write("tree/a", "a");
        Path secret = write("secret", "s");
        secret.toFile().setReadable(false);
        boolean all = Files.isReadable(secret);
        String path = all ? "/proc/self/mem" : secret.toString();
        String why = all ? "Input/output error" : "Permission denied";
        Ran ran = Ran.here("md5", "--keep-going", dir + "/tree", path);
        assertEquals(new Ran(1, A + "  " + dir + "/tree/a\n", "millrace: " + path + ": " + why + "\n"), ran);
    }

    @Test
    void deep_tree_is_walked() throws Exception {
        assumeTool("bash");
        Path deep = Files.createTempDirectory("millrace-deep"); // rm deletes it 20 times as fast as JUnit
        String below = "d/".repeat(1_000);
        try {
            Ran.bash("cd \"$1\"; mkdir -p $2; printf a > $2/f", deep, below);
            assertEquals(new Ran(0, A + "  " + deep + "/" + below + "f\n", ""), Ran.here("md5", deep.toString()));
        } finally {
            Ran.bash("rm -rf \"$1\"", deep);
        }
    }

    @Test
    void tree_deeper_than_a_path_may_be_long_has_an_exact_error() throws Exception {
        assumeTool("bash");
        Path deep = Files.createTempDirectory("millrace-deep"); // only rm can delete it
        try {
            Ran.bash("cd \"$1\"; printf a > a; mkdir -p $2; cd $2; mkdir -p $2; cd $2; printf a > f",
                    deep, ("d".repeat(100) + "/").repeat(30));
            Ran stopped = Ran.here("md5", deep.toString());
            assertEquals(1, stopped.code());
            assertEquals("", stopped.out());
            assertTrue(stopped.err().endsWith("d: File name too long\n"), stopped.err());
            Ran ran = Ran.here("md5", "--keep-going", deep.toString());
            assertEquals(1, ran.code());
            assertEquals(A + "  " + deep + "/a\n", ran.out());
            assertTrue(ran.err().endsWith("d: File name too long\n"), ran.err());
        } finally {
            Ran.bash("rm -rf \"$1\"", deep);
        }
    }

    @Test
    void strange_names_are_printed_as_by_md5sum() throws Exception {
        assumeTool("md5sum");
        for (String name : List.of("a%20b", "%C3%A4", "%FF%FE", "nl%0A", "back%5Cslash", "%22quote'", "-dash",
                "%E2%80%AE", "%F0%9F%98%80",
                "*", "%5B", "%C3", "tab%09", "$(x)", "sub%FF/in%0Aner", "...", "%EF%BF%BD")) {
            Path file = Path.of(URI.create(dir.toUri() + name));
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        String expected = Ran.bash("cd \"$1\"; find . -type f -exec md5sum {} +", dir);
        Ran ran = Ran.here("md5", dir.toString());
        assertEquals(0, ran.code(), ran.err());
        assertEquals(
                expected.lines().sorted().toList(),
                ran.outLines().stream().map(l -> l.replace(dir + "/", "./")).sorted().toList());
    }

    @Test
    void output_is_accepted_by_md5sum_in_every_locale() throws Exception {
        assumeTool("md5sum");
        for (String name : List.of("a%20b", "%C3%A4", "%FF%FE", "nl%0A", "back%5Cslash")) {
            Files.writeString(Path.of(URI.create(dir.toUri() + name)), name);
        }
        for (String locale : List.of("C", "C.UTF-8")) {
            // Under C the JVM decodes neither these names nor the argument.
            ProcessBuilder builder = Ran.child("md5", ".").directory(dir.toFile());
            builder.environment().put("LC_ALL", locale);
            Ran ran = Ran.process(builder);
            assertEquals(0, ran.code(), ran.err());
            assertEquals(5, ran.outLines().size());
            Path sums = Files.createTempFile("millrace", ".md5");
            try {
                Files.write(sums, ran.out().getBytes(StandardCharsets.ISO_8859_1));
                Ran.bash("cd \"$1\"; md5sum -c --quiet --strict \"$2\"", dir, sums);
            } finally {
                Files.delete(sums);
            }
        }
    }

    @Test
    void arguments_that_are_no_text_are_opened_in_every_locale() throws Exception {
        assumeTool("bash");
        assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "no /proc: not tested here");
        String script =
                "exec 2>&1; cd \"$1\"; printf a > $'\\xFF'; mkdir $'\\xE4'; printf a > $'\\xE4/\\xC3\\xA4'; shift;"
                        + " cd $'\\xE4'; \"$@\" $'../\\xFF' $'\\xC3\\xA4'; \"$@\" . $'../\\xC3\\xA4' || true";
        for (String locale : List.of("C", "C.UTF-8")) {
            Path work = Files.createDirectory(dir.resolve(locale));
            var command = new ArrayList<Object>(List.of(work, "env", "LC_ALL=" + locale));
            command.addAll(Ran.child("md5", "--keep-going").command());
            String out = Ran.bash(script, command.toArray());
            assertEquals(
                    A + "  ../\u00FF\n" + A + "  \u00C3\u00A4\n"
                            + "millrace: ../\u00C3\u00A4: No such file or directory\n"
                            + A + "  ./\u00C3\u00A4\n",
                    out,
                    locale);
        }
    }

    @Test
    void timeout_before_the_start_ends_with_124() throws IOException {
        write("a", "a");
        Ran ran = Ran.here("md5", "--timeout", "1ns", dir.toString());
        assertEquals(124, ran.code());
        assertEquals("", ran.out());
        assertTrue(ran.err().startsWith("millrace: context deadline exceeded: \"md5\" had 1 ns"), ran.err());
    }

    @Test
    void full_disk_is_said_and_fails() throws IOException {
        write("a", "a");
        var err = new ByteArrayOutputStream();
        var full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        var console = new Console(full, new PrintStream(err, true), false, 0);
        assertEquals(1, Main.run(new Session(Context.background(), console), "md5", dir.toString()));
        assertEquals("millrace: cannot write the results: No space left on device\n", err.toString());
    }

    @Test
    void progress_is_drawn_on_a_terminal_and_taken_away() {
        var err = new ByteArrayOutputStream();
        var console = new Console(OutputStream.nullOutputStream(), new PrintStream(err, true), false, 60);
        try (var progress = new Progress(console, "md5", 0)) {
            progress.found(4 << 20);
            progress.done(1 << 20);
            Ran.await("a bar that shows the part that is done", () -> err.toString().contains("25%"));
        }
        String text = err.toString();
        assertTrue(text.contains("\rmd5 "), text);
        assertTrue(text.endsWith("\r" + " ".repeat(59) + "\r"), text);
        assertFalse(text.contains("\n"), text);
    }

    @Test
    void progress_without_a_terminal_is_silent() {
        var err = new ByteArrayOutputStream();
        var console = new Console(OutputStream.nullOutputStream(), new PrintStream(err, true), false, 0);
        try (var progress = new Progress(console, "md5", 0)) {
            progress.found(2);
            progress.done(1);
        }
        assertEquals("", err.toString());
    }

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void assumeTool(String tool) {
        assumeTrue(Ran.has(tool), () -> "no " + tool + " on the PATH: not tested here");
    }
}
