package dev.millrace.sync;

import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The keys of a concurrent map, each once: the first few as they are asked for, then all others at once.
///
/// The JDK's iterator may show a key twice: taken out after it was shown and put in again, it stands behind the iterator's
/// place in the same chain. So what was shown is remembered. The first few are compared with each other, so that who stops
/// soon pays for what it saw. The others are read to the end before the next is shown, so that who adds a key for each comes
/// to an end, and sifted by a table of positions with open addressing.
final class Distinct<K> {
    private static final int FEW = 8;

    private final Iterator<K> source;
    private Object[] keys = new Object[FEW];
    private int known; // distinct ones at the front of keys
    private int shown;

    Distinct(Iterator<K> source) {
        this.source = source;
    }

    /// One that was not shown before; null when there is none.
    @SuppressWarnings("unchecked") // keys are the source's
    @Nullable K next() {
        return shown < known || findMore() ? (K) keys[shown++] : null;
    }

    private boolean findMore() {
        while (known < FEW && source.hasNext()) {
            K key = source.next();
            if (isNew(key)) {
                keys[known++] = key;
                return true;
            }
        }
        return source.hasNext() && readRest();
    }

    private boolean isNew(K key) {
        for (int i = 0; i < known; i++) {
            if (keys[i].equals(key)) {
                return false;
            }
        }
        return true;
    }

    private boolean readRest() {
        int read = known;
        while (source.hasNext()) {
            if (read == keys.length) {
                keys = Arrays.copyOf(keys, 2 * read);
            }
            keys[read++] = source.next();
        }
        known = sift(keys, read);
        return shown < known;
    }

    /// Moves the first of each group of equal keys to the front, in order. Answers how many there are.
    static int sift(Object[] keys, int length) {
        int bits = Math.min(29, Integer.SIZE - Integer.numberOfLeadingZeros(length));
        int[] table = new int[2 << bits]; // a position plus 1; with room for all, and mostly not half full
        int kept = 0;
        for (int i = 0; i < length; i++) {
            Object key = keys[i];
            int at = (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - 1 - bits); // hashes may differ in few bits only
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
