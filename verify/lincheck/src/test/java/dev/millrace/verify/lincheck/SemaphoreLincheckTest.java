package dev.millrace.verify.lincheck;

import dev.millrace.sync.WeightedSemaphore;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// A semaphore of three tokens. To give back more than is held is refused, and changes nothing.
class SemaphoreLincheckTest {
    private static final int SIZE = 3;

    interface Subject {
        boolean tryAcquire(int n);

        boolean release(int n);

        long available();
    }

    @Param(name = "n", gen = IntGen.class, conf = "1:3")
    public abstract static class Ops {
        private final Subject subject;

        Ops(Subject subject) {
            this.subject = subject;
        }

        @Operation(params = "n")
        public boolean tryAcquire(int n) {
            return subject.tryAcquire(n);
        }

        @Operation(params = "n")
        public boolean release(int n) {
            return subject.release(n);
        }

        @Operation
        public long available() {
            return subject.available();
        }
    }

    private record OfSemaphore(WeightedSemaphore semaphore) implements Subject {
        @Override
        public boolean tryAcquire(int n) {
            return semaphore.tryAcquire(n);
        }

        @Override
        public boolean release(int n) {
            try {
                semaphore.release(n);
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        @Override
        public long available() {
            return semaphore.available();
        }
    }

    /// Right with one thread, and with several not.
    private static final class CheckThenAct implements Subject {
        private volatile int held;

        @Override
        public boolean tryAcquire(int n) {
            int h = held;
            if (h + n > SIZE) {
                return false;
            }
            held = h + n;
            return true;
        }

        @Override
        public boolean release(int n) {
            int h = held;
            if (h < n) {
                return false;
            }
            held = h - n;
            return true;
        }

        @Override
        public long available() {
            return SIZE - held;
        }
    }

    public static final class Real extends Ops {
        public Real() {
            super(new OfSemaphore(new WeightedSemaphore(SIZE)));
        }
    }

    public static final class Model extends Ops {
        public Model() {
            super(new CheckThenAct());
        }
    }

    @Test
    void semaphore_tryOperations_areLinearizable() {
        Checks.modelChecking(Model.class).check(Real.class);
    }

    @Test
    void twin_checkThenAct_isFound() {
        Checks.finds(Checks.modelChecking(Model.class), Model.class);
    }
}
