package dev.millrace.verify.lincheck;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// The operations of a buffered channel that do not wait.
class ChanLincheckTest {
    interface Subject {
        String trySend(int value);

        String tryReceive();

        boolean tryClose();

        int len();
    }

    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public abstract static class Ops {
        private final Subject subject;

        Ops(Subject subject) {
            this.subject = subject;
        }

        @Operation(params = "value")
        public String trySend(int value) {
            return subject.trySend(value);
        }

        @Operation
        public String tryReceive() {
            return subject.tryReceive();
        }

        @Operation
        public boolean tryClose() {
            return subject.tryClose();
        }

        @Operation
        public int len() {
            return subject.len();
        }
    }

    private record Real(Chan<Integer> chan) implements Subject {
        @Override
        public String trySend(int value) {
            try {
                return chan.trySend(value) ? "sent" : "full";
            } catch (ChanClosedException e) {
                return "closed";
            }
        }

        @Override
        public String tryReceive() {
            Received<Integer> got = chan.tryReceive();
            return got == null ? "empty" : got instanceof Received.Value<Integer>(Integer v) ? "got " + v : "closed";
        }

        @Override
        public boolean tryClose() {
            return chan.tryClose();
        }

        @Override
        public int len() {
            return chan.len();
        }
    }

    /// Each step is safe for itself; with one thread it is right.
    private static final class CheckThenAct implements Subject {
        private final int capacity;
        private final Queue<Integer> values;
        private final AtomicInteger count = new AtomicInteger();
        private volatile boolean closed;

        CheckThenAct(int capacity, Queue<Integer> values) {
            this.capacity = capacity;
            this.values = values;
        }

        @Override
        public String trySend(int value) {
            if (closed) {
                return "closed";
            }
            if (count.get() >= capacity) {
                return "full";
            }
            count.incrementAndGet();
            values.add(value);
            return "sent";
        }

        @Override
        public String tryReceive() {
            Integer value = values.poll();
            if (value != null) {
                count.decrementAndGet();
                return "got " + value;
            }
            return closed ? "closed" : "empty";
        }

        @Override
        public boolean tryClose() {
            boolean first = !closed;
            closed = true;
            return first;
        }

        @Override
        public int len() {
            return count.get();
        }
    }

    public static final class One extends Ops {
        public One() {
            super(new Real(Chan.buffered(1)));
        }
    }

    public static final class Two extends Ops {
        public Two() {
            super(new Real(Chan.buffered(2)));
        }
    }

    public static final class OneSpec extends Ops {
        public OneSpec() {
            super(new CheckThenAct(1, new ArrayDeque<>()));
        }
    }

    public static final class TwoSpec extends Ops {
        public TwoSpec() {
            super(new CheckThenAct(2, new ArrayDeque<>()));
        }
    }

    public static final class OneTwin extends Ops {
        public OneTwin() {
            super(new CheckThenAct(1, new ConcurrentLinkedQueue<>()));
        }
    }

    public static final class TwoTwin extends Ops {
        public TwoTwin() {
            super(new CheckThenAct(2, new ConcurrentLinkedQueue<>()));
        }
    }

    @Test
    void tryOperations_ofCapacityOne_areLinearizable() {
        Checks.modelChecking(OneSpec.class).check(One.class);
    }

    @Test
    void tryOperations_ofCapacityTwo_areLinearizable() {
        Checks.modelChecking(TwoSpec.class).check(Two.class);
    }

    @Test
    void twin_checkThenActOfOne_isFound() {
        Checks.finds(Checks.modelChecking(OneSpec.class), OneTwin.class);
    }

    @Test
    void twin_checkThenActOfTwo_isFound() {
        Checks.finds(Checks.modelChecking(TwoSpec.class), TwoTwin.class);
    }
}
