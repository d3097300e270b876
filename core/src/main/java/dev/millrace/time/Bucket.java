package dev.millrace.time;

import dev.millrace.internal.Scheduler;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// The state of a [RateLimiter], as a value: each operation answers the next one. The token bucket of
/// `golang.org/x/time/rate`, with its rules for reservations that are cancelled; but it counts in whole numbers,
/// where Go uses floating point, and rounds each wait up to a nanosecond: so it never grants more than its burst and
/// what has come.
///
/// At the instant `at` there are `tokens` tokens and `credit` of `den` parts of one; fewer than none when more are
/// reserved than have come. What was reserved is due at its *event*: when the bucket was back at 0. `eventAt` and
/// `eventPart` (of `num` parts of a nanosecond) are the last of these.
///
/// Instants are compared by subtraction.
record Bucket(Rate rate, int burst, long tokens, long credit, long at, long eventAt, long eventPart) {
    private static final long MOST_DEBT = 1L << 60;

    Bucket {
        if (burst < 0) {
            throw new IllegalArgumentException("burst must be >= 0, was " + burst);
        }
    }

    static Bucket full(Rate rate, int burst, long now) {
        return new Bucket(rate, burst, burst, 0, now, now, 0);
    }

    /// What is there at `now`; earlier than `at`, it counts as that.
    Bucket advance(long now) {
        long elapsed = Math.max(0, now - at);
        if (tokens >= burst || (rate.isInfinite() && elapsed > 0)) {
            return holding(burst, 0, at + elapsed);
        }
        if (rate.isInfinite()) {
            return this;
        }
        Quotient come = Quotient.of(elapsed, rate.num(), credit, rate.den());
        return holding(tokens + come.whole, come.rest, at + elapsed);
    }

    private Bucket holding(long n, long parts, long now) {
        boolean isFull = n >= burst;
        return new Bucket(rate, burst, isFull ? burst : n, isFull ? 0 : parts, now, eventAt, eventPart);
    }

    /// How many there are, with the part of one that is to come.
    double available() {
        return rate.isInfinite() ? tokens : tokens + (double) credit / rate.den();
    }

    /// The state with `n` tokens taken at `now`, whose event is its last; null when there are more than the bucket
    /// can hold, or the event is more than `mostWait` away. Not for the infinite rate.
    @Nullable Bucket take(long now, int n, long mostWait) {
        if (n > burst) {
            return null;
        }
        Bucket b = advance(now);
        long left = Math.max(b.tokens - n, -MOST_DEBT);
        long event = b.at;
        long part = 0;
        if (left < 0) {
            if (rate.num() == 0) {
                event += Scheduler.FOREVER;
            } else {
                Quotient wait = Quotient.of(-left, rate.den(), -b.credit, rate.num());
                event += Math.min(wait.whole, Scheduler.FOREVER);
                part = wait.whole < Scheduler.FOREVER ? wait.rest : 0;
            }
        }
        var next = new Bucket(rate, burst, left, b.credit, b.at, event, part);
        return next.dueAt() - b.at > mostWait ? null : next;
    }

    /// The first nanosecond that is not before the last event.
    long dueAt() {
        return eventPart > 0 ? eventAt + 1 : eventAt;
    }

    /// Gives back the `n` tokens that were taken with the outcome `taken`, but for those that others have reserved
    /// since: these have their events, which do not move. Nothing is given back after the event.
    Bucket giveBack(long now, Bucket taken, int n) {
        if (rate.isInfinite() || taken.rate.isInfinite() || taken.dueAt() - now < 0) {
            return this;
        }
        boolean same = rate.equals(taken.rate);
        Quotient since = same ? reservedSince(taken) : reservedSince(taken).up();
        long whole = n - since.whole - (since.rest > 0 ? 1 : 0);
        long parts = since.rest > 0 ? rate.den() - since.rest : 0;
        if (whole < 0 || (whole == 0 && parts == 0)) {
            return this;
        }
        Bucket b = advance(now);
        long credit = b.credit + parts;
        long carry = credit >= rate.den() ? 1 : 0;
        Bucket more = b.holding(b.tokens + whole + carry, credit - carry * rate.den(), b.at);
        return same && eventAt == taken.eventAt && eventPart == taken.eventPart ? more.withEventBefore(n) : more;
    }

    /// The tokens whose events come after that of `taken`, by the rate that held then.
    private Quotient reservedSince(Bucket taken) {
        Rate then = taken.rate;
        Quotient since = Quotient.of(eventAt - taken.eventAt, then.num(), eventPart - taken.eventPart, then.den());
        return since.whole < 0 ? Quotient.NONE : since;
    }

    /// The last event is that of the reservation before the one of `n` tokens that was given back, unless that is past.
    private Bucket withEventBefore(int n) {
        if (rate.num() == 0) {
            return this;
        }
        Quotient back = Quotient.of(-n, rate.den(), eventPart, rate.num());
        long before = eventAt + back.whole;
        return back.whole < -Scheduler.FOREVER || before - at < 0
                ? this
                : new Bucket(rate, burst, tokens, credit, at, before, back.rest);
    }

    /// What is there goes on at another rate, into a bucket of another size.
    Bucket change(long now, Rate to, int size) {
        Bucket b = advance(now);
        long parts = rate.isInfinite() || to.isInfinite() ? 0
                : Quotient.of(b.credit, to.den(), 0, rate.den()).whole;
        return new Bucket(to, size, b.tokens, parts, b.at, b.dueAt(), 0);
    }

    /// `(a * b + c) / d`, rounded down and at most 2 to the 62nd, and what is left over.
    record Quotient(long whole, long rest) {
        static final Quotient NONE = new Quotient(0, 0);
        private static final long MOST = 1L << 62;

        /// Rounded up instead.
        Quotient up() {
            return rest > 0 ? new Quotient(whole + 1, 0) : this;
        }

        static Quotient of(long a, long b, long c, long d) {
            long product = a * b;
            long sum = product + c;
            if (Math.multiplyHigh(a, b) == product >> 63 && ((product ^ sum) & (c ^ sum)) >= 0) {
                return new Quotient(Math.clamp(Math.floorDiv(sum, d), -MOST, MOST), Math.floorMod(sum, d));
            }
            BigInteger by = BigInteger.valueOf(d);
            BigInteger wide = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).add(BigInteger.valueOf(c));
            BigInteger rest = wide.mod(by);
            BigInteger most = BigInteger.valueOf(MOST);
            BigInteger whole = wide.subtract(rest).divide(by).min(most).max(most.negate());
            return new Quotient(whole.longValueExact(), rest.longValueExact());
        }
    }
}
