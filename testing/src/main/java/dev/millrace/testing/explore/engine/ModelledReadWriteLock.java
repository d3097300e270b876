package dev.millrace.testing.explore.engine;

import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// A [ReentrantReadWriteLock] whose threads are under control. Not fair: who gets it is a choice.
public class ModelledReadWriteLock extends ReentrantReadWriteLock {
    private final transient IdentityHashMap<Strand, Integer> readers = new IdentityHashMap<>();
    private final transient Reading reading;
    private final transient Writing writing;
    private transient @Nullable Strand writer;
    private transient int writes;

    /// See [ReentrantReadWriteLock#ReentrantReadWriteLock()].
    public ModelledReadWriteLock() {
        this(false);
    }

    /// See [ReentrantReadWriteLock#ReentrantReadWriteLock(boolean)].
    @SuppressWarnings("this-escape")
    public ModelledReadWriteLock(boolean fair) {
        super(fair);
        reading = new Reading();
        writing = new Writing();
    }

    @Override
    public ReadLock readLock() {
        return reading;
    }

    @Override
    public WriteLock writeLock() {
        return writing;
    }

    private boolean mayRead(Strand s) {
        return writer == null || writer == s;
    }

    private boolean mayWrite(Strand s) {
        return writer == s || (writer == null && readers.isEmpty());
    }

    private boolean read(Strand s, long nanos, boolean interruptible) throws InterruptedException {
        Taking.before(s, this);
        if (!Taking.wait(s, this, () -> mayRead(s), nanos, interruptible, "a read lock")) {
            Taking.looked(s, this);
            return false;
        }
        readers.merge(s, 1, Integer::sum);
        Taking.after(s, this);
        return true;
    }

    private boolean write(Strand s, long nanos, boolean interruptible) throws InterruptedException {
        Taking.before(s, this);
        if (!Taking.wait(s, this, () -> mayWrite(s), nanos, interruptible, "a write lock")) {
            Taking.looked(s, this);
            return false;
        }
        writer = s;
        writes++;
        Taking.after(s, this);
        return true;
    }

    private static AssertionError never(InterruptedException e) {
        return new AssertionError(e);
    }

    private final class Reading extends ReadLock {
        Reading() {
            super(ModelledReadWriteLock.this);
        }

        @Override
        public void lock() {
            Strand s = Taking.self();
            if (s != null) {
                try {
                    read(s, Taking.EVER, false);
                } catch (InterruptedException e) {
                    throw never(e);
                }
            } else {
                super.lock();
            }
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            Strand s = Taking.self();
            if (s != null) {
                read(s, Taking.EVER, true);
            } else {
                super.lockInterruptibly();
            }
        }

        @Override
        public boolean tryLock() {
            Strand s = Taking.self();
            try {
                return s == null ? super.tryLock() : read(s, 0, false);
            } catch (InterruptedException e) {
                throw never(e);
            }
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            Strand s = Taking.self();
            return s == null ? super.tryLock(time, unit) : read(s, unit.toNanos(time), true);
        }

        @Override
        public void unlock() {
            Strand s = Taking.self();
            if (s == null) {
                super.unlock();
                return;
            }
            if (s.abort) {
                return;
            }
            Integer held = readers.get(s);
            if (held == null) {
                throw new IllegalMonitorStateException("attempt to unlock read lock, not locked by current thread");
            }
            Taking.before(s, ModelledReadWriteLock.this);
            if (held == 1) {
                readers.remove(s);
            } else {
                readers.put(s, held - 1);
            }
            Taking.after(s, ModelledReadWriteLock.this);
        }
    }

    private final class Writing extends WriteLock {
        Writing() {
            super(ModelledReadWriteLock.this);
        }

        @Override
        public void lock() {
            Strand s = Taking.self();
            if (s != null) {
                try {
                    write(s, Taking.EVER, false);
                } catch (InterruptedException e) {
                    throw never(e);
                }
            } else {
                super.lock();
            }
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            Strand s = Taking.self();
            if (s != null) {
                write(s, Taking.EVER, true);
            } else {
                super.lockInterruptibly();
            }
        }

        @Override
        public boolean tryLock() {
            Strand s = Taking.self();
            try {
                return s == null ? super.tryLock() : write(s, 0, false);
            } catch (InterruptedException e) {
                throw never(e);
            }
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            Strand s = Taking.self();
            return s == null ? super.tryLock(time, unit) : write(s, unit.toNanos(time), true);
        }

        @Override
        public void unlock() {
            Strand s = Taking.self();
            if (s == null) {
                super.unlock();
                return;
            }
            if (s.abort) {
                return;
            }
            if (writer != s) {
                throw new IllegalMonitorStateException();
            }
            Taking.before(s, ModelledReadWriteLock.this);
            if (--writes == 0) {
                writer = null;
            }
            Taking.after(s, ModelledReadWriteLock.this);
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException(
                    "the explorer has no model of a condition of a write lock: use a ReentrantLock");
        }

        @Override
        public boolean isHeldByCurrentThread() {
            Strand s = Taking.self();
            return s == null ? super.isHeldByCurrentThread() : writer == s;
        }

        @Override
        public int getHoldCount() {
            Strand s = Taking.self();
            return s == null ? super.getHoldCount() : writer == s ? writes : 0;
        }
    }

    @Override
    public int getReadLockCount() {
        return Taking.self() == null ? super.getReadLockCount() : readers.values().stream().mapToInt(n -> n).sum();
    }

    @Override
    public boolean isWriteLocked() {
        return Taking.self() == null ? super.isWriteLocked() : writer != null;
    }

    @Override
    public boolean isWriteLockedByCurrentThread() {
        Strand s = Taking.self();
        return s == null ? super.isWriteLockedByCurrentThread() : writer == s;
    }
}
