package dev.millrace.testing.explore.engine;

import java.util.SplittableRandom;

/// Each choice by chance. A deadline passes early in one of eight cases.
final class RandomWalk implements Strategy {
    private final SplittableRandom random;

    RandomWalk(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public int choose(long step, int current, boolean goesOn, long can, long early, int byDefault, long state) {
        if (early != 0 && random.nextInt(8) == 0) {
            return Strategy.nth(early, random.nextInt(Strategy.count(early)));
        }
        return Strategy.nth(can, random.nextInt(Strategy.count(can)));
    }

    @Override
    public int number(long step, int n) {
        return random.nextInt(n);
    }

    @Override
    public boolean next() {
        return true;
    }
}
