package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A [ReentrantLock] whose threads are under control. Not fair: who gets it is a choice.
public class ModelledLock extends ReentrantLock {
    private transient @Nullable Strand owner;
    private transient int holds;

    /// See [ReentrantLock#ReentrantLock()].
    public ModelledLock() {}

    /// See [ReentrantLock#ReentrantLock(boolean)].
    public ModelledLock(boolean fair) {
        super(fair);
    }

    private boolean take(Strand s, long nanos, boolean interruptible) throws InterruptedException {
        if (owner == s) {
            holds++;
            return true;
        }
        Taking.before(s, this);
        if (!Taking.wait(s, this, () -> owner == null, nanos, interruptible, waits())) {
            Taking.looked(s, this);
            return false;
        }
        owner = s;
        holds = 1;
        Taking.after(s, this);
        return true;
    }

    private String waits() {
        return "a ReentrantLock" + (owner == null ? "" : " that " + owner + " holds");
    }

    @Override
    public void lock() {
        Strand s = Taking.self();
        if (s == null) {
            super.lock();
            return;
        }
        try {
            take(s, Taking.EVER, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        Strand s = Taking.self();
        if (s == null) {
            super.lockInterruptibly();
        } else {
            take(s, Taking.EVER, true);
        }
    }

    @Override
    public boolean tryLock() {
        Strand s = Taking.self();
        if (s == null) {
            return super.tryLock();
        }
        try {
            return take(s, 0, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.tryLock(time, unit) : take(s, unit.toNanos(time), true);
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
        if (owner != s) {
            throw new IllegalMonitorStateException();
        }
        if (holds > 1) {
            holds--;
            return;
        }
        Taking.before(s, this);
        release(s);
    }

    private void release(Strand s) {
        Taking.after(s, this);
        owner = null;
        holds = 0;
    }

    @Override
    public boolean isLocked() {
        Strand s = Taking.self();
        if (s == null) {
            return super.isLocked();
        }
        Taking.before(s, this);
        Taking.looked(s, this);
        return owner != null;
    }

    @Override
    public boolean isHeldByCurrentThread() {
        Strand s = Taking.self();
        return s == null ? super.isHeldByCurrentThread() : owner == s;
    }

    @Override
    public int getHoldCount() {
        Strand s = Taking.self();
        return s == null ? super.getHoldCount() : owner == s ? holds : 0;
    }

    @Override
    protected @Nullable Thread getOwner() {
        return owner == null ? null : owner.thread;
    }

    @Override
    public String toString() {
        return "ReentrantLock" + (owner == null ? "[Unlocked]" : "[Locked by " + owner + "]");
    }

    @Override
    public Condition newCondition() {
        return new Waits();
    }

    private static final class Waiting {
        boolean signalled;
    }

    private final class Waits implements Condition {
        private final List<Waiting> waiting = new ArrayList<>();

        private Strand owned() {
            Strand s = Taking.self();
            if (s == null || owner != s) {
                throw new IllegalMonitorStateException();
            }
            return s;
        }

        private boolean waitFor(long nanos, boolean interruptible) throws InterruptedException {
            Strand s = owned();
            if (interruptible) {
                Taking.run().strikeInterrupt(s);
                Taking.throwIfInterrupted(s);
            }
            int depth = holds;
            var mine = new Waiting();
            waiting.add(mine);
            release(s);
            boolean spurious = Taking.run().injection().strikes(Settings.Sweep.WAKE_UP);
            boolean in = false;
            InterruptedException interrupt = null;
            try {
                in = Taking.wait(s, this, () -> mine.signalled || spurious, nanos, interruptible, "a signal");
            } catch (InterruptedException e) {
                interrupt = e;
            }
            waiting.remove(mine);
            Taking.uninterruptibly(s, ModelledLock.this, () -> owner == null, waits());
            owner = s;
            holds = depth;
            Taking.after(s, ModelledLock.this);
            if (interrupt != null) {
                if (!mine.signalled) {
                    throw interrupt;
                }
                s.interrupted = true;
            }
            return in;
        }

        @Override
        public void await() throws InterruptedException {
            waitFor(Taking.EVER, true);
        }

        @Override
        public void awaitUninterruptibly() {
            try {
                waitFor(Taking.EVER, false);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public long awaitNanos(long nanos) throws InterruptedException {
            long deadline = Taking.run().clock() + nanos;
            waitFor(nanos, true);
            return deadline - Taking.run().clock();
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            return waitFor(unit.toNanos(time), true);
        }

        @Override
        @SuppressWarnings("JavaUtilDate") // the interface has it
        public boolean awaitUntil(Date deadline) throws InterruptedException {
            return waitFor((deadline.getTime() - Times.currentTimeMillis()) * 1_000_000, true);
        }

        @Override
        public void signal() {
            owned();
            for (Waiting w : waiting) {
                if (!w.signalled) {
                    w.signalled = true;
                    return;
                }
            }
        }

        @Override
        public void signalAll() {
            owned();
            waiting.forEach(w -> w.signalled = true);
        }
    }
}
