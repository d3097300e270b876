package dev.millrace.internal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Takes stacks of threads for a report, which must not hang.
///
/// The JDK waits for a virtual thread that is between two states until that is over; one that was lost to an exhausted heap is there for
/// ever. Such a thread looks as if it ran. So stacks of virtual threads that seem to run are taken by a helper, which is given up when it
/// has not answered in a second; after the third nobody is asked any more.
///
/// For one thread at a time.
public final class Stacks implements AutoCloseable {
    private static final StackTraceElement[] NONE = {};
    private static final long PATIENCE = 1_000_000_000;
    private static final int MOST_LOST = 3;

    private @Nullable Helper helper;
    private int lost;

    /// The frames of `thread`, the newest first; empty when it has none or they cannot be had.
    public StackTraceElement[] of(Thread thread) {
        if (!thread.isVirtual() || thread == Thread.currentThread() || thread.getState() != Thread.State.RUNNABLE) {
            return thread.getStackTrace();
        }
        if (lost == MOST_LOST) {
            return NONE;
        }
        Helper asked = helper;
        if (asked == null) {
            asked = new Helper();
            asked.start();
            helper = asked;
        }
        StackTraceElement[] stack = asked.ask(thread);
        if (stack == null) {
            helper = null;
            lost++;
            return NONE;
        }
        return stack;
    }

    /// Lets the helper go.
    @Override
    public void close() {
        if (helper != null) {
            helper.end();
        }
    }

    private static final class Helper extends Thread {
        private volatile @Nullable Thread wanted;
        private volatile StackTraceElement @Nullable [] answer;
        private volatile boolean over;
        private final Thread asker = Thread.currentThread();

        Helper() {
            super(null, null, "millrace-stacks", 0, false);
            setDaemon(true);
            setContextClassLoader(null);
        }

        StackTraceElement @Nullable [] ask(Thread thread) {
            answer = null;
            wanted = thread;
            LockSupport.unpark(this);
            boolean interrupted = false;
            long start = System.nanoTime();
            while (answer == null && System.nanoTime() - start < PATIENCE) {
                LockSupport.parkNanos(this, PATIENCE / 10);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (answer == null) {
                over = true;
            }
            return answer;
        }

        void end() {
            over = true;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            while (!over) {
                Thread thread = wanted;
                if (thread == null) {
                    LockSupport.park(this);
                } else {
                    wanted = null;
                    answer = thread.getStackTrace();
                    LockSupport.unpark(asker);
                }
            }
        }
    }
}
