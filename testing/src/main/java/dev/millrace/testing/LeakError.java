package dev.millrace.testing;

import java.util.List;
import java.util.stream.Collectors;

/// Something was left behind where nothing should be: the message names each leak, who started it and where, and what it waits for.
public final class LeakError extends AssertionError {
    private static final long serialVersionUID = 1;

    private final transient List<Leak> leaks;

    LeakError(String where, List<Leak> leaks) {
        super(LeakText.count(leaks) + " left behind by " + where
                + leaks.stream().map(l -> "\n" + l).collect(Collectors.joining()));
        this.leaks = List.copyOf(leaks);
    }

    /// What was left, in no order.
    public List<Leak> leaks() {
        return leaks;
    }
}
