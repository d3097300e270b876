package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.List;

/// All schedules with at most so many preemptions: first those with none, then one more each time. So the first failure is one with the fewest.
///
/// A state that was there before, with no more preemptions, is not gone on from again: whatever can follow it has been seen, or will be. The schedule is run to its end all
/// the same, by default.
///
/// A preemption is another choice than the one to go on, while that was possible; or a deadline that passes before it must. All else is free.
final class DepthFirst implements Strategy {
    private static final class Node {
        long step;
        int current;
        boolean goesOn;
        long can;
        long early;
        long left; // not tried yet
        int chosen;
        int before; // preemptions up to here
        int numbers; // > 0: a number was asked for, below this

        int cost(int choice) {
            return numbers == 0 && ((early & (1L << choice)) != 0 || (goesOn && choice != current)) ? 1 : 0;
        }
    }

    private final int most;
    private final boolean full;
    private final List<Node> path = new ArrayList<>();
    private int depth;
    private int bound;
    private int used; // preemptions of this schedule
    private final Visited visited = new Visited();
    private boolean known; // this schedule has come to a state that was there before
    private boolean cut; // something was left out, because it needs more preemptions

    /// @param full whether each state is gone on from, also a known one
    DepthFirst(int most, boolean full) {
        this.most = most;
        this.full = full;
    }

    int bound() {
        return bound;
    }

    @Override
    public int choose(long step, int current, boolean goesOn, long can, long early, int byDefault, long state) {
        if (known) {
            return byDefault;
        }
        if (used >= bound) {
            cut |= goesOn || early != 0;
            if (goesOn) {
                return byDefault;
            }
            early = 0;
            if ((can & (can - 1)) == 0) {
                return byDefault;
            }
        }
        if (depth == path.size()) {
            if (!full && visited.was(state, used)) {
                known = true;
                return byDefault;
            }
            Node node = new Node();
            node.step = step;
            node.current = current;
            node.goesOn = goesOn;
            node.can = can;
            node.early = early;
            node.chosen = byDefault;
            node.left = (can | early) & ~(1L << byDefault);
            node.before = used;
            path.add(node);
        }
        Node node = path.get(depth++);
        if (node.step != step || node.current != current || node.can != can || node.early != early) {
            throw new Divergence("At act " + step + " strands " + bits(can) + " could run, in the schedule before "
                    + bits(node.can) + " at act " + node.step);
        }
        used += node.cost(node.chosen);
        return node.chosen;
    }

    @Override
    public int number(long step, int n) {
        if (known) {
            return 0;
        }
        if (depth == path.size()) {
            Node node = new Node();
            node.step = step;
            node.numbers = n;
            node.left = (n == 64 ? -1L : (1L << n) - 1) & ~1L;
            node.before = used;
            path.add(node);
        }
        Node node = path.get(depth++);
        if (node.step != step || node.numbers != n) {
            throw new Divergence("At act " + step + " a number below " + n + " was asked for, in the schedule before "
                    + (node.numbers == 0 ? "a strand was chosen" : "one below " + node.numbers));
        }
        return node.chosen;
    }

    private static String bits(long strands) {
        var all = new ArrayList<String>();
        for (int i = 0; i < Strategy.count(strands); i++) {
            all.add(String.valueOf(Strategy.nth(strands, i)));
        }
        return String.join(", ", all);
    }

    @Override
    public boolean next() {
        if (depth < path.size()) {
            throw new Divergence("The schedule ended after " + depth + " choices, the one before had " + path.size()
                    + " up to there");
        }
        depth = 0;
        used = 0;
        known = false;
        while (!path.isEmpty()) {
            Node last = path.getLast();
            while (last.left != 0) {
                int choice = Long.numberOfTrailingZeros(last.left);
                last.left &= last.left - 1;
                if (last.before + last.cost(choice) <= bound) {
                    last.chosen = choice;
                    return true;
                }
                cut = true;
            }
            path.removeLast();
        }
        boolean more = cut && bound < most;
        bound++;
        cut = false;
        visited.clear();
        return more;
    }

    @Override
    public void restart() {
        path.clear();
        depth = 0;
        used = 0;
        known = false;
        cut = false;
        visited.clear();
    }
}
