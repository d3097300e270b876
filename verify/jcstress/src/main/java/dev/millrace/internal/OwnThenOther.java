package dev.millrace.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/// Each writes its own and then reads the other's, so at least one sees the other.
public final class OwnThenOther {
    private OwnThenOther() {}

    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "let through, by the one or the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "held behind an open gate")
    public static class GateIsOpened {
        private static final Thread NOBODY = Thread.ofPlatform().unstarted(() -> {});

        private final Gate gate = new Gate();

        public GateIsOpened() {
            gate.shut();
        }

        @Actor
        public void hold() {
            gate.hold(NOBODY);
        }

        @Actor
        public void open() {
            gate.open();
        }

        @Arbiter
        public void list(Z_Result r) {
            r.r1 = Inside.isEmpty(gate);
        }
    }

    /// The two lines of [Fairness], copied: there they are within the life of a thread that lasts seconds.
    static final class Asking {
        private volatile boolean asked;
        private volatile boolean warden = true;

        /// Whether it has to start a warden.
        boolean ask() {
            asked = true;
            return !warden;
        }

        /// Whether the warden, which is about to go, has to stay.
        boolean leave() {
            warden = false;
            return asked;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"true, .*", ".*, true"}, expect = Expect.ACCEPTABLE, desc = "somebody looks")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asked, and nobody looks")
    public static class WardenIsAsked {
        private final Asking asking = new Asking();

        @Actor
        public void ask(ZZ_Result r) {
            r.r1 = asking.ask();
        }

        @Actor
        public void leave(ZZ_Result r) {
            r.r2 = asking.leave();
        }
    }
}
