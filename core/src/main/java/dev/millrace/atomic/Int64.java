package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A signed number of 64 bits that many threads change at once without a lock.
///
/// ```java
/// var hits = new Int64();
/// hits.add(1);
/// ```
///
/// No operation waits. Arithmetic wraps around.
///
/// **Memory.** Every operation has the effects of a volatile access: all of them, on all objects of this package, happen in one
/// order that every thread sees.
///
/// **Compared with Go.** `atomic.Int64`, the same: [#add] answers the new value, [#swap], [#and] and [#or] the old one. It is
/// `AtomicLong` with Go's names and answers; where you need its other operations, take that.
public final class Int64 {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Int64.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long value;

    /// Starts as 0.
    public Int64() {}

    /// Starts as `value`.
    public Int64(long value) {
        this.value = value;
    }

    /// The value now.
    public long load() {
        return value;
    }

    /// Sets it to `value`.
    public void store(long value) {
        this.value = value;
    }

    /// Sets it to `value`; answers the old one.
    public long swap(long value) {
        return (long) VALUE.getAndSet(this, value);
    }

    /// Sets it to `value` if it is `old`. False when it was not, and never for another reason.
    public boolean compareAndSwap(long old, long value) {
        return VALUE.compareAndSet(this, old, value);
    }

    /// Adds `delta`, which may be negative; answers the **new** value.
    public long add(long delta) {
        return (long) VALUE.getAndAdd(this, delta) + delta;
    }

    /// Keeps the bits that are set in `mask` too; answers the **old** value.
    public long and(long mask) {
        return (long) VALUE.getAndBitwiseAnd(this, mask);
    }

    /// Sets the bits that are set in `mask`; answers the **old** value.
    public long or(long mask) {
        return (long) VALUE.getAndBitwiseOr(this, mask);
    }

    /// The value, in decimal.
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
