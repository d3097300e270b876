package dev.millrace.verify.lincheck;

import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/// The forms of the locks that do not wait. To give back what nobody has is refused, and changes nothing.
class LockLincheckTest {
    interface Subject {
        boolean tryLock();

        boolean unlock();

        boolean tryRLock();

        boolean rUnlock();
    }

    private static boolean isDone(Runnable unlock) {
        try {
            unlock.run();
            return true;
        } catch (SyncError e) {
            return false;
        }
    }

    public abstract static class MutexOps {
        final Subject subject;

        MutexOps(Subject subject) {
            this.subject = subject;
        }

        @Operation
        public boolean tryLock() {
            return subject.tryLock();
        }

        @Operation
        public boolean unlock() {
            return subject.unlock();
        }
    }

    public abstract static class RWMutexOps extends MutexOps {
        RWMutexOps(Subject subject) {
            super(subject);
        }

        @Operation
        public boolean tryRLock() {
            return subject.tryRLock();
        }

        @Operation
        public boolean rUnlock() {
            return subject.rUnlock();
        }
    }

    private record OfMutex(Mutex mu) implements Subject {
        @Override
        public boolean tryLock() {
            return mu.tryLock();
        }

        @Override
        public boolean unlock() {
            return isDone(mu::unlock);
        }

        @Override
        public boolean tryRLock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean rUnlock() {
            throw new UnsupportedOperationException();
        }
    }

    private record OfRWMutex(RWMutex rw) implements Subject {
        @Override
        public boolean tryLock() {
            return rw.tryLock();
        }

        @Override
        public boolean unlock() {
            return isDone(rw::unlock);
        }

        @Override
        public boolean tryRLock() {
            return rw.tryRLock();
        }

        @Override
        public boolean rUnlock() {
            return isDone(rw::rUnlock);
        }
    }

    /// Right with one thread, and with several not.
    private static final class CheckThenAct implements Subject {
        private volatile int state; // how many read; -1: locked

        private boolean change(boolean possible, int next) {
            if (possible) {
                state = next;
            }
            return possible;
        }

        @Override
        public boolean tryLock() {
            int s = state;
            return change(s == 0, -1);
        }

        @Override
        public boolean unlock() {
            int s = state;
            return change(s < 0, 0);
        }

        @Override
        public boolean tryRLock() {
            int s = state;
            return change(s >= 0, s + 1);
        }

        @Override
        public boolean rUnlock() {
            int s = state;
            return change(s > 0, s - 1);
        }
    }

    public static final class RealMutex extends MutexOps {
        public RealMutex() {
            super(new OfMutex(new Mutex()));
        }
    }

    public static final class MutexModel extends MutexOps {
        public MutexModel() {
            super(new CheckThenAct());
        }
    }

    public static final class RealRWMutex extends RWMutexOps {
        public RealRWMutex() {
            super(new OfRWMutex(new RWMutex()));
        }
    }

    public static final class RWMutexModel extends RWMutexOps {
        public RWMutexModel() {
            super(new CheckThenAct());
        }
    }

    @Test
    void mutex_tryOperations_areLinearizable() {
        Checks.modelChecking(MutexModel.class).check(RealMutex.class);
    }

    @Test
    void rwMutex_tryOperations_areLinearizable() {
        Checks.modelChecking(RWMutexModel.class).check(RealRWMutex.class);
    }

    @Test
    void twinOfMutex_checkThenAct_isFound() {
        Checks.finds(Checks.modelChecking(MutexModel.class), MutexModel.class);
    }

    @Test
    void twinOfRWMutex_checkThenAct_isFound() {
        Checks.finds(Checks.modelChecking(RWMutexModel.class), RWMutexModel.class);
    }
}
