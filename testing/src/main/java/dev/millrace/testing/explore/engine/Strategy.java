package dev.millrace.testing.explore.engine;

/// What chooses.
interface Strategy {
    /// Who runs next.
    ///
    /// @param step how many acts there were in this schedule
    /// @param current who has the baton
    /// @param goesOn whether that one could go on
    /// @param can who can, as bits; more than one, together with `early`
    /// @param early whose deadline could pass now
    /// @param byDefault who it is when nobody decides otherwise
    /// @param state what has happened up to now: see [Places#state()]
    int choose(long step, int current, boolean goesOn, long can, long early, int byDefault, long state);

    /// A number below `n`.
    int number(long step, int n);

    /// Begins the next schedule; false when there is none.
    boolean next();

    /// Begins from the start: what was seen before does not fit any more.
    default void restart() {}

    /// Whether each act is a point, for choices that were written down.
    default boolean isEverywhere() {
        return false;
    }

    /// The number of strands, for `bits`.
    static int count(long bits) {
        return Long.bitCount(bits);
    }

    /// The `n`th strand of `bits`, from 0.
    static int nth(long bits, int n) {
        long rest = bits;
        for (int i = 0; i < n; i++) {
            rest &= rest - 1;
        }
        return Long.numberOfTrailingZeros(rest);
    }
}
