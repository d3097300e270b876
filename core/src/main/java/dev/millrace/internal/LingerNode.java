package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A node that outlives another one by a span: the grace period of work that must still be finished.
public final class LingerNode extends Node {
    private final Node watched;
    private final long linger;
    private volatile @Nullable Watch watch;

    public LingerNode(Node watched, long linger, Scheduler scheduler, String name) {
        super(null, scheduler, name);
        this.watched = watched;
        this.linger = linger;
    }

    @Override
    @Nullable Ending due() {
        if (isArmed()) {
            return null;
        }
        Ending theirs = watched.ending();
        return theirs == null || scheduler.nanoTime() - endsAt(theirs) < 0 ? null : over(theirs);
    }

    private long endsAt(Ending theirs) {
        return Scheduler.after(theirs.hasTime() ? theirs.nanos() : scheduler.nanoTime(), linger);
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
            if (theirs != null) {
                made.tell(theirs);
            }
        }
        if (hasEnded()) {
            disarm();
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
        }
    }
}
