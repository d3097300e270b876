package dev.millrace.verify.lincheck;

import dev.millrace.atomic.Value;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// `atomic.Value`, with values of two classes: the first one decides which is right.
class ValueLincheckTest {
    interface Subject {
        Object load();

        void store(Object value);

        Object swap(Object value);

        boolean compareAndSwap(Object old, Object value);
    }

    /// A number of which 1 is the only one that is written as a word.
    private static Object value(int n) {
        return n == 1 ? "one" : (Object) n;
    }

    private interface Act {
        Object run();
    }

    private static String answer(Act act) {
        try {
            return String.valueOf(act.run());
        } catch (IllegalArgumentException e) {
            return "another class";
        }
    }

    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public abstract static class Ops {
        private final Subject subject;

        Ops(Subject subject) {
            this.subject = subject;
        }

        @Operation
        public String load() {
            return answer(subject::load);
        }

        @Operation(params = "value")
        public String store(int value) {
            return answer(() -> {
                subject.store(value(value));
                return "stored";
            });
        }

        @Operation(params = "value")
        public String swap(int value) {
            return answer(() -> subject.swap(value(value)));
        }

        @Operation(params = {"value", "value"})
        public String compareAndSwap(int old, int value) {
            return answer(() -> subject.compareAndSwap(value(old), value(value)));
        }
    }

    private record OfValue(Value<Object> value) implements Subject {
        @Override
        public Object load() {
            return value.load();
        }

        @Override
        public void store(Object v) {
            value.store(v);
        }

        @Override
        public Object swap(Object v) {
            return value.swap(v);
        }

        @Override
        public boolean compareAndSwap(Object old, Object v) {
            return value.compareAndSwap(old, v);
        }
    }

    /// Right with one thread, and with several not.
    private static final class CheckThenAct implements Subject {
        private volatile Object now;

        private static void check(Object is, Object value) {
            if (is != null && is.getClass() != value.getClass()) {
                throw new IllegalArgumentException();
            }
        }

        @Override
        public Object load() {
            return now;
        }

        @Override
        public void store(Object value) {
            check(now, value);
            now = value;
        }

        @Override
        public Object swap(Object value) {
            Object was = now;
            check(was, value);
            now = value;
            return was;
        }

        @Override
        public boolean compareAndSwap(Object old, Object value) {
            check(old, value);
            Object was = now;
            check(was, value);
            boolean equal = Objects.equals(was, old);
            if (equal) {
                now = value;
            }
            return equal;
        }
    }

    public static final class Real extends Ops {
        public Real() {
            super(new OfValue(new Value<>()));
        }
    }

    public static final class Model extends Ops {
        public Model() {
            super(new CheckThenAct());
        }
    }

    @Test
    void value_operations_areLinearizable() {
        Checks.modelChecking(Model.class).check(Real.class);
    }

    @Test
    void twin_checkThenAct_isFound() {
        Checks.finds(Checks.modelChecking(Model.class), Model.class);
    }
}
