package dev.millrace.testing.explore.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Choices that were written down: `17=2,31=0,40#1`. A strand after `=`, a number after `#`, by the number of the act. Where something was injected, before all that the occasion:
/// `3!17=2`.
final class Replay implements Strategy {
    private final Map<Long, Integer> strands = new HashMap<>();
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final boolean strict;

    /// @param strict whether a choice that is not possible is a divergence; else it is left out
    /// @throws IllegalArgumentException when that is no list of choices
    Replay(String choices, boolean strict) {
        this.strict = strict;
        String listed = choices.substring(choices.indexOf('!') + 1);
        for (String choice : listed.isBlank() ? new String[0] : listed.trim().split(",", -1)) {
            int mark = Math.max(choice.indexOf('='), choice.indexOf('#'));
            try {
                (choice.charAt(mark) == '=' ? strands : numbers).put(
                        Long.parseLong(choice.substring(0, mark)),
                        Integer.parseInt(choice.substring(mark + 1)));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IllegalArgumentException(
                        "choices must be like \"17=2,31=0\", as a failed exploration prints them, was \"" + choices
                                + "\"",
                        e);
            }
        }
    }

    /// The occasion that `choices` begin with; 0 when they do not.
    static int occasion(@Nullable String choices) {
        int mark = choices == null ? -1 : choices.indexOf('!');
        try {
            return choices == null || mark < 0 ? 0 : Integer.parseInt(choices.substring(0, mark).trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("choices must begin like \"3!\", was \"" + choices + "\"", e);
        }
    }

    static String withOccasion(int occasion, String choices) {
        return occasion + "!" + choices;
    }

    @Override
    public int choose(long step, int current, boolean goesOn, long can, long early, int byDefault, long state) {
        Integer choice = strands.get(step);
        if (choice == null) {
            return byDefault;
        }
        if (choice < 0 || choice > 63 || ((can | early) & (1L << choice)) == 0) {
            if (!strict) {
                return byDefault;
            }
            throw new Divergence("Strand " + choice + " was to be chosen at act " + step + ", and cannot run there");
        }
        return choice;
    }

    @Override
    public int number(long step, int n) {
        Integer choice = numbers.get(step);
        if (choice != null && (choice < 0 || choice >= n)) {
            if (!strict) {
                return 0;
            }
            throw new Divergence(
                    "Number " + choice + " was to be chosen at act " + step + ", but it must be below " + n);
        }
        return choice == null ? 0 : choice;
    }

    @Override
    public boolean next() {
        return false;
    }

    @Override
    public boolean isEverywhere() {
        return true;
    }
}
