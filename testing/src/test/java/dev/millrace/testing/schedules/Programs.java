package dev.millrace.testing.schedules;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Small concurrent programs, each right or with one planted fault.
final class Programs {
    private Programs() {}

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    static Thread go(String name, Runnable body) {
        return Thread.ofVirtual().name(name).start(body);
    }

    // Lost update.

    static final class Torn {
        volatile int n;

        void add() {
            n = n + 1;
        }
    }

    static void lostUpdate() throws InterruptedException {
        var counter = new Torn();
        var other = go("other", counter::add);
        counter.add();
        other.join();
        check(counter.n == 2, "n is " + counter.n);
    }

    static void update() throws InterruptedException {
        var counter = new AtomicInteger();
        var other = go("other", counter::incrementAndGet);
        counter.incrementAndGet();
        other.join();
        check(counter.get() == 2, "n is " + counter.get());
    }

    // Check, then act.

    static final class Once {
        final AtomicBoolean done = new AtomicBoolean();
        final AtomicInteger runs = new AtomicInteger();

        void checkThenAct() {
            if (!done.get()) {
                done.set(true);
                runs.incrementAndGet();
            }
        }

        void inOneStep() {
            if (done.compareAndSet(false, true)) {
                runs.incrementAndGet();
            }
        }
    }

    static void checkThenAct() throws InterruptedException {
        var once = new Once();
        var other = go("other", once::checkThenAct);
        once.checkThenAct();
        other.join();
        check(once.runs.get() == 1, "ran " + once.runs.get() + " times");
    }

    static void checkAndAct() throws InterruptedException {
        var once = new Once();
        var other = go("other", once::inOneStep);
        once.inOneStep();
        other.join();
        check(once.runs.get() == 1, "ran " + once.runs.get() + " times");
    }

    // A wake-up that is lost: it is looked whether to wait outside the monitor.

    static final class Gate {
        private volatile boolean open;

        void open() {
            open = true;
            synchronized (this) {
                notifyAll();
            }
        }

        void lostWakeUp() throws InterruptedException {
            if (!open) {
                synchronized (this) {
                    wait();
                }
            }
        }

        void wakeUp() throws InterruptedException {
            synchronized (this) {
                while (!open) {
                    wait();
                }
            }
        }
    }

    static void lostWakeUp() throws InterruptedException {
        var gate = new Gate();
        var other = go("opener", gate::open);
        gate.lostWakeUp();
        other.join();
    }

    static void wakeUp() throws InterruptedException {
        var gate = new Gate();
        var other = go("opener", gate::open);
        gate.wakeUp();
        other.join();
    }

    // Deadlock by order.

    static void locksInBothOrders() throws InterruptedException {
        locks(false);
    }

    static void locksInOneOrder() throws InterruptedException {
        locks(true);
    }

    private static void locks(boolean sameOrder) throws InterruptedException {
        var first = new ReentrantLock();
        var second = new Object();
        var other = go("other", () -> {
            if (sameOrder) {
                first.lock();
                synchronized (second) {
                    first.unlock();
                }
            } else {
                synchronized (second) {
                    first.lock();
                    first.unlock();
                }
            }
        });
        first.lock();
        synchronized (second) {
            first.unlock();
        }
        other.join();
    }

    // An unpark that is missed: it is sent before there is anything to see.

    static void missedUnpark() throws InterruptedException {
        unpark(false);
    }

    static void unparkAfterwards() throws InterruptedException {
        unpark(true);
    }

    private static void unpark(boolean afterwards) throws InterruptedException {
        var ready = new AtomicBoolean();
        var waiter = Thread.currentThread();
        var other = Thread.ofPlatform().name("other").start(() -> {
            if (!afterwards) {
                LockSupport.unpark(waiter);
            }
            ready.set(true);
            if (afterwards) {
                LockSupport.unpark(waiter);
            }
        });
        while (!ready.get()) {
            LockSupport.park();
        }
        other.join();
    }

    // Two take the same.

    static final class Slot {
        final ArrayDeque<Integer> items = new ArrayDeque<>();
        final Object lock = new Object();

        int takeInTwoSteps() {
            boolean some;
            synchronized (lock) {
                some = !items.isEmpty();
            }
            synchronized (lock) {
                return some ? items.remove() : 0;
            }
        }

        int take() {
            synchronized (lock) {
                return items.isEmpty() ? 0 : items.remove();
            }
        }
    }

    static void doubleTake() throws InterruptedException {
        var slot = new Slot();
        slot.items.add(7);
        var other = go("other", slot::takeInTwoSteps);
        slot.takeInTwoSteps();
        other.join();
    }

    static void take() throws InterruptedException {
        var slot = new Slot();
        slot.items.add(7);
        var taken = new AtomicInteger();
        var other = go("other", () -> taken.addAndGet(slot.take()));
        taken.addAndGet(slot.take());
        other.join();
        check(taken.get() == 7, "taken: " + taken.get());
    }

    // A spin lock that forgets; a spin lock.

    static final class Spinner {
        final AtomicBoolean held = new AtomicBoolean();
        int guarded;

        void addUnderTwoSteps() {
            while (held.get()) {
                Thread.onSpinWait();
            }
            held.set(true);
            guarded++;
            held.set(false);
        }

        void add() {
            while (!held.compareAndSet(false, true)) {
                Thread.onSpinWait();
            }
            guarded++;
            held.set(false);
        }
    }

    static void brokenSpinLock() throws InterruptedException {
        var s = new Spinner();
        var other = go("other", s::addUnderTwoSteps);
        s.addUnderTwoSteps();
        other.join();
    }

    static void spinLock() throws InterruptedException {
        var s = new Spinner();
        var a = go("a", s::add);
        var b = go("b", s::add);
        s.add();
        a.join();
        b.join();
        check(s.guarded == 3, "guarded is " + s.guarded);
    }

    // A timeout that throws away what came.

    static final class Box {
        private Integer value;
        private boolean gone;

        synchronized boolean put(int v) {
            if (gone) {
                return false;
            }
            value = v;
            notifyAll();
            return true;
        }

        synchronized Integer poll(boolean looksAgain) throws InterruptedException {
            if (value == null) {
                wait(10);
            }
            if (value == null || !looksAgain) {
                gone = true;
                return looksAgain ? null : late();
            }
            return value;
        }

        private Integer late() {
            return gone ? null : value;
        }
    }

    static void timeoutLoses() throws InterruptedException {
        timeout(false);
    }

    static void timeoutDecides() throws InterruptedException {
        timeout(true);
    }

    private static void timeout(boolean right) throws InterruptedException {
        var box = new Box();
        var delivered = new AtomicBoolean();
        var other = go("sender", () -> delivered.set(box.put(1)));
        Integer got = box.poll(right);
        other.join();
        check(delivered.get() == (got != null), "delivered " + delivered.get() + ", got " + got);
    }
}
