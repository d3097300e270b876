package dev.millrace.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options that bound a command.
final class Limits {
    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "Give up after D, such as 500ms or 1m30s; exit code 124.")
    @Nullable Duration timeout;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Work on at most N at once.")
    @Nullable Integer limit;

    /// A number of things that may be done at once.
    static final class CountConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                int count = Integer.parseInt(text);
                if (count >= 1 && count < Integer.MAX_VALUE) {
                    return count;
                }
            } catch (NumberFormatException _) {
                // one answer for both: what would have been right
            }
            throw new TypeConversionException("expected a number from 1, was \"" + text + "\"");
        }
    }
}
