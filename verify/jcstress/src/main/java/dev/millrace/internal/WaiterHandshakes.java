package dev.millrace.internal;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/// One compare-and-set decides a wait, and publishes what came before it.
///
/// Where a test reads a plain field before and after the look at the state, the first read is there for the compiler: without the
/// order that the state gives it may answer the second by the first.
public final class WaiterHandshakes {
    private WaiterHandshakes() {}

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "not claimed yet")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "claimed, and what came before is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "claimed, and what came before is not seen")
    public static class Publishes {
        private final Waiter waiter = new Waiter(Scheduler.real());
        private int plain;

        @Actor
        public void claim() {
            plain = 1;
            waiter.claim(Waiter.READY);
        }

        @Actor
        public void look(ZII_Result r) {
            r.r2 = Pause.after(plain);
            r.r1 = waiter.hasCome();
            r.r3 = plain;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"true, false, READY", "false, true, CLOSED"}, expect = Expect.ACCEPTABLE, desc = "one wins")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both win, or the outcome is the other's")
    public static class IsClaimedOnce {
        private final Waiter waiter = new Waiter(Scheduler.real());

        @Actor
        public void one(ZZL_Result r) {
            r.r1 = waiter.claim(Waiter.READY);
        }

        @Actor
        public void two(ZZL_Result r) {
            r.r2 = waiter.claim(Waiter.CLOSED);
        }

        @Arbiter
        public void outcome(ZZL_Result r) {
            r.r3 = String.valueOf(waiter.outcome());
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "it wakes, and sees what came before the claim")
    @Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "the wake-up was lost")
    @Outcome(expect = Expect.FORBIDDEN, desc = "what came before the claim is not seen")
    public static class ParksAgainstClaim {
        private final Rescue rescue = new Rescue();
        private volatile @Nullable Waiter shown;
        private int plain;

        @Actor
        public void waits(ZI_Result r) {
            var waiter = new Waiter(Scheduler.real());
            rescue.begin();
            shown = waiter;
            r.r1 = waiter.await("a claim") == Waiter.READY;
            r.r2 = plain;
            rescue.end();
        }

        @Actor
        public void claims() {
            Waiter waiter;
            while ((waiter = shown) == null) {
                Thread.onSpinWait();
            }
            plain = 1;
            if (waiter.claim(Waiter.READY)) {
                waiter.wake();
            }
            rescue.watch();
        }
    }
}
