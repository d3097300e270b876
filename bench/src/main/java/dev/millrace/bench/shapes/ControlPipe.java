package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The yardstick: the plainest channel without buffer. Who has to wait parks at once: no spin, no yield; and no close, no
/// interrupt, no context. What the scheduler makes of a lone pair that parks and unparks differs by a factor of ten from one
/// minute to the next, and this shows in what mood it is.
final class ControlPipe extends Pipe {
    private final AtomicBoolean lock = new AtomicBoolean();
    private final Queue senders = new Queue();
    private final Queue receivers = new Queue();

    @Override
    void send(Integer value) {
        meet(receivers, senders, value);
    }

    @Override
    Integer receive() {
        return meet(senders, receivers, null);
    }

    private Integer meet(Queue partners, Queue own, Integer value) {
        lock();
        Waiter partner = partners.poll();
        if (partner != null) {
            lock.set(false);
            Integer theirs = partner.value;
            partner.value = value;
            partner.wake();
            return theirs;
        }
        var me = new Waiter(value);
        own.add(me);
        lock.set(false);
        me.await();
        return me.value;
    }

    /// Bounded, since two virtual threads that yield on one carrier may starve each other.
    private void lock() {
        for (int i = 0; !lock.compareAndSet(false, true); i++) {
            if (i < 64) {
                Thread.onSpinWait();
            } else if (i < 72) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    private static final class Queue {
        private Waiter head;
        private Waiter tail;

        void add(Waiter waiter) {
            if (head == null) {
                head = waiter;
            } else {
                tail.next = waiter;
            }
            tail = waiter;
        }

        Waiter poll() {
            Waiter first = head;
            if (first != null) {
                head = first.next;
            }
            return first;
        }
    }

    private static final class Waiter extends AtomicInteger {
        private static final int PARKED = 1;
        private static final int MET = 2;

        private final transient Thread thread = Thread.currentThread();
        private Integer value;
        private Waiter next;

        Waiter(Integer value) {
            this.value = value;
        }

        void wake() {
            if (getAndSet(MET) == PARKED) {
                LockSupport.unpark(thread);
            }
        }

        void await() {
            if (compareAndSet(0, PARKED)) {
                while (get() != MET) {
                    LockSupport.park(this);
                }
            }
        }
    }
}
