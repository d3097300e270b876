package dev.millrace.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceRecordingTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void recording_closed_hasWrittenOursAndTheJdks() throws Exception {
        Path file = folder.resolve("run.jfr");
        try (var recording = Trace.start(file); var task = Trace.newTask(Context.background(), "all")) {
            var chan = Chan.<Integer>named("waited for").unbuffered();
            var wg = new WaitGroup();
            Named.go(wg, "worker", () -> chan.receive());
            LibraryEventsTest.untilWaits("worker");
            chan.send(1);
            wg.await();
            task.close();
            recording.close();
            recording.close();
        }
        Recorded r = Recorded.in(file);
        assertEquals(1, r.of("Task", "taskType", "all").size());
        assertEquals(1, r.of("GoroutineStart", "name", "worker").size());
        assertEquals(1, r.of("Blocked", "object", "channel \"waited for\"").size(), r.toString());
        assertTrue(RecordingFile.readAllEvents(file).stream()
                .anyMatch(e -> e.getEventType().getName().equals("jdk.JVMInformation")));
    }

    @Test
    void recording_whereNothingCanBeWritten_isRefusedAtOnce() {
        var e = assertThrows(IOException.class, () -> Trace.start(folder));
        assertEquals("expected a file for the recording, but this is a folder: " + folder, e.getMessage());
        assertThrows(IOException.class, () -> Trace.start(folder.resolve("none").resolve("run.jfr")));
        assertFalse(Trace.isEnabled());
    }

    @Test
    void recording_fileThere_isReplaced() throws Exception {
        Path file = Files.writeString(folder.resolve("old.jfr"), "old");
        Trace.start(file).close();
        assertTrue(Files.size(file) > 100);
        RecordingFile.readAllEvents(file);
    }

    /// A program that knows nothing of this module.
    static final class Program {
        public static void main(String[] args) {
            try (var ctx = Context.background().withName("program").withCancel()) {
                var wg = new WaitGroup();
                Named.go(wg, ctx, "worker", c -> c.awaitDone());
                while (Go.goroutines().stream().allMatch(g -> g.waitsFor().isEmpty())) {
                    Thread.onSpinWait();
                }
                ctx.cancel("over");
                wg.await();
            }
        }
    }

    private static String location(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        String url = String.valueOf(type.getClassLoader().getResource(name));
        String where = url.substring(0, url.length() - name.length());
        if (where.startsWith("jar:")) {
            where = where.substring("jar:".length(), where.length() - "!/".length());
        }
        return Path.of(URI.create(where)).toString();
    }

    @Test
    void jvm_withRecordingFromTheStart_hasTheEventsWithoutACall() throws Exception {
        Path file = folder.resolve("jvm.jfr");
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xlog:disable",
                "-XX:StartFlightRecording:filename=" + file + ",+dev.millrace.GoroutineStart#enabled=true"
                        + ",+dev.millrace.Blocked#threshold=0ms",
                "-cp", String.join(File.pathSeparator, location(Context.class), location(Trace.class),
                        location(Program.class))));
        line.add(Program.class.getName());
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(50, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), () -> read(out));
        Recorded r = Recorded.in(file);
        assertEquals(1, r.of("GoroutineStart", "name", "worker").size(), r.toString());
        assertEquals("over", r.one("Cancel", "context", "program").getString("causeText"));
        assertTrue(r.of("Blocked").stream().anyMatch(e -> e.getThread().getJavaName().equals("worker")), r.toString());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
