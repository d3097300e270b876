package dev.millrace.http;

/// What one message may carry of a context's values, counted as it is written or read.
final class Caps {
    static final int VALUE = 8 << 10;
    static final int TOTAL = 64 << 10;
    static final int ENTRIES = 64;

    private int total;
    private int entries;

    /// How many things were dropped.
    int dropped;

    /// Whether one more value fits; it is then counted in. If not, that is counted as dropped.
    boolean admit(int name, int value) {
        boolean fits = value <= VALUE && entries < ENTRIES && total + name + value <= TOTAL;
        if (!fits) {
            dropped++;
            return false;
        }
        entries++;
        total += name + value;
        return true;
    }
}
