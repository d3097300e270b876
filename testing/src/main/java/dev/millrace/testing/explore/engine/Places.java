package dev.millrace.testing.explore.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The places that the strands of one schedule have come to: who was there last, and when by the clocks of happens-before. So it is seen which acts could
/// have come in either order.
///
/// A hash table by identity, emptied between schedules by a number.
final class Places {
    private static final class Place {
        @Nullable Object object;
        int field;
        int index;
        int schedule;

        int writer; // strand, -1: nobody
        int written; // its clock then
        int writeSite;
        boolean plainWrite;
        int[] read = {}; // clock of each strand's last read
        int[] readSite = {};
        long plainReads; // a bit for each strand
        int @Nullable [] released;
        long lastWrite; // the hash of that act
        long lastReads; // the sum of those since

        void begin(Object object, int field, int index, int schedule) {
            this.object = object;
            this.field = field;
            this.index = index;
            this.schedule = schedule;
            writer = -1;
            Arrays.fill(read, 0);
            plainReads = 0;
            released = null;
            lastWrite = 0;
            lastReads = 0;
        }
    }

    /// Two acts that could have come in either order, one of them plain.
    ///
    /// @param other the strand that was first
    record Race(int field, int other, int otherSite, boolean otherWrote, int site, boolean wrote) {}

    private @Nullable Place[] table = new Place[1024];
    private int used;
    private int schedule = 1;
    private long state;
    private final Catalog catalog;

    Places(Catalog catalog) {
        this.catalog = catalog;
    }

    void clear() {
        schedule++;
        used = 0;
        state = 0;
    }

    /// A number for what has happened up to now, apart from the order of acts between which it makes no difference: the sum of a hash for each act, which has in it
    /// those that it follows, of its own strand and at its place. Schedules that have come to the same number have come to the same state.
    long state() {
        return state;
    }

    /// `s` has seen something else that others may decide.
    void seen(Strand s, long what) {
        s.hash = mix(s.hash + 0x9E3779B97F4A7C15L * (what + 1) + s.index);
        state += s.hash;
    }

    static long mix(long h) {
        long z = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private Place find(Object object, int field, int index) {
        int hash = System.identityHashCode(object) * 31 + field * 17 + index;
        hash ^= hash >>> 15;
        for (int i = hash & (table.length - 1);; i = (i + 1) & (table.length - 1)) {
            Place p = table[i];
            if (p == null || p.schedule != schedule) {
                if (used >= table.length / 2) {
                    grow();
                    return find(object, field, index);
                }
                if (p == null) {
                    p = new Place();
                    table[i] = p;
                }
                used++;
                p.begin(object, field, index, schedule);
                return p;
            }
            if (p.object == object && p.field == field && p.index == index) {
                return p;
            }
        }
    }

    private void grow() {
        @Nullable Place[] old = table;
        table = new Place[2 * old.length];
        for (Place p : old) {
            if (p != null && p.schedule == schedule && p.object != null) {
                int hash = System.identityHashCode(p.object) * 31 + p.field * 17 + p.index;
                hash ^= hash >>> 15;
                int i = hash & (table.length - 1);
                while (table[i] != null) {
                    i = (i + 1) & (table.length - 1);
                }
                table[i] = p;
            }
        }
    }

    /// Notes that `s` does at `site` what `kind` says. Answers a race when it is one with an earlier act; an act that could have come in either order without
    /// being a race makes the field a point.
    @Nullable Race act(Strand s, Object object, int field, int index, int kind, int site) {
        Place p = find(object, field, index);
        int me = s.index;
        boolean writes = (kind & Access.WRITE) != 0;
        boolean plain = (kind & (Access.OPAQUE | Access.ACQUIRE | Access.RELEASE)) == 0;
        boolean coarse = (kind & Access.COARSE) != 0;
        Race race = null;
        long hash = mix(mix(s.hash + 31L * me + kind) + 3 * p.lastWrite + (writes ? 5 * p.lastReads : 0));
        s.hash = hash;
        state += hash;
        if (writes) {
            p.lastWrite = hash;
            p.lastReads = 0;
        } else {
            p.lastReads += hash;
        }
        if (p.writer >= 0 && p.writer != me && p.written > s.time(p.writer)) {
            if (plain || p.plainWrite) {
                race = new Race(field, p.writer, p.writeSite, true, site, writes);
            } else if (!coarse) {
                catalog.makePoint(field);
            }
        }
        if (writes) {
            for (int t = 0; t < p.read.length; t++) {
                if (t != me && p.read[t] > s.time(t)) {
                    if (plain || (p.plainReads & (1L << t)) != 0) {
                        race = race == null ? new Race(field, t, p.readSite[t], false, site, true) : race;
                    } else if (!coarse) {
                        catalog.makePoint(field);
                    }
                }
            }
        }
        if ((kind & Access.READ) != 0) {
            if ((kind & Access.ACQUIRE) != 0) {
                s.join(p.released);
            }
            if (p.read.length <= me) {
                p.read = Arrays.copyOf(p.read, Math.max(4, me + 1));
                p.readSite = Arrays.copyOf(p.readSite, p.read.length);
            }
            p.read[me] = s.clock[me];
            p.readSite[me] = site;
            p.plainReads = plain ? p.plainReads | s.bit() : p.plainReads & ~s.bit();
        }
        if (writes) {
            p.writer = me;
            p.written = s.clock[me];
            p.writeSite = site;
            p.plainWrite = plain;
            if ((kind & Access.RELEASE) != 0) {
                int[] now = s.release();
                boolean keeps = p.released != null && (kind & (Access.VOLATILE | Access.READ)) != Access.RELEASE;
                p.released = keeps ? later(now, p.released) : now;
            } else if ((kind & Access.READ) == 0) {
                p.released = null; // who reads this value has not read the released one
            }
        }
        return race;
    }

    private static int[] later(int[] a, int @Nullable [] b) {
        if (b == null) {
            return a;
        }
        int[] both = a.length >= b.length ? a : Arrays.copyOf(a, b.length);
        for (int i = 0; i < b.length; i++) {
            both[i] = Math.max(both[i], b[i]);
        }
        return both;
    }
}
