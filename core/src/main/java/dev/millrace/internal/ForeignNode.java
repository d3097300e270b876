package dev.millrace.internal;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A node whose end comes from a context that is not ours.
///
/// It asks the source while nobody is registered below it. When the first one is, it hands the source a callback; when the
/// last one has gone it takes the callback back. So a source never sees more than one callback of a node, and none when
/// nobody cares. All calls of the source are made outside locks; taking back is done on a goroutine of its own, because it
/// may be the timer thread that found the list empty.
public final class ForeignNode extends Node implements Deadline {
    /// The source, as seen from here.
    public interface Source {
        /// Why it ended, null while it lives.
        @Nullable Throwable err();

        /// Whether `err` says that a deadline passed.
        boolean isDeadline(Throwable err);

        /// The user's cause within `err`, null when there is none.
        @Nullable Throwable causeOf(Throwable err);

        /// Gives `ending`, made of `err`, its public face, when that is not to be made anew.
        void dress(Ending ending, Throwable err);

        /// Has `callback` called once when the source ends, at once when it has; answers how to take it back.
        Runnable onDone(Runnable callback);

        /// The source's deadline, null when it has none.
        @Nullable Instant deadline();
    }

    private final Source source;
    private final @Nullable Instant deadline;
    private final long nanos;
    private final SpinLock lock = new SpinLock();
    private @Nullable Callback callback; // guarded by lock

    public ForeignNode(Source source, Scheduler scheduler, String name) {
        super(null, scheduler, name);
        this.source = source;
        this.deadline = source.deadline();
        this.nanos = deadline == null ? 0 : Deadlines.nanos(scheduler, deadline);
    }

    @Override
    @Nullable Ending due() {
        if (edge() != NONE) {
            return null;
        }
        Throwable err = err();
        return err == null ? null : ending(err);
    }

    /// A source that fails to say whether it has ended is taken as ended by that failure.
    private @Nullable Throwable err() {
        try {
            return source.err();
        } catch (Throwable t) {
            return t;
        }
    }

    private Ending ending(Throwable err) {
        boolean late = source.isDeadline(err);
        String by = late ? "" : threadName();
        var e = new Ending(late, source.causeOf(err), name(), "", by, scheduler, scheduler.nanoTime(), 0, null, null);
        source.dress(e, err);
        return e;
    }

    @Override
    void becomeRegisteredRoot(byte want) {
        // not before the callback is with the source: see occupied()
    }

    @Override
    void occupied() {
        reconcile();
    }

    /// On a goroutine of its own: it may be a walk, or the timer thread, that found the list empty.
    @Override
    void vacant() {
        try {
            new Goroutine(scheduler) {
                @Override
                protected void body() {
                    reconcile();
                }
            }.spawn();
        } catch (Throwable t) {
            Uncaught.giveLater(t);
        }
    }

    /// Hands out a callback when somebody is registered and none is with the source, takes it back when nobody is. Those who
    /// registered and left may come here in any order, so what counts is how the list is now.
    private void reconcile() {
        Callback made = callback();
        lock.lock();
        boolean wanted = !hasEnded() && isHeard();
        Callback gone = wanted ? null : callback;
        boolean handOut = wanted && callback == null;
        if (handOut) {
            callback = made;
        } else if (gone != null) {
            callback = null;
            edge(NONE);
        }
        lock.unlock();
        if (handOut) {
            handOut(made);
        } else if (gone != null) {
            gone.giveBack();
        }
    }

    /// Others may wait for the end by now: without memory it tries again until there is some.
    private Callback callback() {
        for (;;) {
            try {
                return new Callback();
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    private void endCertainly(@Nullable Throwable err) {
        for (;;) {
            try {
                end(err == null ? cancelledWithoutReason() : ending(err));
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    private void handOut(Callback made) {
        try {
            Runnable back = source.onDone(made);
            if (back == null) {
                throw new IllegalStateException(
                        "onDone() of context source " + source
                                + " must answer how to take the callback back, was null");
            }
            made.takeBack = back;
        } catch (Throwable t) {
            // Nobody may wait for an end that cannot come.
            endCertainly(t);
            return;
        }
        lock.lock();
        boolean wanted = callback == made;
        if (wanted) {
            edge(STRONG);
        }
        lock.unlock();
        if (!wanted) {
            made.giveBack();
        }
    }

    @Override
    public @Nullable Deadline deadline() {
        return deadline == null ? null : this;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant instant() {
        if (deadline == null) {
            throw new IllegalStateException("no deadline");
        }
        return deadline;
    }

    private final class Callback implements Runnable {
        volatile @Nullable Runnable takeBack;
        private final AtomicBoolean given = new AtomicBoolean();

        @Override
        public void run() {
            Owner.check(scheduler, "done callback of", Owner.label(ForeignNode.this));
            Throwable err = err();
            if (err == null) {
                System.getLogger("dev.millrace.context")
                        .log(
                                System.Logger.Level.WARNING,
                                "context source {0} called back although its err() is null; taken as cancelled",
                                source);
            }
            endCertainly(err); // it is called once
        }

        /// Once, when it is known how; not after the source has ended by it.
        void giveBack() {
            Runnable back = takeBack;
            if (back != null && !hasEnded() && !given.getAndSet(true)) {
                try {
                    back.run();
                } catch (Throwable t) {
                    Uncaught.giveLater(t);
                }
            }
        }
    }

    private Ending cancelledWithoutReason() {
        return new Ending(false, null, name(), "", threadName(), scheduler, scheduler.nanoTime(), 0, null, null);
    }
}
