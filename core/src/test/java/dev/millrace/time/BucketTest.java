package dev.millrace.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The arithmetic of the bucket, beside a model with numbers of any size.
class BucketTest {
    private static final long FOREVER = Long.MAX_VALUE / 2;

    private static BigInteger big(long n) {
        return BigInteger.valueOf(n);
    }

    // Rates.

    private static void assertRate(long num, long den, Rate rate) {
        assertEquals(num, rate.num(), rate::toString);
        assertEquals(den, rate.den(), rate::toString);
    }

    @Test
    void perSecond_decimalDigits_areTakenExactly() {
        assertRate(1, 100_000_000, Rate.perSecond(10));
        assertRate(3, 1_000_000_000, Rate.perSecond(3));
        assertRate(1, 10_000_000_000L, Rate.perSecond(0.1));
        assertRate(1, 400_000_000, Rate.perSecond(2.5));
        assertRate(5, 1, Rate.perSecond(5e9));
        assertRate(1, 1_000_000_000_000_000_000L, Rate.perSecond(1e-9));
        assertRate(0, 1, Rate.perSecond(0));
        assertRate(0, 1, Rate.perSecond(-0.0));
        assertTrue(Rate.perSecond(Double.POSITIVE_INFINITY).isInfinite());
        assertTrue(Rate.perSecond(Double.MAX_VALUE).isInfinite());
        assertRate(0, 1, Rate.perSecond(Double.MIN_VALUE));
    }

    @Test
    void perSecond_longFractions_areNeverFasterAndVeryNear() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            double perSecond = random.nextDouble(0.1, 1) * Math.pow(10, random.nextInt(-8, 25));
            Rate rate = Rate.perSecond(perSecond);
            var asked = BigDecimal.valueOf(perSecond);
            var kept = new BigDecimal(big(rate.num())).multiply(BigDecimal.valueOf(1e9))
                    .divide(new BigDecimal(big(rate.den())), MathContext.DECIMAL128);
            var off = asked.subtract(kept).divide(asked, MathContext.DECIMAL128).doubleValue();
            assertTrue(off > -1e-30 && off < 1e-18, () -> perSecond + " is kept as " + rate.num() + "/" + rate.den());
        }
    }

    @Test
    void every_interval_isTakenExactly() {
        assertRate(1, 1, Rate.every(Duration.ofNanos(1)));
        assertRate(1, 2_500_000_000L, Rate.every(Duration.ofMillis(2500)));
        assertRate(1, FOREVER, Rate.every(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(0.4, Rate.every(Duration.ofMillis(2500)).perSecond());
        for (var none : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertTrue(Rate.every(none).isInfinite());
            assertEquals(Double.POSITIVE_INFINITY, Rate.every(none).perSecond());
        }
    }

    @Test
    void perSecond_notARate_isRefused() {
        for (double bad : new double[] {-1, Double.NaN, Double.NEGATIVE_INFINITY, -Double.MIN_VALUE}) {
            var e = assertThrows(IllegalArgumentException.class, () -> Rate.perSecond(bad));
            assertTrue(e.getMessage().endsWith("was " + bad), e.getMessage());
        }
        assertThrows(NullPointerException.class, () -> Rate.every(null));
    }

    // Quotients.

    @Test
    void quotient_anySize_isThatOfTheModel() {
        var random = new SplittableRandom(2);
        var most = big(1L << 62);
        for (int i = 0; i < 100_000; i++) {
            long a = random.nextLong() >> random.nextInt(64);
            long b = random.nextLong() >>> random.nextInt(1, 64);
            long c = random.nextLong() >> random.nextInt(1, 64);
            long d = (random.nextLong() >>> random.nextInt(1, 64)) + 1;
            if (d <= 0) {
                continue;
            }
            BigInteger wide = big(a).multiply(big(b)).add(big(c));
            BigInteger rest = wide.mod(big(d));
            BigInteger whole = wide.subtract(rest).divide(big(d));
            var got = Bucket.Quotient.of(a, b, c, d);
            assertEquals(rest, big(got.rest()));
            assertEquals(whole.min(most).max(most.negate()), big(got.whole()));
        }
    }

    // The bucket, in parts of a token: tokens * den + credit.

    private static BigInteger parts(Bucket b) {
        return big(b.tokens()).multiply(big(b.rate().den())).add(big(b.credit()));
    }

    @Test
    void bucket_anyRateAndSpan_isThatOfTheModel() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 3_000; i++) {
            Rate rate = switch (i % 4) {
                case 0 -> Rate.perSecond(1 + random.nextInt(2_000_000_000));
                case 1 -> Rate.perSecond(random.nextDouble() * Math.pow(10, random.nextInt(-8, 12)));
                case 2 -> Rate.every(Duration.ofNanos(1 + (random.nextLong() >>> random.nextInt(2, 63))));
                default -> Rate.perSecond(999_999_937);
            };
            if (rate.num() == 0 || rate.isInfinite()) {
                continue;
            }
            int burst = random.nextInt() >>> random.nextInt(1, 32);
            long now = random.nextLong();
            BigInteger num = big(rate.num());
            BigInteger den = big(rate.den());
            BigInteger full = big(burst).multiply(den);
            BigInteger model = full;
            Bucket b = Bucket.full(rate, burst, now);
            for (int step = 0; step < 30; step++) {
                long span = random.nextLong() >>> random.nextInt(7, 64);
                now += span;
                model = model.add(num.multiply(big(span))).min(full);
                assertEquals(model, parts(b.advance(now)));
                int n = burst == 0 ? 0 : random.nextInt(burst) + 1;
                BigInteger left = model.subtract(den.multiply(big(n)));
                BigInteger wait = left.signum() >= 0 ? BigInteger.ZERO
                        : left.negate().add(num).subtract(BigInteger.ONE).divide(num);
                long most = random.nextLong() >>> random.nextInt(1, 64);
                Bucket next = b.take(now, n, most);
                if (wait.compareTo(big(FOREVER)) >= 0) {
                    continue;
                }
                if (wait.compareTo(big(most)) > 0) {
                    assertNull(next);
                    continue;
                }
                assertNotNull(next);
                assertEquals(wait, big(next.dueAt() - now));
                assertEquals(left, parts(next));
                assertEquals(model, parts(next.giveBack(now, next, n)), "all comes back at once");
                model = left;
                b = next;
            }
        }
    }

    @Test
    void wait_atTheEndOfIt_theTokensAreThereAndNotBefore() {
        var random = new SplittableRandom(4);
        for (int i = 0; i < 20_000; i++) {
            Rate rate = Rate.perSecond(1 + random.nextInt(1_000_000_000));
            Bucket b = Bucket.full(rate, 10, 0);
            b = b.take(0, 10, 0);
            long now = random.nextInt(1_000);
            int n = 1 + random.nextInt(10);
            Bucket taken = b.take(now, n, FOREVER);
            long due = taken.dueAt();
            if (due > now) {
                assertNull(b.take(due - 1, n, 0), "a nanosecond before");
            }
            assertNotNull(b.take(due, n, 0));
        }
    }

    @Test
    void zeroRate_debtsOfAnySize_stayNumbers() {
        Bucket b = Bucket.full(Rate.perSecond(0), Integer.MAX_VALUE, Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            b = b.take(Long.MAX_VALUE + i, Integer.MAX_VALUE, Long.MAX_VALUE);
        }
        assertEquals(-99L * Integer.MAX_VALUE, b.tokens());
        assertEquals(FOREVER, b.dueAt() - b.at());
        assertNull(b.take(b.at(), 1, FOREVER - 1));
        b = b.change(b.at(), Rate.perSecond(1e9), 1);
        assertEquals(99L * Integer.MAX_VALUE + 1, b.take(b.at(), 1, FOREVER).dueAt() - b.at());
    }
}
