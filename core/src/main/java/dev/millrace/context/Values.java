package dev.millrace.context;

import dev.millrace.internal.Tuning;
import org.jspecify.annotations.Nullable;

/// The values of a context: an immutable map from keys, by identity, to values.
///
/// Every context has the whole map of what it sees, so a lookup walks no chain: up to [Tuning#FLAT_VALUES] entries it is a
/// scan of a flat array; above, a hash trie that shares all but one path with the map it was made from (P. Bagwell, "Ideal
/// Hash Trees", 2001). Keys are numbered, and the numbers' mixed bits are the hash: no two keys collide, and no user's
/// `hashCode` or `equals` ever runs.
///
/// What is not in the map is asked of `outer`, which only contexts over a foreign source or several parents have.
final class Values {
    /// Where values come from that are not in the map.
    interface Outer {
        @Nullable Object value(Context.Key<?> key);
    }

    static final Values NONE = new Values(new Object[0], null, null);

    /// Stands for a value that is hidden from `outer`.
    private static final Object HIDDEN = new Object();

    private final Object[] flat; // key, value, key, value, …; not used when there is a trie
    private final Object @Nullable [] trie;
    private final @Nullable Outer outer;

    private Values(Object[] flat, Object @Nullable [] trie, @Nullable Outer outer) {
        this.flat = flat;
        this.trie = trie;
        this.outer = outer;
    }

    /// No values of its own over `outer`.
    static Values over(Outer outer) {
        return new Values(NONE.flat, null, outer);
    }

    /// These values, and where there is none, those of `further`.
    Values before(Outer further) {
        return over(key -> {
            Object v = get(key);
            return v == null ? further.value(key) : v;
        });
    }

    /// The value of `key`, null when there is none.
    @Nullable Object get(Context.Key<?> key) {
        Object v = trie == null ? scan(key) : Trie.get(trie, key);
        if (v == null) {
            return outer == null ? null : outer.value(key);
        }
        return v == HIDDEN ? null : v;
    }

    private @Nullable Object scan(Context.Key<?> key) {
        Object[] entries = flat;
        for (int i = 0; i < entries.length; i += 2) {
            if (entries[i] == key) {
                return entries[i + 1];
            }
        }
        return null;
    }

    Values with(Context.Key<?> key, Object value) {
        if (trie != null) {
            return new Values(flat, Trie.put(trie, key, value), outer);
        }
        int length = flat.length;
        for (int i = 0; i < length; i += 2) {
            if (flat[i] == key) {
                Object[] copy = flat.clone();
                copy[i + 1] = value;
                return new Values(copy, null, outer);
            }
        }
        if (length == 2 * Tuning.FLAT_VALUES) {
            Object[] root = Trie.EMPTY;
            for (int i = 0; i < length; i += 2) {
                root = Trie.put(root, (Context.Key<?>) flat[i], flat[i + 1]);
            }
            return new Values(NONE.flat, Trie.put(root, key, value), outer);
        }
        // The newest stands first: what was set last is asked for most.
        Object[] longer = new Object[length + 2];
        longer[0] = key;
        longer[1] = value;
        System.arraycopy(flat, 0, longer, 2, length);
        return new Values(longer, null, outer);
    }

    Values without(Context.Key<?> key) {
        return outer == null && get(key) == null ? this : with(key, HIDDEN);
    }

    /// A hash trie with 16 ways. A node is an array of pairs behind a bitmap; a pair is a key and its value, or null and
    /// the node below.
    private static final class Trie {
        static final Object[] EMPTY = {0};

        private Trie() {}

        static @Nullable Object get(Object[] root, Context.Key<?> key) {
            Object[] node = root;
            for (int hash = key.hash;; hash >>>= 4) {
                int map = (int) node[0];
                int bit = 1 << (hash & 15);
                if ((map & bit) == 0) {
                    return null;
                }
                int at = 1 + 2 * Integer.bitCount(map & bit - 1);
                Object k = node[at];
                if (k == key) {
                    return node[at + 1];
                }
                if (k != Below.BELOW) {
                    return null;
                }
                node = (Object[]) node[at + 1];
            }
        }

        static Object[] put(Object[] root, Context.Key<?> key, Object value) {
            return put(root, key, value, 0);
        }

        private static Object[] put(Object[] node, Context.Key<?> key, Object value, int shift) {
            int map = (int) node[0];
            int bit = 1 << (key.hash >>> shift & 15);
            int at = 1 + 2 * Integer.bitCount(map & bit - 1);
            if ((map & bit) == 0) {
                Object[] wider = new Object[node.length + 2];
                System.arraycopy(node, 0, wider, 0, at);
                wider[0] = map | bit;
                wider[at] = key;
                wider[at + 1] = value;
                System.arraycopy(node, at, wider, at + 2, node.length - at);
                return wider;
            }
            Object[] copy = node.clone();
            Object there = node[at];
            if (there == key) {
                copy[at + 1] = value;
            } else if (there == Below.BELOW) {
                copy[at + 1] = put((Object[]) node[at + 1], key, value, shift + 4);
            } else {
                Object[] below = put(EMPTY, (Context.Key<?>) there, node[at + 1], shift + 4);
                copy[at] = Below.BELOW;
                copy[at + 1] = put(below, key, value, shift + 4);
            }
            return copy;
        }

        private enum Below {
            BELOW
        }
    }
}
