package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Settings;
import org.jspecify.annotations.Nullable;

/// A protocol, and how it is explored.
///
/// @param preemptions how many at most, in the quick tier
/// @param early whether deadlines may pass while others could run: not where they are there for the case that something is wrong
/// @param sweep what is injected at each occasion
record Case(String name, int preemptions, boolean early, Settings.@Nullable Sweep sweep, Suite.Protocol protocol) {
    static Case of(String name, int preemptions, Suite.Protocol protocol) {
        return new Case(name, preemptions, true, null, protocol);
    }

    /// With deadlines that pass only when nobody can run.
    static Case punctual(String name, int preemptions, Suite.Protocol protocol) {
        return new Case(name, preemptions, false, null, protocol);
    }

    static Case wakeUps(String name, Suite.Protocol protocol) {
        return new Case(name, 2, true, Settings.Sweep.WAKE_UP, protocol);
    }

    /// Of one with many orders: with one preemption in the quick tier.
    static Case wakeUpsFew(String name, Suite.Protocol protocol) {
        return new Case(name, 1, true, Settings.Sweep.WAKE_UP, protocol);
    }

    static Case interrupts(String name, Suite.Protocol protocol) {
        return new Case(name, 2, true, Settings.Sweep.INTERRUPT, protocol);
    }

    /// Of one with many orders: with one preemption in the quick tier.
    static Case interruptsFew(String name, Suite.Protocol protocol) {
        return new Case(name, 1, true, Settings.Sweep.INTERRUPT, protocol);
    }

    static Case allocations(String name, Suite.Protocol protocol) {
        return new Case(name, 1, true, Settings.Sweep.ALLOCATION, protocol);
    }

    /// Of one where it is what is made that matters, and not who comes first. Deadlines pass when nobody can run.
    static Case scarce(String name, Suite.Protocol protocol) {
        return new Case(name, 0, false, Settings.Sweep.ALLOCATION, protocol);
    }

    /// How many preemptions in the full tier: of a sweep each is explored once for every occasion.
    int most() {
        return sweep == null ? Math.max(3, preemptions) : preemptions == 0 ? 1 : Math.max(2, preemptions);
    }

    @Override
    public String toString() {
        return sweep == null ? name : name + ", " + sweep;
    }
}
