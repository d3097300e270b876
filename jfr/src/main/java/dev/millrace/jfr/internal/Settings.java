package dev.millrace.jfr.internal;

import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Event;
import jdk.jfr.Recording;

/// What a recording has that is to tell everything about a short run.
public final class Settings {
    private Settings() {}

    /// All events of ours from the shortest on, and the JDK's as it has them by default.
    public static void everything(Recording recording) {
        try {
            recording.setSettings(Configuration.getConfiguration("default").getSettings());
        } catch (IOException | ParseException e) {
            // a runtime without that file: ours are there all the same
        }
        for (Class<? extends Event> ours : List.of(
                TaskEvent.class,
                RegionEvent.class,
                LogEvent.class,
                CancelEvent.class,
                BlockedEvent.class,
                GoroutineStartEvent.class,
                GoroutineEndEvent.class,
                GoroutineStatisticsEvent.class)) {
            recording.enable(ours).withThreshold(Duration.ZERO);
        }
    }
}
