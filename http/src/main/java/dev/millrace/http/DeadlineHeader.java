package dev.millrace.http;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// A header that says how much time a request has: its name and how the time is written.
///
/// ```java
/// DeadlineHeader.GRPC_TIMEOUT.format(Duration.ofMillis(300)) // "300000u"
/// DeadlineHeader.of("x-budget-s", ChronoUnit.SECONDS).parse("5") // 5 s
/// ```
///
/// The time is always a span and never a point, since the clocks of two machines differ. What is written is never longer than what is
/// left: it is rounded down to the header's unit, so a time that has passed, and less than one unit, is written as 0. A 0 that is read
/// is a time that has passed. ([#ENVOY_ASKED] and [#ENVOY_GRANTED] differ in that: see there.)
///
/// **Bad input.** Anything that is not exactly of the form is malformed, and [#parse] answers nothing; it looks at no more than some
/// characters and never throws. No argument may be null.
public final class DeadlineHeader {
    private static final long[] GRPC_NANOS = {1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000L, 3_600_000_000_000L};
    private static final String GRPC_UNITS = "numSMH";
    private static final int GRPC_DIGITS = 8;
    private static final int DIGITS = 18; // as many as a long holds, whatever they are

    /// The header of gRPC, `grpc-timeout`: 1 to 8 digits and one of the units `H`, `M`, `S`, `m`, `u`, `n`. The finest unit that holds the
    /// time is used, so that less than one part in 100,000 is lost.
    public static final DeadlineHeader GRPC_TIMEOUT = new DeadlineHeader("grpc-timeout", 0, false);

    /// What a caller asks of Envoy, and a server behind no proxy may read as well: `x-envoy-upstream-rq-timeout-ms`, in milliseconds.
    ///
    /// To Envoy a 0 means no limit. So less than one millisecond is written as 1, the one case in which more is said than is left; and a
    /// 0 that is read is taken as if the header were not there.
    public static final DeadlineHeader ENVOY_ASKED =
            new DeadlineHeader("x-envoy-upstream-rq-timeout-ms", 1_000_000, true);

    /// What Envoy has granted to the server behind it: `x-envoy-expected-rq-timeout-ms`, in milliseconds, with the same rule for 0 as
    /// [#ENVOY_ASKED].
    public static final DeadlineHeader ENVOY_GRANTED =
            new DeadlineHeader("x-envoy-expected-rq-timeout-ms", 1_000_000, true);

    private final String name;
    private final long unit; // in nanoseconds; 0 for gRPC's form
    private final boolean zeroIsNoLimit;

    private DeadlineHeader(String name, long unit, boolean zeroIsNoLimit) {
        this.name = name;
        this.unit = unit;
        this.zeroIsNoLimit = zeroIsNoLimit;
    }

    /// A header of your own: 1 to 18 digits, which count `unit`s.
    ///
    /// @throws IllegalArgumentException when `name` is no name of a header or one by which HTTP frames a message, or `unit` is not one of
    ///     nanoseconds to days
    public static DeadlineHeader of(String name, ChronoUnit unit) {
        Objects.requireNonNull(unit, "unit");
        if (unit.compareTo(ChronoUnit.DAYS) > 0) {
            throw new IllegalArgumentException("unit must be one from NANOS to DAYS, was " + unit.name());
        }
        return new DeadlineHeader(Fields.name(name), unit.getDuration().toNanos(), false);
    }

    /// The header's name, in lower case.
    public String name() {
        return name;
    }

    /// Writes what is left. A negative time is one that has passed.
    public String format(Duration left) {
        return format(nanos(left));
    }

    /// Reads `value`. Nothing when it is malformed. Zero is a time that has passed; a span of more than 292 years is read as that.
    public Optional<Duration> parse(String value) {
        long nanos = parseNanos(Objects.requireNonNull(value, "value"));
        return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    private static long nanos(Duration left) {
        try {
            return left.toNanos();
        } catch (ArithmeticException _) {
            return left.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    String format(long nanos) {
        long left = Math.max(nanos, 0);
        if (unit > 0) {
            long count = Math.min(left / unit, 999_999_999_999_999_999L);
            return Long.toString(count == 0 && zeroIsNoLimit ? 1 : count);
        }
        int i = 0;
        while (left / GRPC_NANOS[i] > 99_999_999) {
            i++; // the hours of a long have 7 digits
        }
        return Long.toString(left / GRPC_NANOS[i]) + GRPC_UNITS.charAt(i);
    }

    /// [#MALFORMED], or [#NO_LIMIT], or how many nanoseconds.
    long parseNanos(String value) {
        int digits = value.length();
        long scale = unit;
        if (unit == 0) {
            digits--;
            int i = digits < 1 ? -1 : GRPC_UNITS.indexOf(value.charAt(digits));
            if (i < 0) {
                return MALFORMED;
            }
            scale = GRPC_NANOS[i];
        }
        if (digits < 1 || digits > (unit == 0 ? GRPC_DIGITS : DIGITS)) {
            return MALFORMED;
        }
        long count = 0;
        for (int i = 0; i < digits; i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return MALFORMED;
            }
            count = count * 10 + digit;
        }
        if (count == 0 && zeroIsNoLimit) {
            return NO_LIMIT;
        }
        return count > Long.MAX_VALUE / scale ? Long.MAX_VALUE : count * scale;
    }

    static final long MALFORMED = -1;
    static final long NO_LIMIT = -2;

    /// For people: the name and the form.
    @Override
    public String toString() {
        String form = unit == 0 ? "digits and a unit" : "in units of " + Duration.ofNanos(unit);
        return String.format(Locale.ROOT, "%s (%s)", name, form);
    }
}
