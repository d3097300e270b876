package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A node that outlives another one by a span: the grace period of work that must still be finished.
public final class LingerNode extends Node {
    private final Node watched;
    private final long linger;
    private final long made;
    private @Nullable Watch watch; // written before anybody can end this

    public LingerNode(Node watched, long linger, Scheduler scheduler, String name) {
        super(null, scheduler, name);
        this.watched = watched;
        this.linger = linger;
        this.made = scheduler.nanoTime();
        watched.markUsed();
    }

    @Override
    boolean registersEarly() {
        return true;
    }

    /// An end without time came before this node was made.
    private long endsAt(Ending theirs) {
        return Scheduler.after(theirs.hasTime() ? theirs.nanos() : made, linger);
    }

    private Ending over(Ending theirs) {
        return new Ending(
                false, theirs.cause(), name(), below(), theirs.thread(), scheduler, endsAt(theirs), 0, null, null);
    }

    @Override
    void arm() {
        Watch made = new Watch();
        watch = made;
        if (!watched.add(made)) {
            Ending theirs = watched.ending();
            if (theirs != null && scheduler.nanoTime() - endsAt(theirs) >= 0) {
                end(over(theirs));
            } else if (theirs != null) {
                made.tell(theirs);
            }
        }
    }

    @Override
    void disarm() {
        Watch armed = watch;
        if (armed != null) {
            watched.remove(armed);
            Timer timer = armed.timer;
            if (timer != null) {
                scheduler.cancel(timer);
            }
        }
    }

    private final class Watch extends Listener {
        volatile @Nullable Timer timer;

        @Override
        protected void tell(Ending theirs) {
            try {
                Timer made = new Timer() {
                    @Override
                    protected void fire() {
                        end(over(theirs));
                    }
                };
                timer = made;
                scheduler.schedule(made, endsAt(theirs));
                if (hasEnded()) {
                    scheduler.cancel(made);
                }
            } catch (Throwable t) {
                endFor(t);
                throw t;
            }
        }
    }
}
