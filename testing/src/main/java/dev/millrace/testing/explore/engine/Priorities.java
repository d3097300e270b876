package dev.millrace.testing.explore.engine;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs (ASPLOS 2010).
///
/// Each strand has a priority by chance, and of those who can run the highest runs. At `depth - 1` choices by chance the one that runs gets a
/// priority below all others. A bug that needs `depth` choices is found in one schedule with a probability of at least 1 / (n k^(depth - 1)), for n strands and k choices.
final class Priorities implements Strategy {
    private final SplittableRandom random;
    private final int depth;
    private final long[] priority = new long[64];
    private long[] changes;
    private int choices;
    private int mostChoices = 32;
    private long lowest;

    Priorities(long seed, int depth) {
        random = new SplittableRandom(seed);
        this.depth = depth;
        changes = new long[depth - 1];
        next();
    }

    @Override
    public int choose(long step, int current, boolean goesOn, long can, long early, int byDefault, long state) {
        choices++;
        if (Arrays.binarySearch(changes, choices) >= 0) {
            if (early != 0 && random.nextBoolean()) {
                return Strategy.nth(early, random.nextInt(Strategy.count(early)));
            }
            priority[highest(can)] = --lowest;
        }
        return highest(can);
    }

    private int highest(long can) {
        int best = -1;
        for (int i = 0; i < Strategy.count(can); i++) {
            int t = Strategy.nth(can, i);
            if (best < 0 || priority[t] > priority[best]) {
                best = t;
            }
        }
        return best;
    }

    @Override
    public int number(long step, int n) {
        return random.nextInt(n);
    }

    @Override
    public boolean next() {
        mostChoices = Math.max(mostChoices * 7 / 8, Math.max(choices, 4));
        choices = 0;
        lowest = 0;
        for (int i = 0; i < priority.length; i++) {
            priority[i] = random.nextLong(Long.MAX_VALUE);
        }
        changes = random.longs(depth - 1, 1, mostChoices + 1L).sorted().toArray();
        return true;
    }
}
