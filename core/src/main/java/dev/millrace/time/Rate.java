package dev.millrace.time;

import dev.millrace.internal.Deadlines;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;

/// How fast tokens come: `num` of `den` parts of one in each nanosecond. A fraction of whole numbers, so that no time
/// adds up what was rounded.
///
/// @param perSecond what people are told
/// @param num 0: none ever come
/// @param den positive; 0 stands for the infinite rate
record Rate(double perSecond, long num, long den) {
    private static final Rate INFINITE = new Rate(Double.POSITIVE_INFINITY, 1, 0);
    private static final int BITS = 62;

    boolean isInfinite() {
        return den == 0;
    }

    /// One token in each `interval`; the infinite rate when that is not positive, as in Go.
    static Rate every(Duration interval) {
        if (!interval.isPositive()) {
            return INFINITE;
        }
        long nanos = Deadlines.nanos(interval);
        return new Rate(1e9 / nanos, 1, nanos);
    }

    /// What the decimal digits of `perSecond` say: 0.1 is exactly one in ten seconds.
    static Rate perSecond(double perSecond) {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException("a rate must be >= 0, was " + perSecond);
        }
        if (Double.isInfinite(perSecond)) {
            return INFINITE;
        }
        if (perSecond == 0) {
            return new Rate(0, 0, 1);
        }
        var digits = BigDecimal.valueOf(perSecond);
        BigInteger num = digits.unscaledValue();
        BigInteger den = BigInteger.valueOf(1_000_000_000);
        if (digits.scale() >= 0) {
            den = den.multiply(BigInteger.TEN.pow(digits.scale()));
        } else {
            num = num.multiply(BigInteger.TEN.pow(-digits.scale()));
        }
        BigInteger common = num.gcd(den);
        num = num.divide(common);
        den = den.divide(common);
        if (num.bitLength() <= BITS && den.bitLength() <= BITS) {
            return new Rate(perSecond, num.longValueExact(), den.longValueExact());
        }
        return rounded(perSecond, num, den);
    }

    /// The nearest fraction of long numbers that is not faster.
    private static Rate rounded(double perSecond, BigInteger num, BigInteger den) {
        int shift = BITS - 1 - Math.abs(den.bitLength() - num.bitLength());
        boolean slow = den.compareTo(num) > 0;
        if (shift < 0) {
            return slow ? new Rate(perSecond, 0, 1) : INFINITE;
        }
        if (slow) {
            BigInteger[] parts = den.shiftLeft(shift).divideAndRemainder(num);
            long up = parts[1].signum() > 0 ? 1 : 0;
            return new Rate(perSecond, 1L << shift, parts[0].longValueExact() + up);
        }
        return new Rate(perSecond, num.shiftLeft(shift).divide(den).longValueExact(), 1L << shift);
    }

    @Override
    public String toString() {
        if (isInfinite()) {
            return "any number per second";
        }
        return (perSecond == Math.rint(perSecond) && perSecond < 1e15 ? String.valueOf((long) perSecond)
                : String.valueOf(perSecond)) + " per second";
    }
}
