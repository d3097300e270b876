package dev.millrace.testing.explore;

import java.time.Duration;
import java.util.List;

/// What an exploration did in which no schedule failed.
///
/// @param schedules how many schedules ran
/// @param complete whether these are all, of what was asked for: all with so many preemptions, or so many by chance
/// @param acts the most acts of one schedule that other threads could see
/// @param points the fields at which threads can come to the same object in either order, and were made to
/// @param races the fields in which there were races, where they are allowed
/// @param occasions for a sweep, how many occasions there were: each had an exploration of its own
/// @param took how long it took
public record Explored(
        long schedules, boolean complete, long acts, List<String> points, List<String> races, int occasions,
        Duration took) {
    /// Makes the lists unchangeable.
    public Explored {
        points = List.copyOf(points);
        races = List.copyOf(races);
    }
}
