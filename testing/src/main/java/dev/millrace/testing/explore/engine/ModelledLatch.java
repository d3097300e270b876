package dev.millrace.testing.explore.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A [CountDownLatch] whose threads are under control.
public class ModelledLatch extends CountDownLatch {
    private long count;

    /// See [CountDownLatch#CountDownLatch].
    public ModelledLatch(int count) {
        super(count);
        this.count = count;
    }

    private boolean open(Strand s, long nanos) throws InterruptedException {
        Taking.before(s, this);
        boolean open = Taking.wait(s, this, () -> count == 0, nanos, true, "a latch, which is at " + count);
        Taking.looked(s, this);
        return open;
    }

    @Override
    public void await() throws InterruptedException {
        Strand s = Taking.self();
        if (s == null) {
            super.await();
        } else {
            open(s, Taking.EVER);
        }
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        Strand s = Taking.self();
        return s == null ? super.await(time, unit) : open(s, unit.toNanos(time));
    }

    @Override
    public void countDown() {
        Strand s = Taking.self();
        if (s == null) {
            super.countDown();
        } else if (!s.abort) {
            Taking.before(s, this);
            count = Math.max(0, count - 1);
            Taking.after(s, this);
        }
    }

    @Override
    public long getCount() {
        Strand s = Taking.self();
        if (s == null) {
            return super.getCount();
        }
        Taking.before(s, this);
        Taking.looked(s, this);
        return count;
    }

    @Override
    public String toString() {
        return "CountDownLatch[Count = " + count + "]";
    }
}
