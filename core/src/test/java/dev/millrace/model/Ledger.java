package dev.millrace.model;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/// What a model knows of a [Crowd]: who has started, and what became of whom.
public final class Ledger {
    private final Map<Integer, String> ended = new TreeMap<>();
    private int started;

    /// The number of the next one.
    public int start() {
        return started++;
    }

    public void end(int number, String outcome) {
        String before = ended.put(number, outcome);
        if (before != null) {
            throw new IllegalStateException("the model ends " + number + " twice: " + before + ", " + outcome);
        }
    }

    public boolean hasEnded(int number) {
        return ended.containsKey(number);
    }

    /// Whom [Crowd#cancel] and [Crowd#interrupt] of the same number mean; -1 when nobody waits.
    public int cancelled(int which) {
        var living = new ArrayList<Integer>();
        for (int i = 0; i < started; i++) {
            if (!ended.containsKey(i)) {
                living.add(i);
            }
        }
        return living.isEmpty() ? -1 : living.get(which % living.size());
    }

    public Map<Integer, String> ended() {
        return new TreeMap<>(ended);
    }
}
