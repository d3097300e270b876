package dev.millrace.jfr.internal;

import dev.millrace.go.Go;
import dev.millrace.probe.Event;
import dev.millrace.probe.ProbeSource;
import dev.millrace.probe.Probes;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/// Installs the probe while a recording wants what it tells, and takes it off again.
///
/// It looks whenever a recording begins or ends. A recording's settings can change in between, and the JDK tells nobody; so it looks again with
/// each [GoroutineStatisticsEvent], which the JDK asks for once a second.
///
/// Locks: the JDK may hold its own when it calls; so under the lock of this class nothing of JFR is called but `isEnabled()`, which reads a
/// field, of classes that are initialised before.
public final class JfrSource implements ProbeSource {
    private static final Recorder RECORDER = new Recorder();

    private static List<Class<? extends Event>> wanted = List.of(); // guarded by the class
    private static Probes.@Nullable Installation installation; // guarded by the class

    /// For the service loader.
    public JfrSource() {}

    @Override
    public void begin() {
        if (FlightRecorder.isAvailable()) {
            FlightRecorder.addListener(new Listener()); // which hears at once that it is initialised, when it is
        }
    }

    private static final class Listener implements FlightRecorderListener {
        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            FlightRecorder.addPeriodicEvent(GoroutineStatisticsEvent.class, JfrSource::look);
            refresh();
        }

        @Override
        public void recordingStateChanged(Recording recording) {
            refresh();
        }
    }

    private static void look() {
        refresh();
        var event = new GoroutineStatisticsEvent();
        event.alive = Go.numGoroutine();
        event.commit();
    }

    private static List<Class<? extends Event>> wanted() {
        var kinds = new ArrayList<Class<? extends Event>>();
        if (new GoroutineStartEvent().isEnabled()) {
            kinds.add(Event.GoroutineStarted.class);
        }
        if (new GoroutineEndEvent().isEnabled()) {
            kinds.add(Event.GoroutineEnded.class);
        }
        if (new BlockedEvent().isEnabled()) {
            kinds.add(Event.WaitStarted.class);
        }
        if (new CancelEvent().isEnabled()) {
            kinds.add(Event.Cancelled.class);
        }
        return kinds;
    }

    private static void refresh() {
        wanted(); // initialises the events
        change();
    }

    /// Synchronized: of two at once, the later has the newer answer.
    private static synchronized void change() {
        List<Class<? extends Event>> now = wanted();
        if (now.equals(wanted)) {
            return;
        }
        wanted = now;
        if (installation != null) {
            installation.close();
            installation = null;
        }
        if (!now.isEmpty()) {
            installation = Probes.install(RECORDER, now);
        }
    }

    /// Whether the probe is installed: for tests.
    static synchronized boolean isInstalled() {
        return installation != null;
    }
}
