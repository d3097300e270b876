package dev.millrace.testing.junit;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/// Durations as Go writes them.
final class GoDuration {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDuration() {}

    /// @throws IllegalArgumentException when `text` is none, or not positive
    static Duration parse(String attribute, String text) {
        var parts = PART.matcher(text.strip());
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            Long unit = NANOS.get(parts.group(2));
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit == null ? 0 : unit)));
            end = parts.end();
        }
        boolean whole = end > 0 && end == text.strip().length();
        if (!whole || nanos.signum() <= 0 || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    attribute + " must be a duration > 0 such as \"500ms\" or \"1m30s\", was \"" + text + '"');
        }
        return Duration.ofNanos(nanos.longValue());
    }
}
