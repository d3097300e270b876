package dev.millrace.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The arguments of one program. It asks for each option that it has, in any order, and then calls [#end()] or [#rest()].
final class Options {
    /// An argument is not as expected.
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message, null, false, false);
        }
    }

    private final List<String> left;
    private final List<String> known = new ArrayList<>();

    Options(List<String> args) {
        left = new ArrayList<>(args);
    }

    /// Whether `name` was given.
    boolean flag(String name) {
        known.add(name);
        return left.remove(name);
    }

    /// The duration given as `name`, at least zero.
    Duration duration(String name, Duration unlessGiven) {
        return duration(name).orElse(unlessGiven);
    }

    /// The duration given as `name`, more than zero.
    Duration interval(String name, Duration unlessGiven) {
        Duration span = duration(name, unlessGiven);
        if (span.isZero()) {
            throw new Wrong(name + ": expected a duration of more than 0, was 0");
        }
        return span;
    }

    /// The duration given as `name`, at least zero; empty when it was not given.
    Optional<Duration> duration(String name) {
        known.add(name + " DURATION");
        String text = value(name, "a duration such as 500ms or 1m30s");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Duration span = Durations.parse(text);
            if (!span.isNegative()) {
                return Optional.of(span);
            }
        } catch (IllegalArgumentException e) {
            throw new Wrong(name + ": " + e.getMessage());
        }
        throw new Wrong(name + ": expected a duration of 0 or more, was \"" + text + '"');
    }

    /// The whole number given as `name`, from `least` to `most`.
    int number(String name, int unlessGiven, int least, int most) {
        known.add(name + " NUMBER");
        String expected = "a whole number from " + least + " to " + most;
        String text = value(name, expected);
        if (text.isEmpty()) {
            return unlessGiven;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same line as for a number that is too large
        }
        throw new Wrong(name + ": expected " + expected + ", was \"" + text + '"');
    }

    /// The word given as `name`, one of `words`; empty when it was not given.
    String word(String name, String... words) {
        known.add(name + " " + String.join("|", words));
        String expected = String.join(" or ", words);
        String text = value(name, expected);
        if (!text.isEmpty() && !List.of(words).contains(text)) {
            throw new Wrong(name + ": expected " + expected + ", was \"" + text + '"');
        }
        return text;
    }

    /// Takes `--name VALUE` or `--name=VALUE` out; empty when it is not there.
    private String value(String name, String expected) {
        for (int i = 0; i < left.size(); i++) {
            String arg = left.get(i);
            if (arg.startsWith(name + "=") && arg.length() > name.length() + 1) {
                return left.remove(i).substring(name.length() + 1);
            }
            if (arg.equals(name) && i + 1 < left.size() && !left.get(i + 1).startsWith("--")
                    && !left.get(i + 1).isEmpty()) {
                left.remove(i);
                return left.remove(i);
            }
            if (arg.equals(name) || arg.equals(name + "=")) {
                throw new Wrong(name + ": expected " + expected + ", but no value came");
            }
        }
        return "";
    }

    /// The arguments that are no options.
    List<String> rest() {
        for (String arg : left) {
            if (arg.startsWith("-")) {
                throw new Wrong("expected " + whatIsKnown() + ", was \"" + arg + '"' + (isKnown(arg) ? " again" : ""));
            }
        }
        return List.copyOf(left);
    }

    /// Refuses every argument that nobody asked for.
    void end() {
        for (String arg : rest()) {
            throw new Wrong("expected " + whatIsKnown() + ", was \"" + arg + '"');
        }
    }

    private boolean isKnown(String arg) {
        String name = arg.split("=", 2)[0];
        return known.stream().anyMatch(option -> option.split(" ", 2)[0].equals(name));
    }

    private String whatIsKnown() {
        return known.isEmpty() ? "no option but --help" : String.join(", ", known) + " or --help";
    }
}
