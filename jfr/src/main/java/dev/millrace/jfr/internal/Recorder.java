package dev.millrace.jfr.internal;

import dev.millrace.probe.Event;
import dev.millrace.probe.Probe;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes events of JFR from those of the probe.
final class Recorder implements Probe {
    @Override
    public void on(Event event) {
        switch (event) {
            case Event.GoroutineStarted started -> {
                var jfr = new GoroutineStartEvent();
                if (jfr.shouldCommit()) {
                    jfr.done(started);
                }
            }
            case Event.GoroutineEnded ended -> {
                var jfr = new GoroutineEndEvent();
                if (jfr.shouldCommit()) {
                    jfr.done(ended);
                }
            }
            case Event.Cancelled cancelled -> {
                var jfr = new CancelEvent();
                if (jfr.shouldCommit()) {
                    jfr.done(cancelled);
                }
            }
            default -> {}
        }
    }

    @Override
    public @Nullable Consumer<Event.WaitEnded> onWait(Event.WaitStarted start) {
        var jfr = new BlockedEvent();
        if (!jfr.isEnabled()) {
            return null;
        }
        jfr.begin();
        return jfr;
    }
}
