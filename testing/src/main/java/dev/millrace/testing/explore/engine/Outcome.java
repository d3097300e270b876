package dev.millrace.testing.explore.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an exploration has found.
///
/// @param schedules how many ran
/// @param complete whether there are no others, of those that were asked for
/// @param acts the most acts of one schedule
/// @param points the fields that were points
/// @param racy the fields in which there were races that are allowed
/// @param nanos how long it took
/// @param occasions for a sweep, how many there were
/// @param report what to print, null when nothing failed
/// @param choices how to run the failed schedule again
/// @param thrown what the program threw
public record Outcome(
        long schedules,
        boolean complete,
        long acts,
        List<String> points,
        List<String> racy,
        long nanos,
        int occasions,
        @Nullable String report,
        @Nullable String choices,
        @Nullable Throwable thrown) {}
