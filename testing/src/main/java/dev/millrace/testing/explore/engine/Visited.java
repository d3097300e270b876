package dev.millrace.testing.explore.engine;

import java.util.Arrays;

/// The states in which a choice was made, by number, each with the fewest preemptions that it took to get there. Bounded: when it is full, it learns no more.
final class Visited {
    private static final int MOST = 1 << 22;

    private long[] states = new long[1 << 12];
    private byte[] used = new byte[states.length];
    private int size;

    void clear() {
        Arrays.fill(states, 0);
        size = 0;
    }

    /// Whether the state was there before, with at most so many preemptions; if not, it is from now on.
    boolean was(long state, int preemptions) {
        long key = state == 0 ? 1 : state;
        int i = index(key);
        while (states[i] != 0 && states[i] != key) {
            i = (i + 1) & (states.length - 1);
        }
        if (states[i] == key) {
            if (used[i] <= preemptions) {
                return true;
            }
            used[i] = (byte) preemptions;
            return false;
        }
        if (size < MOST) {
            states[i] = key;
            used[i] = (byte) Math.min(preemptions, Byte.MAX_VALUE);
            if (++size > states.length / 2) {
                grow();
            }
        }
        return false;
    }

    private int index(long key) {
        return (int) (key ^ (key >>> 32)) & (states.length - 1);
    }

    private void grow() {
        long[] oldStates = states;
        byte[] oldUsed = used;
        states = new long[2 * oldStates.length];
        used = new byte[states.length];
        for (int o = 0; o < oldStates.length; o++) {
            if (oldStates[o] != 0) {
                int i = index(oldStates[o]);
                while (states[i] != 0) {
                    i = (i + 1) & (states.length - 1);
                }
                states[i] = oldStates[o];
                used[i] = oldUsed[o];
            }
        }
    }
}
