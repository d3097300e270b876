package dev.millrace.probe;

import dev.millrace.internal.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one door through which the library can be observed. While no probe is installed, each place where something could be
/// told costs one read of a field.
///
/// ```java
/// try (var _ = Probes.install(event -> log.add(event))) {
///     …
/// }
/// ```
///
/// For the state at a moment and not for events, see [dev.millrace.go.Go#goroutines()] and
/// [dev.millrace.context.Context#snapshot()]. What is to look without a call by the program is a [ProbeSource].
public final class Probes {
    private static final Set<Class<?>> KINDS = Set.of(Event.class.getPermittedSubclasses());
    private static List<Fan.Listening> installed = List.of(); // guarded by the class

    private Probes() {}

    /// An installed probe.
    public interface Installation extends AutoCloseable {
        /// Takes the probe off; events on their way may still come.
        @Override
        void close();
    }

    /// Has `probe` called for every event from now on, until the answer is closed. Any number may be installed; the same one
    /// twice hears everything twice.
    public static Installation install(Probe probe) {
        return install(new Fan.Listening(Objects.requireNonNull(probe, "probe"), KINDS));
    }

    /// Has `probe` called for events of these kinds only, such as `Event.Cancelled.class`. Those that nobody wants are not even made.
    /// [Event.WaitStarted] stands for [Event.WaitEnded] too.
    ///
    /// @throws IllegalArgumentException when one of `kinds` is no kind of event
    public static Installation install(Probe probe, List<? extends Class<? extends Event>> kinds) {
        Objects.requireNonNull(probe, "probe");
        for (Class<?> kind : kinds) {
            if (!KINDS.contains(Objects.requireNonNull(kind, "kind"))) {
                throw new IllegalArgumentException(
                        "expected a kind of event such as Event.Cancelled.class, was " + kind);
            }
        }
        return install(new Fan.Listening(probe, Set.copyOf(kinds)));
    }

    private static Installation install(Fan.Listening listening) {
        Tap.begin();
        var here = new AtomicBoolean(true);
        change(listening, true);
        return () -> {
            if (here.getAndSet(false)) {
                change(listening, false);
            }
        };
    }

    private static synchronized void change(Fan.Listening listening, boolean add) {
        var list = new ArrayList<>(installed);
        if (add) {
            list.add(listening);
        } else {
            list.removeIf(each -> each == listening); // by identity: no user's equals runs in here
        }
        installed = List.copyOf(list);
        Tap.set(installed.isEmpty() ? null : new Fan(installed));
    }
}
