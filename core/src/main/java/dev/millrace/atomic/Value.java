package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A value that many threads replace at once without a lock. It starts empty, and once it has a value it keeps its class: all
/// further ones must be of the same class.
///
/// ```java
/// var limits = new Value<Limits>();
/// limits.store(new Limits(10)); // load() answers null before, and never again
/// ```
///
/// The class is the object's own, not `T`: when `T` is an interface, or a class that has subclasses, the first value
/// decides. `List.of(1)` and `List.of(1, 2, 3)` are of two classes, and so are two lambdas. To be free of that take a [Pointer].
///
/// No operation waits.
///
/// **Equality.** [#compareAndSwap] compares by `equals`, asked of its argument `old`, as Go's `==` compares what an
/// interface holds. An `equals` that throws goes to the caller, and nothing has changed.
///
/// **Memory.** As for [Int32]. Whoever loads a value sees what its storer had done to it before.
///
/// **Compared with Go.** `atomic.Value`, with its rules and its words. What panics there throws here: null is a
/// [NullPointerException], another class an [IllegalArgumentException]; and the type parameter spares the cast.
public final class Value<T> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Value.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable T value;

    /// Starts empty.
    public Value() {}

    /// The value now; null when nothing was stored yet.
    public @Nullable T load() {
        return value;
    }

    /// Sets it to `value`.
    ///
    /// @throws NullPointerException when `value` is null; nothing was stored
    /// @throws IllegalArgumentException when it is of another class than the first one was; nothing was stored
    public void store(T value) {
        if (!isFirst("store", value)) {
            this.value = value;
        }
    }

    /// Sets it to `value`; answers the old one, null when it was empty.
    ///
    /// @throws NullPointerException when `value` is null; nothing was stored
    /// @throws IllegalArgumentException when it is of another class than the first one was; nothing was stored
    @SuppressWarnings("unchecked") // holds Ts only
    public @Nullable T swap(T value) {
        return isFirst("swap", value) ? null : (T) VALUE.getAndSet(this, value);
    }

    /// Whether `value` was stored as the first one. If not there is one, of the same class; nobody can change that any more.
    private boolean isFirst(String operation, T value) {
        if (value == null) {
            throw isNull(operation);
        }
        T there = this.value;
        if (there == null) {
            if (VALUE.compareAndSet(this, null, value)) {
                return true;
            }
            there = this.value;
        }
        sameClass(operation, there, value);
        return false;
    }

    /// Sets it to `value` if it equals `old`, or is empty and `old` is null. False when not, and never for another reason.
    ///
    /// @throws NullPointerException when `value` is null; nothing was stored
    /// @throws IllegalArgumentException when it is of another class than `old`, or than the first one was; nothing was stored
    public boolean compareAndSwap(@Nullable T old, T value) {
        if (value == null) {
            throw isNull("compare and swap");
        }
        if (old != null && old.getClass() != value.getClass()) {
            throw new IllegalArgumentException("sync/atomic: compare and swap of inconsistently typed values: old is "
                    + old.getClass().getName() + ", new is " + value.getClass().getName());
        }
        for (;;) {
            T there = this.value;
            if (there == null) {
                if (old != null) {
                    return false;
                }
            } else {
                sameClass("compare and swap", there, value);
                if (old == null || (old != there && !old.equals(there))) {
                    return false;
                }
            }
            if (VALUE.compareAndSet(this, there, value)) {
                return true;
            }
        }
    }

    private static NullPointerException isNull(String operation) {
        return new NullPointerException("sync/atomic: " + operation + " of nil value into Value");
    }

    private static void sameClass(String operation, @Nullable Object expected, Object value) {
        if (expected != null && expected.getClass() != value.getClass()) {
            throw new IllegalArgumentException(
                    "sync/atomic: " + operation + " of inconsistently typed value into Value: expected "
                            + expected.getClass().getName() + ", was " + value.getClass().getName());
        }
    }

    /// The text of the value now; `null` when it is empty.
    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
