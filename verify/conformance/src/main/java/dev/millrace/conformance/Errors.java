package dev.millrace.conformance;

import dev.millrace.context.CancelledException;
import dev.millrace.context.DeadlineExceededException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Errors and panics by the words of the corpus.
final class Errors {
    private static final String CANCELED = "canceled";
    private static final String DEADLINE = "deadline exceeded";

    /// The texts of panics. Here more may follow: what was expected, what came.
    private static final List<String> PANICS = List.of(
            "send on closed channel",
            "close of closed channel",
            "close of nil channel",
            Errors.NEGATIVE,
            Errors.RELEASED,
            "non-positive interval for NewTicker",
            "non-positive interval for Ticker.Reset",
            "boom");

    static final String NEGATIVE = "sync: negative WaitGroup counter";
    static final String RELEASED = "semaphore: released more than held";

    private Errors() {}

    /// A user's error, known by its label.
    @SuppressWarnings("serial")
    static final class UserException extends Exception {
        final String label;

        UserException(String label) {
            super(label, null, false, false);
            this.label = label;
        }
    }

    /// The exception for a label.
    static Exception of(String label) {
        return switch (label) {
            case CANCELED -> new CancelledException("context canceled");
            case DEADLINE -> new DeadlineExceededException("context deadline exceeded");
            default -> new UserException(label);
        };
    }

    static @Nullable Exception ofNullable(@Nullable String label) {
        return label == null ? null : of(label);
    }

    /// The label of an exception.
    static @Nullable String label(@Nullable Throwable error) {
        return switch (error) {
            case null -> null;
            case UserException e -> e.label;
            case CancelledException _ -> CANCELED;
            case DeadlineExceededException _ -> DEADLINE;
            default -> error.toString();
        };
    }

    /// Go's text of what was thrown; what Go does not say, in full.
    static String panic(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        for (String text : PANICS) {
            if (message.equals(text) || (message.startsWith(text)
                    && !Character.isLetterOrDigit(message.charAt(text.length())))) {
                return text;
            }
        }
        return thrown.toString();
    }
}
