package dev.millrace.sync;

/// Each of several keys once.
///
/// The JDK's iterator over the keys of a concurrent map may show one twice: taken out after it was shown and put in again,
/// it stands behind the iterator's place in the same chain. So what it showed is sifted, by a table of positions with open
/// addressing.
final class Distinct {
    private Distinct() {}

    /// Moves the first of each group of equal keys to the front, in order. Answers how many there are.
    static int sift(Object[] keys) {
        int bits = Math.min(29, Integer.SIZE - Integer.numberOfLeadingZeros(keys.length));
        int[] table = new int[2 << bits]; // a position plus 1; with room for all, and mostly not half full
        int kept = 0;
        for (Object key : keys) {
            int at = key.hashCode() * 0x9E3779B9 >>> Integer.SIZE - 1 - bits; // hashes may differ in few bits only
            while (table[at] != 0 && !keys[table[at] - 1].equals(key)) {
                at = at + 1 & table.length - 1;
            }
            if (table[at] == 0) {
                keys[kept++] = key;
                table[at] = kept;
            }
        }
        return kept;
    }
}
