package dev.millrace.examples;

/// How many rounds ended below what they should have reached.
final class Shortfall {
    private final long expected;
    private int rounds;
    private int below;
    private long lowest = Long.MAX_VALUE;

    Shortfall(long expected) {
        this.expected = expected;
    }

    void add(long total) {
        rounds++;
        below += total < expected ? 1 : 0;
        lowest = Math.min(lowest, total);
    }

    @Override
    public String toString() {
        return below + " of " + rounds + " rounds ended below " + expected + "; the lowest total is " + lowest;
    }
}
