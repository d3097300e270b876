package dev.millrace.bench.shapes;

import dev.millrace.sync.WaitGroup;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;

/// Where somebody waits until all who were added are done. A fork loads one subclass only, so that these calls cost nothing.
abstract class Joining {
    static final int OPERATIONS = 200_000;

    abstract void add();

    abstract void done();

    /// Waits until nobody is left.
    abstract void await() throws InterruptedException;

    /// One operation of [#share].
    interface Step {
        /// Answers the steps of one's own that it went, from where they have come to.
        long go(long own) throws InterruptedException;
    }

    /// So many virtual threads share the operations.
    static long share(int operations, int goroutines, Step step) throws InterruptedException {
        var crew = new Crew();
        var sum = new AtomicLong();
        int each = operations / goroutines;
        for (int i = 0; i < goroutines; i++) {
            crew.go(() -> {
                long own = Work.SEED;
                for (int n = 0; n < each; n++) {
                    own = step.go(own);
                }
                sum.addAndGet(own);
            });
        }
        crew.await();
        return sum.get();
    }

    /// Adds one that is done after so many steps, again and again.
    final long addAndDone(int steps, int goroutines) throws InterruptedException {
        long sum = share(OPERATIONS, goroutines, own -> {
            add();
            long x = Work.steps(own, steps);
            done();
            return x;
        });
        await();
        return sum;
    }

    static final class ByWaitGroup extends Joining {
        private final WaitGroup group = new WaitGroup();

        @Override
        void add() {
            group.add(1);
        }

        @Override
        void done() {
            group.done();
        }

        @Override
        void await() {
            group.await();
        }
    }

    /// Goes on to its next phase when nobody is left.
    static final class ByPhaser extends Joining {
        private final Phaser phaser = new Phaser() {
            @Override
            protected boolean onAdvance(int phase, int registeredParties) {
                return false;
            }
        };

        @Override
        void add() {
            phaser.register();
        }

        @Override
        void done() {
            phaser.arriveAndDeregister();
        }

        @Override
        void await() {
            if (phaser.getRegisteredParties() > 0) {
                phaser.awaitAdvance(phaser.getPhase());
            }
        }
    }
}
