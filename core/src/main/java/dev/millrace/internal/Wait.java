package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// Waits of one thread for one thing, with what may end them early. The forms here know nothing of any primitive: the caller
/// has put the waiter where its partner finds it, and takes it away again when the outcome is not its partner's.
public final class Wait {
    private Wait() {}

    /// Waits for `waiter`'s outcome; `node`, when not null, ends the wait with its [Ending] as the outcome.
    public static Object under(@Nullable Node node, Waiter waiter, Object blocker) {
        if (node == null) {
            return waiter.await(blocker);
        }
        waiter.observes(node);
        var hearing = new Hearing(waiter);
        try {
            if (!node.add(hearing)) {
                Ending ending = node.ending();
                if (ending != null) {
                    waiter.claim(ending);
                }
            }
        } catch (Throwable t) {
            // No memory, or no stack. Unless the partner was faster, the wait is off, and the caller withdraws it.
            if (waiter.claim(Waiter.INTERRUPTED)) {
                node.remove(hearing);
                throw t;
            }
        }
        Object outcome = waiter.await(blocker);
        if (!(outcome instanceof Ending)) {
            node.remove(hearing);
        }
        return outcome;
    }

    /// Waits until `nanos` have passed on `scheduler`'s clock ([Waiter#TIMED_OUT]), or `node` ends, or an interrupt comes.
    public static Object sleep(Scheduler scheduler, @Nullable Node node, long nanos, Object blocker) {
        var waiter = new Waiter(scheduler);
        var timer = new WakeUp(waiter);
        waiter.timed();
        scheduler.schedule(timer, Scheduler.after(scheduler.nanoTime(), nanos));
        Object outcome = under(node, waiter, blocker);
        if (outcome != Waiter.TIMED_OUT) {
            scheduler.cancel(timer);
        }
        return outcome;
    }

    /// Waits until `node` ends, at most `nanos`; for ever when that is [Scheduler#FOREVER].
    public static Object forEnd(Node node, long nanos, Object blocker) {
        var waiter = new Waiter(node.scheduler());
        var timer = nanos >= Scheduler.FOREVER ? null : new WakeUp(waiter);
        waiter.observes(node);
        if (timer != null) {
            waiter.timed();
        }
        if (!node.add(waiter)) {
            Ending ending = node.ending();
            if (ending != null) {
                waiter.claim(ending);
            }
        } else if (timer != null) {
            node.scheduler().schedule(timer, Scheduler.after(node.scheduler().nanoTime(), nanos));
        }
        Object outcome = waiter.await(blocker);
        if (!(outcome instanceof Ending)) {
            node.remove(waiter);
        }
        if (timer != null && outcome != Waiter.TIMED_OUT) {
            node.scheduler().cancel(timer);
        }
        return outcome;
    }

    /// Waits until `node` ends, whatever interrupts come.
    public static void forEndUninterruptibly(Node node, Object blocker) {
        var waiter = new Waiter(node.scheduler());
        waiter.observes(node);
        if (node.add(waiter)) {
            waiter.awaitUninterruptibly(blocker);
        }
    }

    private static final class Hearing extends Listener {
        private final Waiter waiter;

        Hearing(Waiter waiter) {
            this.waiter = waiter;
        }

        @Override
        protected void tell(Ending ending) {
            if (waiter.claim(ending)) {
                waiter.wake();
            }
        }
    }

    /// Ends a wait at an instant.
    public static final class WakeUp extends Timer {
        private final Waiter waiter;

        public WakeUp(Waiter waiter) {
            this.waiter = waiter;
        }

        @Override
        protected void fire() {
            if (waiter.claim(Waiter.TIMED_OUT)) {
                waiter.wake();
            }
        }
    }
}
