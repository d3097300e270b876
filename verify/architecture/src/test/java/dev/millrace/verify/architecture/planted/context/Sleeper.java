package dev.millrace.verify.architecture.planted.context;

import java.util.concurrent.locks.LockSupport;

/// Stops threads in each way that the canary test must see.
public final class Sleeper {
    private boolean over;

    /// What may be interrupted.
    public interface Rest {
        /// Rests.
        void rest(long millis) throws InterruptedException;
    }

    /// Ends the wait.
    public synchronized void end() {
        over = true;
        notifyAll();
    }

    /// By a monitor.
    public synchronized void await() throws InterruptedException {
        while (!over) {
            wait();
        }
    }

    /// By a class within: it counts for the one around it.
    public static final class Within {
        /// Parks.
        public void park() {
            LockSupport.park(this);
        }
    }

    /// By a reference to the method.
    public Rest rest() {
        return Thread::sleep;
    }

    /// By the end of a thread.
    public void ended(Thread thread) throws InterruptedException {
        thread.join();
    }
}
