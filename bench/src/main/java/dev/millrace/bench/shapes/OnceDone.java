package dev.millrace.bench.shapes;

import dev.millrace.sync.Once;
import dev.millrace.sync.OnceFunc;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.Section;
import kotlin.Lazy;
import kotlin.LazyKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Asks for something that was made once, at the first warm-up, and reads it.
public class OnceDone extends Shape {
    @State(Scope.Benchmark)
    public static class OfOnce {
        private final Once once = new Once();
        private Object value;
        private final Section<RuntimeException> make = () -> value = new Object();

        Object get() {
            once.run(make);
            return value;
        }
    }

    @State(Scope.Benchmark)
    public static class OfOnceValue {
        private final OnceValue<Object> value = OnceValue.of(Object::new);

        Object get() {
            return value.get();
        }
    }

    @State(Scope.Benchmark)
    public static class OfOnceFunc {
        private Object value;
        private final OnceFunc make = OnceFunc.of(() -> value = new Object());

        Object get() {
            make.run();
            return value;
        }
    }

    @State(Scope.Benchmark)
    public static class OfKotlin {
        private final Lazy<Object> value = LazyKt.lazy(Object::new);

        Object get() {
            return value.getValue();
        }
    }

    @State(Scope.Benchmark)
    public static class DoubleChecked {
        private volatile Object value;

        Object get() {
            Object known = value;
            return known == null ? make() : known;
        }

        private synchronized Object make() {
            if (value == null) {
                value = new Object();
            }
            return value;
        }
    }

    @Benchmark
    public Object millrace(OfOnce state) {
        return state.get();
    }

    @Benchmark
    public Object millraceOnceValue(OfOnceValue state) {
        return state.get();
    }

    @Benchmark
    public Object millraceOnceFunc(OfOnceFunc state) {
        return state.get();
    }

    /// `by lazy`.
    @Benchmark
    public Object kotlin(OfKotlin state) {
        return state.get();
    }

    @Benchmark
    public Object jdkDoubleChecked(DoubleChecked state) {
        return state.get();
    }
}
