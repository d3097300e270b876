package dev.millrace.jfr;

import dev.millrace.jfr.internal.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/// A recording that goes on, begun by [Trace#start].
public final class TraceRecording implements AutoCloseable {
    private final Recording recording;
    private final Path file;
    private final AtomicBoolean closed = new AtomicBoolean();

    private TraceRecording(Recording recording, Path file) {
        this.recording = recording;
        this.file = file;
    }

    static TraceRecording start(Path file) throws IOException {
        if (!FlightRecorder.isAvailable()) {
            throw new UnsupportedOperationException(
                    "this JVM has no Flight Recorder (module jdk.jfr, on HotSpot): nothing can be recorded to " + file);
        }
        Path whole = file.toAbsolutePath();
        if (Files.isDirectory(whole)) {
            throw new IOException("expected a file for the recording, but this is a folder: " + file);
        }
        var recording = new Recording();
        try {
            Settings.everything(recording);
            recording.setName("millrace");
            recording.setDestination(whole);
            recording.setDumpOnExit(true); // a program may end the JVM
            recording.start();
        } catch (Throwable t) {
            recording.close();
            throw t;
        }
        return new TraceRecording(recording, file);
    }

    /// Ends the recording and writes the file. Waits for the disk. Does nothing the second time.
    ///
    /// @throws IOException when the file could not be written
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            recording.stop();
            if (!Files.isRegularFile(file) || Files.size(file) == 0) { // the JDK logs what went wrong and goes on
                throw new IOException("the recording could not be written to " + file);
            }
        } finally {
            recording.close();
        }
    }
}
