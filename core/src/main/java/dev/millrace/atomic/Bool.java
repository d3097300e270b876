package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A truth value that many threads change at once without a lock.
///
/// ```java
/// if (!started.swap(true)) {
///     start(); // exactly one gets here
/// }
/// ```
///
/// No operation waits.
///
/// **Memory.** As for [Int32].
///
/// **Compared with Go.** `atomic.Bool`, the same. It is `AtomicBoolean` with Go's names.
public final class Bool {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Bool.class, "value", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile boolean value;

    /// Starts as false.
    public Bool() {}

    /// Starts as `value`.
    public Bool(boolean value) {
        this.value = value;
    }

    /// The value now.
    public boolean load() {
        return value;
    }

    /// Sets it to `value`.
    public void store(boolean value) {
        this.value = value;
    }

    /// Sets it to `value`; answers the old one.
    public boolean swap(boolean value) {
        return (boolean) VALUE.getAndSet(this, value);
    }

    /// Sets it to `value` if it is `old`. False when it was not, and never for another reason.
    public boolean compareAndSwap(boolean old, boolean value) {
        return VALUE.compareAndSet(this, old, value);
    }

    /// `true` or `false`.
    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
