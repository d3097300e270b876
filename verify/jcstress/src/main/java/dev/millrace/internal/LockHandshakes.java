package dev.millrace.internal;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/// Spin locks, the look at what a sequence lock guards, and the slot of a pool.
public final class LockHandshakes {
    private LockHandshakes() {}

    @JCStressTest
    @State
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "each section sees the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two sections at once")
    public static class SpinLockExcludes {
        private final SpinLock lock = new SpinLock();
        private int plain;

        private void section() {
            lock.lock();
            plain++;
            lock.unlock();
        }

        @Actor
        public void one() {
            section();
        }

        @Actor
        public void two() {
            section();
        }

        @Arbiter
        public void sum(I_Result r) {
            r.r1 = plain;
        }
    }

    /// The first column is a read before the stamp, for the compiler.
    @JCStressTest
    @State
    @Outcome(id = "[01], -1, -1", expect = Expect.ACCEPTABLE, desc = "the look failed")
    @Outcome(id = {"0, 0, 0", "[01], 1, 1"}, expect = Expect.ACCEPTABLE, desc = "what one section left behind")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a look that holds, at half of a section")
    public static class SeqLockIsReadAtOneInstant {
        private final SeqLock lock = new SeqLock();
        private int a;
        private int b;

        @Actor
        public void section() {
            lock.lock();
            a = 1;
            b = 1;
            lock.unlock();
        }

        @Actor
        public void look(III_Result r) {
            r.r1 = Pause.after(a);
            int stamp = lock.stamp();
            int sawA = a;
            int sawB = b;
            boolean holds = lock.unchanged(stamp);
            r.r2 = holds ? sawA : -1;
            r.r3 = holds ? sawB : -1;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "the section has not ended")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "it has, and is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it has, and is not seen")
    public static class SeqLockPublishes {
        private final SeqLock lock = new SeqLock();
        private int plain;

        @Actor
        public void section() {
            lock.lock();
            plain = 1;
            lock.unlock();
        }

        @Actor
        public void look(ZII_Result r) {
            r.r2 = Pause.after(plain);
            r.r1 = lock.stamp() == 2;
            r.r3 = plain;
        }
    }

    /// Few items go round in one pool, through all states of the test; so both mostly want the same one. Each item counts who has it.
    @JCStressTest
    @State
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "whoever has an item has it alone")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one item, given to two")
    public static class PoolGivesToOne {
        private static final Stash STASH = new Stash();
        private static final int SELDOM = 1000;

        private static int misses; // a pool may lose an item: from time to time there is a new one

        private static final class Item {
            private final AtomicInteger owners = new AtomicInteger();
        }

        private static int use() {
            Item item = (Item) STASH.take();
            if (item == null) {
                if (++misses % SELDOM != 1) {
                    return 0;
                }
                item = new Item();
            }
            int others = item.owners.getAndIncrement();
            item.owners.getAndDecrement();
            if (others == 0) {
                STASH.put(item);
            }
            return others;
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = use();
        }

        @Actor
        public void two(II_Result r) {
            r.r2 = use();
        }
    }
}
