package dev.millrace.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What somebody may have meant.
final class Nearest {
    private static final int MOST = 3;

    private Nearest() {}

    /// At most three of `names`, the nearest first: few slips of the pen away, or with the same beginning.
    static List<String> of(String typed, List<String> names) {
        String lower = typed.toLowerCase(Locale.ROOT);
        int slips = Math.max(1, (typed.length() + 1) / 3);
        return names.stream()
                .filter(n -> distance(lower, n) <= slips || (!lower.isEmpty() && n.contains(lower)))
                .sorted(Comparator.comparingInt(n -> distance(lower, n)))
                .limit(MOST)
                .toList();
    }

    /// How many letters must be changed, left out or put in (Levenshtein).
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
