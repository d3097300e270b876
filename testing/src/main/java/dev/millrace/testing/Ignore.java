package dev.millrace.testing;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A rule that says what is no leak. A value.
record Ignore(Kind kind, String pattern) {
    enum Kind {
        NAME,
        TOP,
        ANY,
        CREATED_BY
    }

    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+)\\$\\d+");

    Ignore {
        Objects.requireNonNull(kind, "kind");
        if (pattern.isBlank()) {
            throw new IllegalArgumentException("a rule of what is no leak must name something, was \"" + pattern + '"');
        }
    }

    boolean matches(Leak leak) {
        return switch (kind) {
            case NAME -> isName(leak.name());
            case TOP -> isFunction(top(leak.stack()));
            case ANY -> leak.stack().stream().anyMatch(this::isFunction);
            case CREATED_BY -> isFunction(leak.startedAt());
        };
    }

    private boolean isName(String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    private static @Nullable StackTraceElement top(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (!LeakText.isOurs(frame)) {
                return frame;
            }
        }
        return null;
    }

    /// Whether the frame's method is the one that is meant, or lies in the class or package that is.
    private boolean isFunction(@Nullable StackTraceElement frame) {
        if (frame == null) {
            return false;
        }
        var lambda = LAMBDA.matcher(frame.getMethodName());
        String method = lambda.matches() ? lambda.group(1) : frame.getMethodName();
        String function = (frame.getClassName() + "." + method).replace('$', '.');
        String meant = pattern.replace('$', '.');
        return function.equals(meant) || function.startsWith(meant + ".");
    }
}
