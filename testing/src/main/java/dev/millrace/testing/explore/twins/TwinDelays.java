package dev.millrace.testing.explore.twins;

import dev.millrace.testing.explore.engine.Background;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// In place of `java.util.concurrent.DelayScheduler`, as far as `CompletableFuture` uses it: what is to be done once, after a time. Each is a daemon thread that
/// sleeps until then.
public final class TwinDelays {
    private TwinDelays() {}

    /// One of these.
    public static final class ScheduledForkJoinTask<T> extends FutureTask<T> implements ScheduledFuture<T> {
        private final long when;
        private volatile @Nullable Thread thread;

        public ScheduledForkJoinTask(
                long delay, long nextDelay, boolean isImmediate, Runnable action, @Nullable Callable<T> callable,
                TwinForkJoinPool pool) {
            super(action, null);
            when = System.nanoTime() + Math.max(delay, 0);
        }

        void begin() {
            Thread sleeper = Thread.ofVirtual().name("delay of a CompletableFuture").unstarted(this::sleep);
            thread = sleeper;
            Background.start(sleeper);
        }

        private void sleep() {
            for (long left = when - System.nanoTime(); left > 0 && !isDone(); left = when - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
            run();
        }

        @Override
        protected void done() {
            Thread sleeper = thread;
            if (isCancelled() && sleeper != null) {
                LockSupport.unpark(sleeper);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(when - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
