package dev.millrace.testing.explore.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// A [StampedLock] whose threads are under control. Who gets it is a choice. Its stamps are those of the JDK's: what that says of a stamp holds here.
///
/// A plain field that is read by an optimistic stamp races with whoever writes it, and is reported as a race unless these are allowed: it must be volatile, or read by a handle.
public class ModelledStampedLock extends StampedLock {
    private static final long READERS = 127; // the low bits of the state count the readers
    private static final long MOST_READERS = READERS - 1;
    private static final long WRITER = 128;
    private static final long MODE = READERS | WRITER;
    private static final long VERSION = ~READERS;
    private static final long FIRST = 2 * WRITER; // 0 is the stamp of a failure

    private transient long now = FIRST;

    /// See [StampedLock#StampedLock()].
    public ModelledStampedLock() {}

    private boolean isFree() {
        return (now & MODE) == 0;
    }

    private boolean mayRead() {
        return (now & MODE) < MOST_READERS;
    }

    private static boolean sameVersion(long a, long b) {
        return (a & VERSION) == (b & VERSION);
    }

    /// What follows the state of a writer.
    private static long next(long state) {
        return state + WRITER == 0 ? FIRST : state + WRITER;
    }

    private long set(Strand s, long state) {
        now = state;
        Taking.after(s, this);
        return state;
    }

    private long fail(Strand s) {
        Taking.looked(s, this);
        return 0;
    }

    private long write(Strand s, long nanos, boolean interruptible) throws InterruptedException {
        Taking.before(s, this);
        return Taking.wait(s, this, this::isFree, nanos, interruptible, "a write lock")
                ? set(s, now | WRITER)
                : fail(s);
    }

    private long read(Strand s, long nanos, boolean interruptible) throws InterruptedException {
        Taking.before(s, this);
        return Taking.wait(s, this, this::mayRead, nanos, interruptible, "a read lock") ? set(s, now + 1) : fail(s);
    }

    private static AssertionError never(InterruptedException e) {
        return new AssertionError(e);
    }

    @Override
    public long writeLock() {
        Strand s = Taking.self();
        try {
            return s == null ? super.writeLock() : write(s, Taking.EVER, false);
        } catch (InterruptedException e) {
            throw never(e);
        }
    }

    @Override
    public long writeLockInterruptibly() throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.writeLockInterruptibly() : write(s, Taking.EVER, true);
    }

    @Override
    public long tryWriteLock() {
        Strand s = Taking.self();
        try {
            return s == null ? super.tryWriteLock() : write(s, 0, false);
        } catch (InterruptedException e) {
            throw never(e);
        }
    }

    @Override
    public long tryWriteLock(long time, TimeUnit unit) throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.tryWriteLock(time, unit) : write(s, unit.toNanos(time), true);
    }

    @Override
    public long readLock() {
        Strand s = Taking.self();
        try {
            return s == null ? super.readLock() : read(s, Taking.EVER, false);
        } catch (InterruptedException e) {
            throw never(e);
        }
    }

    @Override
    public long readLockInterruptibly() throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.readLockInterruptibly() : read(s, Taking.EVER, true);
    }

    @Override
    public long tryReadLock() {
        Strand s = Taking.self();
        try {
            return s == null ? super.tryReadLock() : read(s, 0, false);
        } catch (InterruptedException e) {
            throw never(e);
        }
    }

    @Override
    public long tryReadLock(long time, TimeUnit unit) throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.tryReadLock(time, unit) : read(s, unit.toNanos(time), true);
    }

    @Override
    public long tryOptimisticRead() {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryOptimisticRead();
        }
        long state = look(s);
        return (state & WRITER) == 0 ? state & VERSION : 0;
    }

    @Override
    public boolean validate(long stamp) {
        Strand s = Taking.self();
        return s == null ? super.validate(stamp) : sameVersion(stamp, look(s));
    }

    /// The state at a moment.
    private long look(Strand s) {
        Taking.before(s, this);
        Taking.looked(s, this);
        return now;
    }

    @Override
    public void unlockWrite(long stamp) {
        Strand s = Taking.self();
        if (s == null) {
            super.unlockWrite(stamp);
        } else if (!s.abort) {
            Taking.before(s, this);
            mustBe(now == stamp && (stamp & WRITER) != 0);
            set(s, next(now));
        }
    }

    @Override
    public void unlockRead(long stamp) {
        Strand s = Taking.self();
        if (s == null) {
            super.unlockRead(stamp);
        } else if (!s.abort) {
            Taking.before(s, this);
            mustBe((stamp & READERS) != 0 && sameVersion(stamp, now) && (now & READERS) > 0);
            set(s, now - 1);
        }
    }

    private static void mustBe(boolean held) {
        if (!held) {
            throw new IllegalMonitorStateException();
        }
    }

    @Override
    public void unlock(long stamp) {
        if ((stamp & WRITER) != 0) {
            unlockWrite(stamp);
        } else {
            unlockRead(stamp);
        }
    }

    @Override
    public long tryConvertToWriteLock(long stamp) {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryConvertToWriteLock(stamp);
        }
        Taking.before(s, this);
        if (sameVersion(stamp, now)) {
            long has = stamp & MODE;
            long mode = now & MODE;
            if (mode == 0 && has == 0) {
                return set(s, now | WRITER);
            }
            if (mode == WRITER && has == WRITER) {
                return set(s, stamp);
            }
            if (mode == 1 && has != 0) {
                return set(s, now - 1 + WRITER);
            }
        }
        return fail(s);
    }

    @Override
    public long tryConvertToReadLock(long stamp) {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryConvertToReadLock(stamp);
        }
        Taking.before(s, this);
        if (sameVersion(stamp, now)) {
            long has = stamp & MODE;
            if (has >= WRITER) {
                return now == stamp ? set(s, next(now) + 1) : fail(s);
            }
            if (has == 0) {
                return mayRead() ? set(s, now + 1) : fail(s);
            }
            if ((now & MODE) != 0) {
                Taking.looked(s, this);
                return stamp;
            }
        }
        return fail(s);
    }

    @Override
    public long tryConvertToOptimisticRead(long stamp) {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryConvertToOptimisticRead(stamp);
        }
        Taking.before(s, this);
        if (sameVersion(stamp, now)) {
            long has = stamp & MODE;
            if (has >= WRITER) {
                return now == stamp ? set(s, next(now)) : fail(s);
            }
            if (has == 0) {
                Taking.looked(s, this);
                return stamp;
            }
            if ((now & MODE) != 0) {
                return set(s, now - 1) & VERSION;
            }
        }
        return fail(s);
    }

    @Override
    public boolean tryUnlockWrite() {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryUnlockWrite();
        }
        Taking.before(s, this);
        return ((now & WRITER) != 0 ? set(s, next(now)) : fail(s)) != 0;
    }

    @Override
    public boolean tryUnlockRead() {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryUnlockRead();
        }
        Taking.before(s, this);
        return ((now & WRITER) == 0 && (now & READERS) > 0 ? set(s, now - 1) : fail(s)) != 0;
    }

    @Override
    public boolean isWriteLocked() {
        Strand s = Taking.self();
        return s == null ? super.isWriteLocked() : (look(s) & WRITER) != 0;
    }

    @Override
    public boolean isReadLocked() {
        Strand s = Taking.self();
        return s == null ? super.isReadLocked() : (look(s) & READERS) != 0;
    }

    @Override
    public int getReadLockCount() {
        Strand s = Taking.self();
        return s == null ? super.getReadLockCount() : (int) (look(s) & READERS);
    }

    @Override
    public Lock asReadLock() {
        return Taking.self() == null ? super.asReadLock() : new View(false);
    }

    @Override
    public Lock asWriteLock() {
        return Taking.self() == null ? super.asWriteLock() : new View(true);
    }

    @Override
    public ReadWriteLock asReadWriteLock() {
        return Taking.self() == null ? super.asReadWriteLock() : new ReadWriteLock() {
            @Override
            public Lock readLock() {
                return asReadLock();
            }

            @Override
            public Lock writeLock() {
                return asWriteLock();
            }
        };
    }

    @Override
    public String toString() {
        String held = (now & WRITER) != 0 ? "Write-locked" : isFree() ? "Unlocked" : "Read-locks:" + (now & READERS);
        return "StampedLock[" + held + "]";
    }

    /// One of its modes, without stamps.
    private final class View implements Lock {
        private final boolean writes;

        View(boolean writes) {
            this.writes = writes;
        }

        @Override
        public void lock() {
            long stamp = writes ? writeLock() : readLock();
            assert stamp != 0;
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            long stamp = writes ? writeLockInterruptibly() : readLockInterruptibly();
            assert stamp != 0;
        }

        @Override
        public boolean tryLock() {
            return (writes ? tryWriteLock() : tryReadLock()) != 0;
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return (writes ? tryWriteLock(time, unit) : tryReadLock(time, unit)) != 0;
        }

        @Override
        public void unlock() {
            Strand s = Taking.self();
            if (s == null || !s.abort) {
                mustBe(writes ? tryUnlockWrite() : tryUnlockRead());
            }
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException();
        }
    }
}
