package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.millrace.go.Until;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// What the tests of locks share: threads whose end and failure reach the test, and bounded looks at who waits.
public final class LockTools {
    private LockTools() {}

    /// What may throw.
    public interface Body {
        void run() throws Throwable;
    }

    /// A thread whose end reaches the test.
    public static final class Running {
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();
        private final Thread thread;
        private volatile boolean flag;

        Running(Body body, boolean virtual) {
            Runnable guarded = () -> {
                Throwable failure = null;
                try {
                    body.run();
                } catch (Throwable t) {
                    failure = t;
                }
                flag = Thread.interrupted();
                if (failure == null) {
                    end.complete(true);
                } else {
                    end.completeExceptionally(failure);
                }
            };
            thread = virtual
                    ? Thread.ofVirtual().start(guarded)
                    : Thread.ofPlatform().daemon().start(guarded);
        }

        public Thread thread() {
            return thread;
        }

        public boolean hasEnded() {
            return end.isDone();
        }

        /// What it threw, null when nothing. Waits for its end.
        public Throwable outcome() throws Exception {
            try {
                end.get(30, TimeUnit.SECONDS);
                return null;
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (java.util.concurrent.TimeoutException e) {
                var hangs = new AssertionError(thread + " hangs");
                hangs.setStackTrace(thread.getStackTrace());
                throw hangs;
            }
        }

        /// Waits for its end, which must be normal.
        public void join() throws Exception {
            Throwable t = outcome();
            if (t != null) {
                throw new AssertionError("a thread failed: " + t, t);
            }
        }

        public boolean wasFlagged() throws Exception {
            outcome();
            return flag;
        }
    }

    public static Running go(Body body) {
        return new Running(body, true);
    }

    static Running onPlatform(Body body) {
        return new Running(body, false);
    }

    /// Returns when exactly so many wait.
    public static void waiting(Mutex mutex, int n) throws Exception {
        Until.until(n + " wait for " + mutex, () -> mutex.snapshot().waitingWriters() == n);
    }

    /// Returns when exactly so many wait.
    public static void waiting(RWMutex lock, int writers, int readers) throws Exception {
        Until.until(writers + " writers and " + readers + " readers wait for " + lock, () -> {
            LockSnapshot now = lock.snapshot();
            return now.waitingWriters() == writers && now.waitingReaders() == readers;
        });
    }

    /// Fails unless nobody has the lock and nobody waits for it, and both sides can be locked by the short way.
    public static void isUnused(RWMutex lock) throws Exception {
        waiting(lock, 0, 0);
        assertEquals(0, lock.readers());
        assertFalse(lock.isLocked());
        lock.lock();
        lock.unlock();
        lock.rLock();
        lock.rUnlock();
    }

    public static void isUnused(Mutex mutex) throws Exception {
        waiting(mutex, 0);
        assertFalse(mutex.isLocked());
        mutex.lock();
        mutex.unlock();
    }

    static void joinAll(List<Running> all) throws Exception {
        for (Running running : all) {
            running.join();
        }
    }
}
