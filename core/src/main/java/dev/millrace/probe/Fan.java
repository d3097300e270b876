package dev.millrace.probe;

import dev.millrace.context.CancelRecord;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes events of what happens and gives them to the probes that want them. What no probe wants is not made.
final class Fan extends Tap {
    private static final System.Logger LOG = System.getLogger("dev.millrace.probe");
    private static final WeakHashMap<Node, Long> NUMBERS = new WeakHashMap<>(); // guarded by itself
    private static long lastNumber; // guarded by NUMBERS

    /// A probe and what it wants to hear.
    static final class Listening {
        private final Probe probe;
        private final Set<? extends Class<?>> kinds;
        private final AtomicBoolean complained = new AtomicBoolean();

        Listening(Probe probe, Set<? extends Class<?>> kinds) {
            this.probe = probe;
            this.kinds = kinds;
        }

        private boolean wants(Class<? extends Event> kind) {
            return kinds.contains(kind);
        }

        private void complain(Event event, Throwable t) {
            if (complained.compareAndSet(false, true)) {
                LOG.log(System.Logger.Level.ERROR, () -> "probe " + probe + " failed at " + event, t);
            }
        }

        void tell(Event event) {
            try {
                probe.on(event);
            } catch (Throwable t) {
                complain(event, t);
            }
        }

        @Nullable Consumer<Event.WaitEnded> tellWait(Event.WaitStarted event) {
            try {
                return probe.onWait(event);
            } catch (Throwable t) {
                complain(event, t);
                return null;
            }
        }

        void tellEnd(Consumer<Event.WaitEnded> to, Event.WaitEnded event) {
            try {
                to.accept(event);
            } catch (Throwable t) {
                complain(event, t);
            }
        }
    }

    private static final Listening[] NONE = {};

    private final Listening[] started;
    private final Listening[] ended;
    private final Listening[] waits;
    private final Listening[] waitEnds; // those who want the ends only
    private final Listening[] made;
    private final Listening[] contextEnds;
    private final Listening[] cancels;

    Fan(List<Listening> all) {
        started = wanting(all, Event.GoroutineStarted.class);
        ended = wanting(all, Event.GoroutineEnded.class);
        waits = wanting(all, Event.WaitStarted.class);
        waitEnds = wanting(all.stream().filter(l -> !l.wants(Event.WaitStarted.class)).toList(), Event.WaitEnded.class);
        made = wanting(all, Event.ContextMade.class);
        contextEnds = wanting(all, Event.ContextEnded.class);
        cancels = wanting(all, Event.Cancelled.class);
    }

    private static Listening[] wanting(List<Listening> all, Class<? extends Event> kind) {
        return all.stream().filter(l -> l.wants(kind)).toList().toArray(NONE);
    }

    private static void tell(Listening[] those, Event event) {
        for (Listening each : those) {
            each.tell(event);
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
        if (started.length > 0) {
            tell(started, new Event.GoroutineStarted(g.id(), g.name(), g.creator()));
        }
    }

    @Override
    public void goroutineEnded(Goroutine g, @Nullable Throwable failure) {
        if (ended.length > 0) {
            tell(ended, new Event.GoroutineEnded(g.id(), g.name(), failure));
        }
    }

    /// What is to be told of the end of a wait, and to whom.
    private record Due(Listening listening, Consumer<Event.WaitEnded> to) {}

    /// Nearly always there is one probe: then this is a [Due], else a list of them.
    @Override
    public @Nullable Object waitStarted(Thread thread, Object blocker) {
        Listening[] those = waits;
        if (those.length == 0) {
            return null;
        }
        var event = new Event.WaitStarted(thread.threadId(), blocker);
        if (those.length == 1) {
            return due(those[0], event);
        }
        var all = new ArrayList<Due>();
        for (Listening each : those) {
            Due due = due(each, event);
            if (due != null) {
                all.add(due);
            }
        }
        return all;
    }

    private static @Nullable Due due(Listening listening, Event.WaitStarted event) {
        Consumer<Event.WaitEnded> to = listening.tellWait(event);
        return to == null ? null : new Due(listening, to);
    }

    @Override
    public void waitEnded(Thread thread, Object blocker, @Nullable Object told) {
        if (told == null && waitEnds.length == 0) {
            return;
        }
        var event = new Event.WaitEnded(thread.threadId(), blocker);
        if (told instanceof Due due) {
            due.listening.tellEnd(due.to, event);
        } else if (told instanceof List<?> all) {
            for (Object each : all) {
                if (each instanceof Due due) {
                    due.listening.tellEnd(due.to, event);
                }
            }
        }
        tell(waitEnds, event);
    }

    @Override
    public void contextMade(Node node) {
        if (made.length > 0) {
            tell(made, new Event.ContextMade(number(node), node.name(), number(node.up())));
        }
    }

    @Override
    public void contextEnded(Node node, Ending ending) {
        if (contextEnds.length > 0) {
            tell(contextEnds, new Event.ContextEnded(number(node), node.name(), (CancelRecord) ending.cancelRecord()));
        }
    }

    @Override
    public void ended(Node node, Ending ending, int contexts, int others) {
        if (cancels.length > 0) {
            tell(cancels,
                    new Event.Cancelled(node.name(), (CancelRecord) ending.cancelRecord(), contexts, others));
        }
    }
}
