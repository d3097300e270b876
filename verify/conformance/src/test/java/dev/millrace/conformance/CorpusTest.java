package dev.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusTest {
    private static final String A = "{\"id\":\"a\",\"kind\":\"data\",\"steps\":[]}";
    private static final String B = "{\"id\":\"b\",\"kind\":\"data\",\"steps\":[]}";

    @TempDir
    private Path dir;

    @Test
    void shipped_hasTwoThousandOfEachKind() throws BadCorpusException {
        var counts = new EnumMap<Program.Kind, Integer>(Program.Kind.class);
        long size = 0;
        Corpus corpus = Corpus.shipped();
        try (var lines = corpus.open(false)) {
            for (Corpus.Line line = lines.next(); line != null; line = lines.next()) {
                counts.merge(line.program().kind(), 1, Integer::sum);
                size += line.size();
            }
        }
        assertEquals(Map.of(Program.Kind.CHANNEL, 2000, Program.Kind.CONTEXT, 2000, Program.Kind.DATA, 2000,
                Program.Kind.SYNC, 2000), counts);
        assertEquals(corpus.bytes(), size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "context", "data", "sync"})
    void shipped_saysNeitherNameNorTime_soThatItsBytesAreAlwaysTheSame(String kind) throws IOException {
        try (var in = Corpus.class.getResourceAsStream("corpus/" + kind + ".jsonl.gz")) {
            byte[] head = assertNotNull(in).readNBytes(8);
            assertEquals(List.of((byte) 0x1f, (byte) 0x8b, (byte) 8, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0),
                    bytes(head));
        }
    }

    private static <T> T assertNotNull(T value) {
        org.junit.jupiter.api.Assertions.assertNotNull(value);
        return value;
    }

    private static List<Byte> bytes(byte[] bytes) {
        var list = new ArrayList<Byte>();
        for (byte b : bytes) {
            list.add(b);
        }
        return list;
    }

    @Test
    void directory_isReadFileByFile_plainAndCompressed() throws Exception {
        Files.writeString(dir.resolve("README.md"), "no program");
        Files.writeString(dir.resolve("b.jsonl"), A + "\n" + B);
        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write((A.replace("\"a\"", "\"z\"") + "\n").getBytes());
        }
        Files.write(dir.resolve("a.jsonl.gz"), zipped.toByteArray());
        assertEquals(List.of("z", "a", "b"), ids(Corpus.of(List.of(dir)), false));
        assertEquals(List.of("z", "a", "b"), ids(Corpus.of(List.of(dir)), true));
        assertEquals(3 * A.length() + 2, Corpus.of(List.of(dir)).bytes());
    }

    @Test
    void files_inTurn_giveOneProgramEach() throws Exception {
        Path one = Files.writeString(dir.resolve("one"), A + "\n" + B + "\n");
        Path two = Files.writeString(dir.resolve("two"), B.replace("\"b\"", "\"c\"") + "\n");
        assertEquals(List.of("a", "c", "b"), ids(Corpus.of(List.of(one, two)), true));
    }

    private static List<String> ids(Corpus corpus, boolean inTurn) throws BadCorpusException {
        var ids = new ArrayList<String>();
        try (var lines = corpus.open(inTurn)) {
            for (Corpus.Line line = lines.next(); line != null; line = lines.next()) {
                ids.add(line.program().id());
            }
            assertNull(lines.next());
        }
        return ids;
    }

    @Test
    void path_thatIsNoCorpus_isRefused() throws IOException {
        assertEquals("expected a file or a directory, there is no " + dir.resolve("nowhere"),
                refused(dir.resolve("nowhere")));
        Path empty = Files.createDirectory(dir.resolve("empty"));
        assertEquals("expected files called *.jsonl or *.jsonl.gz in " + empty + ", there is none", refused(empty));
    }

    private static String refused(Path path) {
        return assertThrows(BadCorpusException.class, () -> Corpus.of(List.of(path))).getMessage();
    }

    @Test
    void file_thatIsEmptyOrCut_isRefusedWithItsLine() throws IOException {
        assertEquals("x:1: expected a program, the file is empty", message(""));
        assertEquals("x:2:1: expected a program, was an empty line", message(A + "\n\n" + B));
        assertEquals("x:2:20: expected the rest of the program, was the end of the line",
                message(A + "\n" + B.substring(0, 19)));
        assertEquals("x:3:1: expected a new id, \"a\" is that of line 1 already", message(A + "\n" + B + "\n" + A));
    }

    @Test
    void bytes_thatAreNoText_areRefused() throws IOException {
        Path file = Files.write(dir.resolve("x"), new byte[] {'{', (byte) 0xff, '}'});
        assertEquals("x:1: expected UTF-8, was something else", message(file));
        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write(A.getBytes());
        }
        Files.write(file, java.util.Arrays.copyOf(zipped.toByteArray(), zipped.size() - 12));
        assertEquals("x:1: expected the rest of a gzip file: Unexpected end of ZLIB input stream", message(file));
    }

    private String message(String text) throws IOException {
        return message(Files.writeString(dir.resolve("x"), text));
    }

    private String message(Path file) {
        String message =
                assertThrows(BadCorpusException.class, () -> ids(Corpus.of(List.of(file)), false)).getMessage();
        return message.replace(dir + "/", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            7                                             | 1: the program: expected an object, was 7
            {"id":"a"}                                    | 1: the program: expected a field "kind", there is none
            {"id":7,"kind":"data","steps":[]}             | 7: the program: field "id": expected a string, was 7
            {"id":"a","kind":"mutex"}                     | 18: the program: field "kind": expected context, channel, sync or data, was "mutex"
            {"id":"a","kind":"data"}                      | 1: the program: expected a field "steps", there is none
            {"id":"a","kind":"data","steps":{}}           | 33: the program: field "steps": expected an array, was an object
            {"id":"a","kind":"data","steps":[],"x":1}     | 40: the program: expected no field "x"
            {"id":"a","kind":"data","steps":[]} {}        | 37: expected the end of the line behind the program, was {
            {"id":"a","id":"b"}                           | 15: expected JSON: Duplicate
            {"id":"a","kind":}                            | 18: expected JSON: Unexpected character
            {"id":"a","kind":"data","steps":[{"op":"load"}]}                     | 34: step 0: expected a field "on", there is none
            {"id":"a","kind":"data","steps":[{"on":"q","op":"load"}]}            | 40: step 0: field "on": expected one of m, i32, u32, i64, u64, b, was "q"
            {"id":"a","kind":"data","steps":[{"on":"b","op":"add"}]}             | 49: step 0: field "op": expected one of swap, load, store, compareAndSwap, was "add"
            {"id":"a","kind":"data","steps":[{"on":"b","op":"load"}]}            | 34: step 0 (bool.load): expected a field "expect", there is none
            {"id":"a","kind":"data","steps":[{"on":"b","op":"store","v":1}]}     | 61: step 0 (bool.store): field "v": expected true or false, was 1
            {"id":"a","kind":"data","steps":[{"on":"u32","op":"store","v":"-1"}]}| 63: step 0 (number.store): field "v": expected a decimal number within the range of u32, was "-1"
            {"id":"a","kind":"data","steps":[{"on":"i32","op":"store","v":"2147483648"}]}| 63: step 0 (number.store): field "v": expected a decimal number within the range of i32, was "2147483648"
            {"id":"a","kind":"data","steps":[{"on":"m","op":"store","k":"k0","v":1.5}]}| 70: step 0 (map.store): field "v": expected an integer, was 1.5
            {"id":"a","kind":"context","steps":[{"op":"jump"}]}                  | 43: step 0: field "op": expected one of background, todo,
            {"id":"a","kind":"context","steps":[{"op":"background"}]}            | 37: step 0 (background): expected a field "as", there is none
            {"id":"a","kind":"context","steps":[{"op":"background","as":"c"},{"op":"todo","as":"c"}]} | 84: step 1 (todo): field "as": expected a name that nothing has yet, was "c"
            {"id":"a","kind":"context","steps":[{"op":"withCancel","parent":"c","as":"d"}]} | 65: step 0 (withCancel): field "parent": expected the name of a context that is there, was "c"
            {"id":"a","kind":"context","steps":[{"op":"background","as":"c"},{"op":"cancel","ctx":"c"}]} | 87: step 1 (cancel): field "ctx": expected a cancellable, "c" is a context
            {"id":"a","kind":"context","steps":[{"op":"sleep","us":5,"expect":1}]} | 67: step 0 (sleep): expected no field "expect", the op answers nothing
            {"id":"a","kind":"sync","slots":1,"slot":1,"horizon":1,"objects":{"o":{"type":"lock"}},"goroutines":[[]]} | 79: object "o": field "type": expected one of cond, errgroup,
            {"id":"a","kind":"sync","slots":2,"slot":1,"horizon":1,"objects":{},"goroutines":[[]]} | 33: the program: field "slots": expected the number of goroutines, 1, was 2
            {"id":"a","kind":"sync","slots":1,"slot":0,"horizon":1,"objects":{},"goroutines":[[]]} | 42: the program: field "slot": expected a number from 1, was 0
            {"id":"a","kind":"sync","slots":1,"slot":1,"horizon":1,"objects":{"o":{"type":"mutex"}},"goroutines":[[{"op":"mu.tryRLock","on":"o"}]]} | 129: goroutine 0 op 0 (mu.tryRLock): field "on": expected a rwmutex, "o" is a mutex
            {"id":"a","kind":"channel","slots":1,"slot":1,"horizon":1,"channels":[{"name":"c","cap":-2}],"goroutines":[[]]} | 89: channel 0: field "cap": expected -1 or more, was -2
            {"id":"a","kind":"channel","slots":1,"slot":1,"horizon":1,"channels":[{"name":"c","cap":0}],"goroutines":[[{"op":"send","ch":"c","v":1,"timout":1}]]} | 145: goroutine 0 op 0 (send): expected no field "timout"; there are ch, v
            {"id":"a","kind":"channel","slots":1,"slot":1,"horizon":1,"channels":[{"name":"c","cap":0}],"goroutines":[[{"op":"select","cases":[{"send":"c"}]}]]} | 132: goroutine 0 op 0 (select): field "cases" 0: expected a field "v" with "send", and only there
            {"id":"a","kind":"channel","slots":1,"slot":1,"horizon":1,"channels":[],"goroutines":[[{"op":"select","cases":[],"default":true,"timeout":5}]]} | 88: goroutine 0 op 0 (select): expected at most one of "default" and "timeout", were both
            """)
    void line_thatIsNoProgram_isRefusedWithItsColumn(String line, String expected) {
        BadLineException e = assertThrows(BadLineException.class, () -> LineReader.read(line.strip()));
        String message = e.column + ": " + e.getMessage();
        assertEquals(expected.strip(), message.substring(0, Math.min(expected.strip().length(), message.length())),
                message);
    }
}
