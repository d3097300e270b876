package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Settings;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A protocol, and how it is explored.
///
/// @param preemptions how many at most, in the quick tier
/// @param full how many in the full tier: 3 of handshakes, else 2; of a sweep each is explored once for every occasion
/// @param early whether deadlines may pass while others could run: not where they are there for the case that something is wrong
/// @param sweep what is injected at each occasion
/// @param shows the reliability cases that it helps to prove
record Case(
        String name, int preemptions, int full, boolean early, Settings.@Nullable Sweep sweep, List<Integer> shows,
        Suite.Protocol protocol) {
    static Case of(String name, int preemptions, Suite.Protocol protocol) {
        return new Case(
                name, preemptions, preemptions == 0 ? 0 : Math.max(2, preemptions), true, null, List.of(), protocol);
    }

    /// With deadlines that pass only when nobody can run.
    static Case punctual(String name, int preemptions, Suite.Protocol protocol) {
        return new Case(name, preemptions, Math.max(2, preemptions), false, null, List.of(), protocol);
    }

    static Case wakeUps(String name, Suite.Protocol protocol) {
        return new Case(name, 2, 2, true, Settings.Sweep.WAKE_UP, List.of(9), protocol);
    }

    /// Of one with many orders: with one preemption in the quick tier.
    static Case wakeUpsFew(String name, Suite.Protocol protocol) {
        return new Case(name, 1, 2, true, Settings.Sweep.WAKE_UP, List.of(9), protocol);
    }

    static Case interrupts(String name, Suite.Protocol protocol) {
        return new Case(name, 2, 2, true, Settings.Sweep.INTERRUPT, List.of(10), protocol);
    }

    /// Of one with many orders: with one preemption in the quick tier.
    static Case interruptsFew(String name, Suite.Protocol protocol) {
        return new Case(name, 1, 2, true, Settings.Sweep.INTERRUPT, List.of(10), protocol);
    }

    static Case allocations(String name, Suite.Protocol protocol) {
        return new Case(name, 1, 2, true, Settings.Sweep.ALLOCATION, List.of(40), protocol);
    }

    /// Of one where it is what is made that matters, and not who comes first. Deadlines pass when nobody can run.
    static Case scarce(String name, Suite.Protocol protocol) {
        return new Case(name, 0, 1, false, Settings.Sweep.ALLOCATION, List.of(40), protocol);
    }

    /// The same, for these reliability cases.
    Case shows(int... numbers) {
        return new Case(name, preemptions, full, early, sweep, IntStream.of(numbers).boxed().toList(), protocol);
    }

    /// The same, with so many preemptions in the full tier: 3 of a handshake, less than 2 where that is too many orders.
    Case upTo(int most) {
        return new Case(name, preemptions, most, early, sweep, shows, protocol);
    }

    @Override
    public String toString() {
        return sweep == null ? name : name + ", " + sweep;
    }
}
