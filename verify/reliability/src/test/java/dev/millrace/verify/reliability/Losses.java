package dev.millrace.verify.reliability;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What was lost in some runs of each of two, and whether ours lose more by more than luck.
///
/// How many threads a run loses is luck, and of no known distribution: often none, now and then very many. So nothing is said of means. All runs
/// are put in one order, and the ranks of ours are added (Mann and Whitney; equal ones share their ranks). If it made no difference whose a run is, each
/// choice of as many runs would be as likely to be ours; [#chance()] is the share of those choices whose ranks are as high, counted and not approximated.
record Losses(List<Integer> ours, List<Integer> control) {
    /// So seldom may two that lose alike be told apart.
    static final double LEVEL = 0.001;

    Losses {
        ours = List.copyOf(ours);
        control = List.copyOf(control);
    }

    boolean isMore() {
        return chance() < LEVEL;
    }

    /// How likely ranks as high as ours are when it makes no difference whose a run is.
    double chance() {
        int[] all = Stream.concat(ours.stream(), control.stream()).mapToInt(i -> i).toArray();
        int[] ranks = IntStream.of(all).map(i -> twiceTheRank(i, all)).toArray();
        int sum = IntStream.of(ranks).sum();
        var ways = new double[ours.size() + 1][sum + 1]; // to choose so many runs with that sum
        ways[0][0] = 1;
        for (int rank : ranks) {
            for (int n = ours.size(); n > 0; n--) {
                for (int s = sum; s >= rank; s--) {
                    ways[n][s] += ways[n - 1][s - rank];
                }
            }
        }
        int mine = IntStream.range(0, ours.size()).map(i -> ranks[i]).sum();
        double as = 0;
        double of = 0;
        for (int s = 0; s <= sum; s++) {
            of += ways[ours.size()][s];
            as += s >= mine ? ways[ours.size()][s] : 0;
        }
        return as / of;
    }

    /// Twice, for those that are equal share the mean.
    private static int twiceTheRank(int value, int[] all) {
        int less = 0;
        int same = 0;
        for (int other : all) {
            less += other < value ? 1 : 0;
            same += other == value ? 1 : 0;
        }
        return 2 * less + same + 1;
    }

    private static String shown(List<Integer> runs) {
        List<Integer> sorted = runs.stream().sorted().toList();
        return String.format(Locale.ROOT, "%d (median %d, %d to %d)", runs.stream().mapToInt(i -> i).sum(),
                sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT,
                "in %d runs ours lost %s, in %d the control %s: by luck with a chance of %.5f",
                ours.size(), shown(ours), control.size(), shown(control), chance());
    }
}
