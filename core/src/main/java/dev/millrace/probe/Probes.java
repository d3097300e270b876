package dev.millrace.probe;

import dev.millrace.context.CancelRecord;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
/// [dev.millrace.context.Context#snapshot()].
public final class Probes {
    private static List<Probe> installed = List.of(); // guarded by the class

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
        Objects.requireNonNull(probe, "probe");
        var here = new AtomicBoolean(true);
        change(probe, true);
        return () -> {
            if (here.getAndSet(false)) {
                change(probe, false);
            }
        };
    }

    private static synchronized void change(Probe probe, boolean add) {
        var list = new ArrayList<>(installed);
        if (add) {
            list.add(probe);
        } else {
            removeOne(list, probe);
        }
        installed = List.copyOf(list);
        Tap.set(installed.isEmpty() ? null : new Fan(installed));
    }

    /// By identity: no user's equals runs in here.
    private static void removeOne(List<Probe> list, Probe probe) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) == probe) {
                list.remove(i);
                return;
            }
        }
    }

    /// Makes events of what happens and gives them to the probes.
    private static final class Fan extends Tap {
        private static final System.Logger LOG = System.getLogger("dev.millrace.probe");
        private static final WeakHashMap<Node, Long> NUMBERS = new WeakHashMap<>(); // guarded by itself
        private static long lastNumber; // guarded by NUMBERS

        private final List<Probe> probes;
        private final AtomicBoolean complained = new AtomicBoolean();

        Fan(List<Probe> probes) {
            this.probes = probes;
        }

        private void tell(Event event) {
            for (Probe probe : probes) {
                try {
                    probe.on(event);
                } catch (Throwable t) {
                    if (complained.compareAndSet(false, true)) {
                        LOG.log(System.Logger.Level.ERROR, () -> "probe " + probe + " failed at " + event, t);
                    }
                }
            }
        }

        private static long number(@Nullable Node node) {
            if (node == null) {
                return 0;
            }
            synchronized (NUMBERS) {
                return NUMBERS.computeIfAbsent(node, _ -> ++lastNumber);
            }
        }

        @Override
        public void goroutineStarted(Goroutine g) {
            tell(new Event.GoroutineStarted(g.id(), g.name(), g.creator()));
        }

        @Override
        public void goroutineEnded(Goroutine g, @Nullable Throwable failure) {
            tell(new Event.GoroutineEnded(g.id(), g.name(), failure));
        }

        @Override
        public void waitStarted(Thread thread, Object blocker) {
            tell(new Event.WaitStarted(thread.threadId(), blocker));
        }

        @Override
        public void waitEnded(Thread thread, Object blocker) {
            tell(new Event.WaitEnded(thread.threadId(), blocker));
        }

        @Override
        public void contextMade(Node node) {
            tell(new Event.ContextMade(number(node), node.name(), number(node.up())));
        }

        @Override
        public void contextEnded(Node node, Ending ending) {
            tell(new Event.ContextEnded(number(node), node.name(), (CancelRecord) ending.cancelRecord()));
        }
    }
}
