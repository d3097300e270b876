package dev.millrace.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/// The way of a counter to 0: who sees it sees what was done before, and who waits is released.
public final class CountdownHandshakes {
    private CountdownHandshakes() {}

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "not 0 yet")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "0, and what came before is seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "0, and what came before is not seen")
    public static class Publishes {
        private final Countdown countdown = new Countdown("test");
        private int plain;

        public Publishes() {
            countdown.add(1);
        }

        @Actor
        public void end() {
            plain = 1;
            countdown.add(-1);
        }

        @Actor
        public void look(ZII_Result r) {
            r.r2 = Pause.after(plain);
            r.r1 = countdown.count() == 0;
            r.r3 = plain;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "both are counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one is lost")
    public static class CountsBoth {
        private final Countdown countdown = new Countdown("test");

        @Actor
        public void one() {
            countdown.add(1);
        }

        @Actor
        public void two() {
            countdown.add(2);
        }

        @Arbiter
        public void count(I_Result r) {
            r.r1 = countdown.count();
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "released, and sees what came before")
    @Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "never released")
    @Outcome(expect = Expect.FORBIDDEN, desc = "what came before is not seen")
    public static class AwaitAgainstZero {
        private final Countdown countdown = new Countdown("test");
        private final Rescue rescue = new Rescue();
        private int plain;

        public AwaitAgainstZero() {
            countdown.add(1);
        }

        @Actor
        public void waits(ZI_Result r) {
            rescue.begin();
            r.r1 = countdown.await(null) == Countdown.ZERO;
            r.r2 = plain;
            rescue.end();
        }

        @Actor
        public void ends() {
            plain = 1;
            countdown.add(-1);
            rescue.watch();
        }
    }
}
