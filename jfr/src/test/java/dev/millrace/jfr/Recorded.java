package dev.millrace.jfr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/// What a recording has of ours.
public final class Recorded {
    /// All kinds of events.
    public static final List<String> ALL =
            List.of("Task", "Region", "Log", "Cancel", "Blocked", "GoroutineStart", "GoroutineEnd");

    private final List<RecordedEvent> events;

    private Recorded(List<RecordedEvent> events) {
        this.events = events;
    }

    /// What is done while it is recorded.
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /// Turns on events of ours by their short names, from the shortest on.
    public static Consumer<Recording> only(List<String> names) {
        return recording -> {
            for (String each : ALL) {
                if (names.contains(each)) {
                    recording.enable("dev.millrace." + each).withThreshold(Duration.ZERO);
                } else {
                    recording.disable("dev.millrace." + each);
                }
            }
            recording.disable("dev.millrace.GoroutineStatistics");
        };
    }

    public static Recorded all(Body body) throws Exception {
        return during(only(ALL), body);
    }

    public static Recorded during(Consumer<Recording> settings, Body body) throws Exception {
        try (var recording = new Recording()) {
            settings.accept(recording);
            recording.start();
            body.run();
            recording.stop();
            Path file = Files.createTempFile("millrace", ".jfr");
            try {
                recording.dump(file);
                return in(file);
            } finally {
                Files.delete(file);
            }
        }
    }

    public static Recorded in(Path file) throws IOException {
        var ours = new ArrayList<RecordedEvent>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().startsWith("dev.millrace.")) {
                ours.add(event);
            }
        }
        return new Recorded(ours);
    }

    /// The events with this short name.
    public List<RecordedEvent> of(String name) {
        return events.stream().filter(e -> e.getEventType().getName().equals("dev.millrace." + name)).toList();
    }

    /// The events with this short name whose `field` is `value`.
    public List<RecordedEvent> of(String name, String field, Object value) {
        return of(name).stream().filter(e -> value.equals(e.getValue(field))).toList();
    }

    public RecordedEvent one(String name, String field, Object value) {
        List<RecordedEvent> found = of(name, field, value);
        if (found.size() != 1) {
            throw new AssertionError("expected one " + name + " with " + field + " = " + value + ", was " + found.size()
                    + " of " + of(name));
        }
        return found.getFirst();
    }

    public List<RecordedEvent> events() {
        return events;
    }

    @Override
    public String toString() {
        return events.toString();
    }
}
