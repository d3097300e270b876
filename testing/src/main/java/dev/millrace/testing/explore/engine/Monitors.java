package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The monitors of a run: one for each object that was synchronized on.
final class Monitors {
    private static final class Monitor {
        @Nullable Strand owner;
        int depth;
        final List<Waiting> waiting = new ArrayList<>();
    }

    private static final class Waiting {
        boolean notified;
    }

    private final Run run;
    private final int field;
    private final IdentityHashMap<Object, Monitor> monitors = new IdentityHashMap<>();

    Monitors(Catalog catalog, Run run) {
        this.run = run;
        field = catalog.field("monitor");
    }

    private Monitor of(Object object) {
        return monitors.computeIfAbsent(object, o -> new Monitor());
    }

    void enter(Strand s, Object object) {
        Monitor m = of(object);
        if (m.owner != s) {
            run.before(s, object, field);
            take(s, object, m, 1);
        } else {
            m.depth++;
        }
    }

    private void take(Strand s, Object object, Monitor m, int depth) {
        run.await(s, () -> m.owner == null, Strand.NEVER, false, object, "the monitor of " + name(object));
        m.owner = s;
        m.depth = depth;
        run.after(s, object, field, Access.UPDATE);
    }

    /// Does nothing to a monitor that is another's: so it may be called again where it was called in vain.
    void exit(Strand s, Object object) {
        Monitor m = of(object);
        if (m.owner != s) {
            return;
        }
        if (m.depth > 1) {
            m.depth--;
        } else {
            release(s, object, m);
        }
    }

    private void release(Strand s, Object object, Monitor m) {
        run.after(s, object, field, Access.UPDATE);
        m.owner = null;
        m.depth = 0;
    }

    boolean isHeld(Strand s, Object object) {
        return of(object).owner == s;
    }

    @Nullable Strand owner(Object object) {
        Monitor m = monitors.get(object);
        return m == null ? null : m.owner;
    }

    /// As [Object#wait(long)], until `deadline`.
    void await(Strand s, Object object, long deadline) throws InterruptedException {
        Monitor m = owned(s, object);
        if (s.interrupted) {
            s.interrupted = false;
            throw new InterruptedException();
        }
        int depth = m.depth;
        var mine = new Waiting();
        m.waiting.add(mine);
        release(s, object, m);
        boolean spurious = run.injection().strikes(Settings.Sweep.WAKE_UP);
        run.strikeInterrupt(s);
        Run.Woken woken = run.await(
                s, () -> mine.notified || spurious, deadline, true, object, "notify of " + name(object));
        m.waiting.remove(mine);
        take(s, object, m, depth);
        if (woken == Run.Woken.INTERRUPTED && !mine.notified) {
            s.interrupted = false;
            throw new InterruptedException();
        }
    }

    void signal(Strand s, Object object) {
        Monitor m = owned(s, object);
        var those = m.waiting.stream().filter(w -> !w.notified).toList();
        if (!those.isEmpty()) {
            those.get(run.number(those.size())).notified = true;
        }
    }

    void signalAll(Strand s, Object object) {
        owned(s, object).waiting.forEach(w -> w.notified = true);
    }

    private Monitor owned(Strand s, Object object) {
        Monitor m = of(object);
        if (m.owner != s) {
            throw new IllegalMonitorStateException("current thread is not owner");
        }
        return m;
    }

    static String name(Object object) {
        return object instanceof Class<?> c
                ? "class " + c.getSimpleName()
                : object.getClass().getSimpleName().isEmpty()
                        ? object.getClass().getName()
                : object.getClass().getSimpleName();
    }
}
