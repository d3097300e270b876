package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A number of 64 bits without sign, 0 to 18,446,744,073,709,551,615, that many threads change at once without a lock.
///
/// ```java
/// var mask = new Uint64();
/// mask.or(1L << 63);
/// print(mask); // 9223372036854775808
/// ```
///
/// Java has no type for such numbers: a `long` carries the 64 bits, and those of 2^63 and more look negative in it. Print it by
/// [#toString()] or [Long#toUnsignedString(long)], compare it by [#compareUnsigned] or [Long#compareUnsigned], divide it by
/// [Long#divideUnsigned]. Sums, differences, products, masks and `==` need no care.
///
/// No operation waits. Arithmetic wraps around.
///
/// **Memory.** As for [Int64].
///
/// **Compared with Go.** `atomic.Uint64`, and `atomic.Uintptr`, which has no other counterpart. The same but for the reading of
/// what it answers: [#add] answers the new value, [#swap], [#and] and [#or] the old one.
public final class Uint64 {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Uint64.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long value;

    /// Starts as 0.
    public Uint64() {}

    /// Starts as the 64 bits of `bits`.
    public Uint64(long bits) {
        this.value = bits;
    }

    /// The 64 bits now: negative from 2^63 on.
    public long load() {
        return value;
    }

    /// Sets it to the 64 bits of `bits`.
    public void store(long bits) {
        this.value = bits;
    }

    /// Sets it to the 64 bits of `bits`; answers the old ones.
    public long swap(long bits) {
        return (long) VALUE.getAndSet(this, bits);
    }

    /// Sets it to `bits` if it is `old`. False when it was not, and never for another reason.
    public boolean compareAndSwap(long old, long bits) {
        return VALUE.compareAndSet(this, old, bits);
    }

    /// Adds `delta`, which may be negative; answers the 64 bits of the **new** value.
    public long add(long delta) {
        return (long) VALUE.getAndAdd(this, delta) + delta;
    }

    /// Keeps the bits that are set in `mask` too; answers the **old** ones.
    public long and(long mask) {
        return (long) VALUE.getAndBitwiseAnd(this, mask);
    }

    /// Sets the bits that are set in `mask`; answers the **old** ones.
    public long or(long mask) {
        return (long) VALUE.getAndBitwiseOr(this, mask);
    }

    /// Compares the value now with `other`, both without sign: negative, 0 or positive as in [java.util.Comparator].
    public int compareUnsigned(long other) {
        return Long.compareUnsigned(value, other);
    }

    /// The value, in decimal, without sign.
    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
