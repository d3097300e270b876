package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A number of 32 bits without sign, 0 to 4,294,967,295, that many threads change at once without a lock.
///
/// ```java
/// var sequence = new Uint32();
/// long number = sequence.add(1); // 4294967295 is followed by 0
/// ```
///
/// What it answers is a `long`, so that it is never negative. What it takes as a value must be in the range; of what it takes
/// as a difference or a mask the low 32 bits count, so `add(-1)` counts down and `and(~1)` clears a bit.
///
/// No operation waits. Arithmetic wraps around.
///
/// **Memory.** As for [Int32].
///
/// **Compared with Go.** `atomic.Uint32`, the same: [#add] answers the new value, [#swap], [#and] and [#or] the old one. Go
/// counts down by adding `^uint32(0)`, which works here too.
public final class Uint32 {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Uint32.class, "value", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long LARGEST = 0xFFFF_FFFFL;

    private volatile int value;

    /// Starts as 0.
    public Uint32() {}

    /// Starts as `value`.
    ///
    /// @throws IllegalArgumentException when `value` is not within 0 to 4,294,967,295
    public Uint32(long value) {
        this.value = bits(value);
    }

    private static int bits(long value) {
        if ((value & ~LARGEST) != 0) {
            throw new IllegalArgumentException("a value of Uint32 must be within 0 to 4294967295, was " + value);
        }
        return (int) value;
    }

    /// The value now, 0 to 4,294,967,295.
    public long load() {
        return Integer.toUnsignedLong(value);
    }

    /// Sets it to `value`.
    ///
    /// @throws IllegalArgumentException when `value` is not within 0 to 4,294,967,295; nothing was stored
    public void store(long value) {
        this.value = bits(value);
    }

    /// Sets it to `value`; answers the old one.
    ///
    /// @throws IllegalArgumentException when `value` is not within 0 to 4,294,967,295; nothing was stored
    public long swap(long value) {
        return Integer.toUnsignedLong((int) VALUE.getAndSet(this, bits(value)));
    }

    /// Sets it to `value` if it is `old`. False when it was not, and never for another reason.
    ///
    /// @throws IllegalArgumentException when `old` or `value` is not within 0 to 4,294,967,295; nothing was stored
    public boolean compareAndSwap(long old, long value) {
        return VALUE.compareAndSet(this, bits(old), bits(value));
    }

    /// Adds `delta`, which may be negative; answers the **new** value.
    public long add(long delta) {
        int low = (int) delta;
        return Integer.toUnsignedLong((int) VALUE.getAndAdd(this, low) + low);
    }

    /// Keeps the bits that are set in `mask` too; answers the **old** value.
    public long and(long mask) {
        return Integer.toUnsignedLong((int) VALUE.getAndBitwiseAnd(this, (int) mask));
    }

    /// Sets the bits that are set in the low half of `mask`; answers the **old** value.
    public long or(long mask) {
        return Integer.toUnsignedLong((int) VALUE.getAndBitwiseOr(this, (int) mask));
    }

    /// The value, in decimal.
    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
