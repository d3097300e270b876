package dev.millrace.bench.shapes;

import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where goroutines wait until all of them are there, again and again; made of a condition. A fork loads one subclass only, so that
/// these calls cost nothing.
abstract class Barrier {
    final int parties;
    int arrived;
    int round;

    Barrier(int parties) {
        this.parties = parties;
    }

    abstract void pass() throws InterruptedException;

    /// All parties pass it so often.
    final int run(int rounds) throws InterruptedException {
        var crew = new Crew();
        for (int i = 0; i < parties; i++) {
            crew.go(() -> {
                for (int n = 0; n < rounds; n++) {
                    pass();
                }
            });
        }
        crew.await();
        if (round != rounds) {
            throw new IllegalStateException("rounds: " + round);
        }
        return round;
    }

    static final class ByCond extends Barrier {
        private final Mutex lock = new Mutex();
        private final Cond full = new Cond(lock);

        ByCond(int parties) {
            super(parties);
        }

        @Override
        void pass() {
            lock.lock();
            try {
                int mine = round;
                if (++arrived == parties) {
                    arrived = 0;
                    round++;
                    full.broadcast();
                } else {
                    while (round == mine) {
                        full.await();
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    static final class ByCondition extends Barrier {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition full = lock.newCondition();

        ByCondition(int parties) {
            super(parties);
        }

        @Override
        void pass() throws InterruptedException {
            lock.lock();
            try {
                int mine = round;
                if (++arrived == parties) {
                    arrived = 0;
                    round++;
                    full.signalAll();
                } else {
                    while (round == mine) {
                        full.await();
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    static final class ByMonitor extends Barrier {
        ByMonitor(int parties) {
            super(parties);
        }

        @Override
        synchronized void pass() throws InterruptedException {
            int mine = round;
            if (++arrived == parties) {
                arrived = 0;
                round++;
                notifyAll();
            } else {
                while (round == mine) {
                    wait();
                }
            }
        }
    }
}
