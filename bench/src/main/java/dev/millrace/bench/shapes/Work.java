package dev.millrace.bench.shapes;

/// What is done with a lock held, and after it. The inside goes on with what the last one has left, so nobody can do it before he has
/// the lock; that is checked in the end.
///
/// @param inside steps with the lock held
/// @param outside steps without it
/// @param yields whether who has the lock lets others run meanwhile, so that they come to it and have to wait
/// @param last what the inside has come to in the end
record Work(int inside, int outside, boolean yields, long last) {
    /// How many sections all goroutines of one invocation go through together.
    static final int SECTIONS = 200_000;

    /// The same where somebody waits in each of them.
    static final int WAITING_SECTIONS = 20_000;

    static final long SEED = 88_172_645_463_325_252L;

    /// Nothing but a counter.
    static final Work NONE = new Work(0, 0, false, SEED);

    /// Thirty steps inside, thirty outside.
    static final Work SOME = new Work(30, 30, false, steps(SEED, 30 * SECTIONS));

    /// The scheduler is called inside.
    static final Work YIELD = new Work(0, 0, true, SEED);

    int sections() {
        return yields ? WAITING_SECTIONS : SECTIONS;
    }

    /// Steps that need each other and that no compiler shortens, a third of Marsaglia's xorshift each. Never answers 0, but for 0.
    static long steps(long from, int count) {
        long x = from;
        for (int i = 0; i < count; i += 3) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }
}
