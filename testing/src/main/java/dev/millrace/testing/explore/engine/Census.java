package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The places at which faults could be planted, and which of them a program reaches. May serve several explorations, one after the other.
public final class Census implements Planting {
    /// A place of the code.
    ///
    /// @param line in its source
    public record Place(Mutation mutation, int line) {}

    private final Predicate<Mutation> asked;
    private final List<Place> places = new ArrayList<>();
    private final Map<Mutation, Integer> numbers = new HashMap<>();
    private final BitSet reached = new BitSet();

    /// @param asked which of them are noted
    public Census(Predicate<Mutation> asked) {
        this.asked = asked;
    }

    boolean asksFor(Mutation mutation) {
        return asked.test(mutation);
    }

    /// The number of a place that was found while its class was loaded, perhaps once more.
    int note(Mutation mutation, int line) {
        return numbers.computeIfAbsent(mutation, m -> {
            places.add(new Place(m, line));
            return places.size() - 1;
        });
    }

    void reached(int number) {
        reached.set(number);
    }

    /// All places that were found, in classes that were loaded.
    public List<Place> places() {
        return List.copyOf(places);
    }

    /// Those that have been reached since this was asked last.
    public List<Mutation> takeReached() {
        List<Mutation> all = reached.stream().mapToObj(n -> places.get(n).mutation()).toList();
        reached.clear();
        return all;
    }
}
