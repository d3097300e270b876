package dev.millrace.testing.explore.engine;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How to explore.
///
/// @param strategy what chooses
/// @param preemptions most preemptions, depth first
/// @param depth how many times a priority changes, by priorities
/// @param seed of the strategies by chance
/// @param schedules most schedules
/// @param time most time
/// @param races whether a race is no failure
/// @param early whether a deadline may pass while others could run
/// @param acts most acts of one schedule
/// @param left prefixes of the names of classes that are not rewritten
/// @param coarse prefixes of the names of classes whose acts are no points, but where they wait
/// @param replay the choices to run again
/// @param sweep what is injected
/// @param planting the fault that is planted, if any
/// @param full whether each act is a point and no state is taken to be known: to see that what is left out makes no difference
public record Settings(
        Kind strategy,
        int preemptions,
        int depth,
        long seed,
        long schedules,
        Duration time,
        boolean races,
        boolean early,
        long acts,
        List<String> left,
        List<String> coarse,
        @Nullable String replay,
        @Nullable Sweep sweep,
        @Nullable Planting planting,
        boolean full) {

    /// The same, with a planted fault.
    public Settings with(@Nullable Planting planted) {
        return new Settings(
                strategy, preemptions, depth, seed, schedules, time, races, early, acts, left, coarse, replay, sweep,
                planted, full);
    }

    /// The same, with something that is injected.
    public Settings with(Sweep injected) {
        return new Settings(
                strategy, preemptions, depth, seed, schedules, time, races, early, acts, left, coarse, replay, injected,
                planting, full);
    }

    /// The packages of this library, as prefixes of the names of classes.
    public static final List<String> LIBRARY = List.of(
            "dev.millrace.atomic.", "dev.millrace.chan.", "dev.millrace.context.", "dev.millrace.go.",
            "dev.millrace.group.", "dev.millrace.internal.", "dev.millrace.pipeline.", "dev.millrace.probe.",
            "dev.millrace.sync.", "dev.millrace.time.");

    /// The strategies.
    public enum Kind {
        /// All schedules up to a number of preemptions.
        DEPTH_FIRST,
        /// Each choice by chance.
        RANDOM,
        /// By priorities that change a few times.
        PRIORITIES,
        /// One schedule that was written down.
        REPLAY
    }

    /// What may be injected.
    public enum Sweep {
        /// A park that returns for no reason.
        WAKE_UP,
        /// An interrupt of a thread that waits.
        INTERRUPT,
        /// No memory for a new object.
        ALLOCATION
    }
}
