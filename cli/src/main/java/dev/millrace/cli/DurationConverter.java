package dev.millrace.cli;

import dev.millrace.examples.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A span that something may take, as Go writes it: `500ms`, `1m30s`.
final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        Duration span;
        try {
            span = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
        if (!span.isPositive()) {
            throw new TypeConversionException(
                    "expected a duration above zero such as 500ms or 1m30s, was \"" + text + '"');
        }
        return span;
    }
}
