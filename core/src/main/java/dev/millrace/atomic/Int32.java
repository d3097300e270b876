package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A signed number of 32 bits that many threads change at once without a lock.
///
/// ```java
/// var hits = new Int32();
/// hits.add(1);
/// ```
///
/// No operation waits. Arithmetic wraps around.
///
/// **Memory.** Every operation has the effects of a volatile access: all of them, on all objects of this package, happen in one
/// order that every thread sees.
///
/// **Compared with Go.** `atomic.Int32`, the same: [#add] answers the new value, [#swap], [#and] and [#or] the old one. It is
/// `AtomicInteger` with Go's names and answers; where you need its other operations, take that.
public final class Int32 {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Int32.class, "value", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int value;

    /// Starts as 0.
    public Int32() {}

    /// Starts as `value`.
    public Int32(int value) {
        this.value = value;
    }

    /// The value now.
    public int load() {
        return value;
    }

    /// Sets it to `value`.
    public void store(int value) {
        this.value = value;
    }

    /// Sets it to `value`; answers the old one.
    public int swap(int value) {
        return (int) VALUE.getAndSet(this, value);
    }

    /// Sets it to `value` if it is `old`. False when it was not, and never for another reason.
    public boolean compareAndSwap(int old, int value) {
        return VALUE.compareAndSet(this, old, value);
    }

    /// Adds `delta`, which may be negative; answers the **new** value.
    public int add(int delta) {
        return (int) VALUE.getAndAdd(this, delta) + delta;
    }

    /// Keeps the bits that are set in `mask` too; answers the **old** value.
    public int and(int mask) {
        return (int) VALUE.getAndBitwiseAnd(this, mask);
    }

    /// Sets the bits that are set in `mask`; answers the **old** value.
    public int or(int mask) {
        return (int) VALUE.getAndBitwiseOr(this, mask);
    }

    /// The value, in decimal.
    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
