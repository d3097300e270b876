package dev.millrace.examples;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `500ms`, `1m30s`, `1h15m30.918s`.
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]*)(?:\\.([0-9]*))?([^0-9.]*)");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Durations() {}

    /// Reads what Go's `time.ParseDuration` reads: an optional sign, then decimal numbers, each with its unit (`ns`, `us` or
    /// `µs`, `ms`, `s`, `m`, `h`); or `0`. Digits below a nanosecond are cut off.
    ///
    /// @throws IllegalArgumentException when `text` is nothing of the kind, or more than 292 years
    public static Duration parse(String text) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String parts = signed ? text.substring(1) : text;
        if (parts.equals("0")) {
            return Duration.ZERO;
        }
        if (parts.isEmpty()) {
            throw invalid(text);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(parts);
        while (part.lookingAt() && part.end() > part.start()) {
            nanos = nanos.add(nanos(part, text));
            part.region(part.end(), parts.length());
        }
        if (part.regionStart() < parts.length()) {
            throw invalid(text);
        }
        if (nanos.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a duration of at most 292 years, was \"" + text + '"');
        }
        Duration span = Duration.ofNanos(nanos.longValueExact());
        return text.startsWith("-") ? span.negated() : span;
    }

    private static BigDecimal nanos(Matcher part, String text) {
        String whole = part.group(1);
        String fraction = part.group(2) == null ? "" : part.group(2);
        if (whole.isEmpty() && fraction.isEmpty()) {
            throw invalid(text);
        }
        BigDecimal number =
                new BigDecimal((whole.isEmpty() ? "0" : whole) + "." + (fraction.isEmpty() ? "0" : fraction));
        return new BigDecimal(number.multiply(BigDecimal.valueOf(nanos(part.group(3), text))).toBigInteger());
    }

    private static long nanos(String unit, String text) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "\u00b5s", "\u03bcs" -> 1_000; // the micro sign and the letter mu look the same
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "" -> throw new IllegalArgumentException(
                    "expected a unit (ns, us, \u00b5s, ms, s, m, h) after each number, was \"" + text + '"');
            default -> throw new IllegalArgumentException(
                    "expected a unit of ns, us, \u00b5s, ms, s, m, h, was \"" + unit + "\" in \"" + text + '"');
        };
    }

    /// A span of at least zero, about as Go prints it: `1.23s`, `106.31ms`, `1m30s`; without what is below a thousandth of its unit.
    public static String text(Duration span) {
        long nanos = span.toNanos();
        if (nanos < 1_000) {
            return nanos + (nanos == 0 ? "s" : "ns");
        }
        if (nanos < 1_000_000) {
            return decimal(nanos, 1_000) + "\u00b5s";
        }
        if (nanos < 1_000_000_000) {
            return decimal(nanos, 1_000_000) + "ms";
        }
        long minutes = nanos / 60_000_000_000L;
        return (minutes >= 60 ? minutes / 60 + "h" : "") + (minutes > 0 ? minutes % 60 + "m" : "")
                + decimal(nanos % 60_000_000_000L, 1_000_000_000) + "s";
    }

    private static String decimal(long nanos, long unit) {
        var number = BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(unit), 3, RoundingMode.DOWN);
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("expected a duration such as 500ms or 1m30s, was \"" + text + '"');
    }
}
