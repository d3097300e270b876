package dev.millrace.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What `dev.millrace.probe` listens to. One at a time for the process, null when nobody looks: then each point of
/// interest costs one read. Called on the thread where it happens, partly while others wait for it, and must not block or
/// throw.
public abstract class Tap {
    private static final AtomicBoolean BEGUN = new AtomicBoolean();
    private static volatile @Nullable Tap current = new First();

    /// For implementations.
    protected Tap() {}

    public static @Nullable Tap current() {
        return current;
    }

    public static synchronized void set(@Nullable Tap tap) {
        current = tap;
    }

    /// Begins what is to observe the library from its first use on; once.
    public static void begin() {
        if (!BEGUN.compareAndSet(false, true)) {
            return;
        }
        try {
            // By name, since nothing here may know it. Its initialiser finds the services and begins them.
            Class.forName("dev.millrace.probe.ProbeSources", true, Tap.class.getClassLoader());
        } catch (Throwable t) { // whoever came here does something else and must not fail for this
            Uncaught.giveLater(t);
        }
        synchronized (Tap.class) {
            if (current instanceof First) {
                current = null;
            }
        }
    }

    public abstract void goroutineStarted(Goroutine goroutine);

    public abstract void goroutineEnded(Goroutine goroutine, @Nullable Throwable failure);

    /// `thread`, which calls, parks, with `blocker` as the reason. Answers what [#waitEnded] is to be given.
    public abstract @Nullable Object waitStarted(Thread thread, Object blocker);

    public abstract void waitEnded(Thread thread, Object blocker, @Nullable Object started);

    public abstract void contextMade(Node node);

    public abstract void contextEnded(Node node, Ending ending);

    /// `node` was ended by itself, and all below have been told: of those registered directly or further down, `contexts` contexts and
    /// `others` waits and callbacks.
    public abstract void ended(Node node, Ending ending, int contexts, int others);

    /// Stands there until the first thing happens, and begins the services then: not in an initialiser of a class of ours, for which
    /// other threads of theirs may wait.
    private static final class First extends Tap {
        private static @Nullable Tap next() {
            begin();
            Tap next = current();
            return next instanceof First ? null : next; // somebody else is still at it
        }

        @Override
        public void goroutineStarted(Goroutine goroutine) {
            Tap next = next();
            if (next != null) {
                next.goroutineStarted(goroutine);
            }
        }

        @Override
        public void goroutineEnded(Goroutine goroutine, @Nullable Throwable failure) {
            Tap next = next();
            if (next != null) {
                next.goroutineEnded(goroutine, failure);
            }
        }

        @Override
        public @Nullable Object waitStarted(Thread thread, Object blocker) {
            Tap next = next();
            return next == null ? null : new Passed(next, next.waitStarted(thread, blocker));
        }

        private record Passed(Tap to, @Nullable Object started) {}

        @Override
        public void waitEnded(Thread thread, Object blocker, @Nullable Object started) {
            if (started instanceof Passed passed) {
                passed.to.waitEnded(thread, blocker, passed.started);
            }
        }

        @Override
        public void contextMade(Node node) {
            Tap next = next();
            if (next != null) {
                next.contextMade(node);
            }
        }

        @Override
        public void contextEnded(Node node, Ending ending) {
            begin(); // it was made before
        }

        @Override
        public void ended(Node node, Ending ending, int contexts, int others) {
            Tap next = next();
            if (next != null) {
                next.ended(node, ending, contexts, others);
            }
        }
    }
}
