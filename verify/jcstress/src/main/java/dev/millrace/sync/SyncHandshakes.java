package dev.millrace.sync;

import dev.millrace.context.Done;
import dev.millrace.internal.Pause;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZZ_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/// What is done once, and the fast ways of a lock and of a semaphore.
public final class SyncHandshakes {
    private SyncHandshakes() {}

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "not done yet")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "done, and seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "done, and what the body did is not seen")
    public static class OncePublishes {
        private final Once once = new Once();
        private int plain;

        @Actor
        public void run() {
            once.run(() -> plain = 1);
        }

        @Actor
        public void look(ZII_Result r) {
            r.r2 = Pause.after(plain);
            r.r1 = once.isDone();
            r.r3 = plain;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "not computed yet")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "computed, and seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "computed, and what the function did is not seen")
    public static class OnceValuePublishes {
        private final OnceValue<Integer> value = OnceValue.of(this::compute);
        private int plain;

        private int compute() {
            plain = 1;
            return 1;
        }

        @Actor
        public void get() {
            value.get();
        }

        @Actor
        public void look(ZII_Result r) {
            r.r2 = Pause.after(plain);
            if (value.isDone()) { // a branch: the other way through isDone() has a fence, and must not come back to here
                r.r1 = true;
                r.r3 = plain;
            } else {
                r.r1 = false;
                r.r3 = 1;
            }
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the event has ended")
    @Outcome(expect = Expect.FORBIDDEN, desc = "done, and the event never ends")
    public static class OnceEndsItsEvent {
        private final Once once = new Once();
        private Done event;

        @Actor
        public void run() {
            once.run(() -> {});
        }

        @Actor
        public void ask() {
            event = once.done();
        }

        @Arbiter
        public void isDone(Z_Result r) {
            r.r1 = event.isDone();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the event has ended")
    @Outcome(expect = Expect.FORBIDDEN, desc = "computed, and the event never ends")
    public static class OnceValueEndsItsEvent {
        private final OnceValue<Integer> value = OnceValue.of(() -> 1);
        private Done event;

        @Actor
        public void get() {
            value.get();
        }

        @Actor
        public void ask() {
            event = value.done();
        }

        @Arbiter
        public void isDone(Z_Result r) {
            r.r1 = event.isDone();
        }
    }

    /// The first column is how many sections the plain counter has seen, less those that there were.
    @JCStressTest
    @State
    @Outcome(id = "0, true, .*", expect = Expect.ACCEPTABLE, desc = "all that had it are counted")
    @Outcome(id = "0, .*, true", expect = Expect.ACCEPTABLE, desc = "all that had it are counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two had it at once, or nobody")
    public static class MutexIsTried {
        private static final int MANY = 10;

        private final Mutex mu = new Mutex();
        private int plain;

        private boolean section() {
            if (!mu.tryLock()) {
                return false;
            }
            plain++;
            try {
                mu.unlock();
            } catch (SyncError e) { // the other has given it back
                plain += MANY;
            }
            return true;
        }

        @Actor
        public void one(IZZ_Result r) {
            r.r2 = section();
        }

        @Actor
        public void two(IZZ_Result r) {
            r.r3 = section();
        }

        @Arbiter
        public void sum(IZZ_Result r) {
            r.r1 = plain - (r.r2 ? 1 : 0) - (r.r3 ? 1 : 0);
        }
    }

    /// The same of a semaphore's word.
    @JCStressTest
    @State
    @Outcome(id = "0, true, .*", expect = Expect.ACCEPTABLE, desc = "all that had the token are counted")
    @Outcome(id = "0, .*, true", expect = Expect.ACCEPTABLE, desc = "all that had the token are counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two had it at once, or nobody")
    public static class SemaphoreIsTried {
        private static final int MANY = 10;

        private final WeightedSemaphore sem = new WeightedSemaphore(1);
        private int plain;

        private boolean section() {
            if (!sem.tryAcquire(1)) {
                return false;
            }
            plain++;
            try {
                sem.release(1);
            } catch (IllegalStateException e) { // the other has given it back
                plain += MANY;
            }
            return true;
        }

        @Actor
        public void one(IZZ_Result r) {
            r.r2 = section();
        }

        @Actor
        public void two(IZZ_Result r) {
            r.r3 = section();
        }

        @Arbiter
        public void sum(IZZ_Result r) {
            r.r1 = plain - (r.r2 ? 1 : 0) - (r.r3 ? 1 : 0);
        }
    }
}
