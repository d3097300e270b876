package dev.millrace.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/// A node ends while somebody comes to hear of it, a child is registered, a timer is set.
public final class NodeHandshakes {
    private NodeHandshakes() {}

    private static final class Ear extends Listener {
        private boolean heard;

        @Override
        protected void tell(Ending ending) {
            heard = true;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "it came first, and heard")
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "the end came first, and was seen")
    @Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "each missed the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "refused, and told")
    public static class AddAgainstCancel {
        private final PlainNode node = new PlainNode(null, Scheduler.real(), "");
        private final Ear ear = new Ear();

        @Actor
        public void add(ZZ_Result r) {
            r.r1 = node.add(ear);
        }

        @Actor
        public void cancel() {
            node.cancel(null, true);
        }

        @Arbiter
        public void heard(ZZ_Result r) {
            r.r2 = ear.heard;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "true, true, true", expect = Expect.ACCEPTABLE, desc = "registered first, and told")
    @Outcome(id = "false, false, true", expect = Expect.ACCEPTABLE, desc = "the end came first, and was seen")
    @Outcome(id = "false, true, true", expect = Expect.ACCEPTABLE, desc = "added as the end came down, and told")
    @Outcome(id = ".*, .*, false", expect = Expect.FORBIDDEN, desc = "the child lives on")
    @Outcome(expect = Expect.FORBIDDEN, desc = "added, and never told")
    public static class RegisterAgainstCancelAbove {
        private final PlainNode parent = new PlainNode(null, Scheduler.real(), "");
        private final PlainNode child = new PlainNode(parent, Scheduler.real(), "");
        private final Ear ear = new Ear();

        @Actor
        public void add(ZZZ_Result r) {
            r.r1 = child.add(ear);
        }

        @Actor
        public void cancel() {
            parent.cancel(null, true);
        }

        @Arbiter
        public void heard(ZZZ_Result r) {
            r.r2 = ear.heard;
            r.r3 = child.ending() != null;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "the timer of an ended node is not set")
    @Outcome(expect = Expect.FORBIDDEN, desc = "arm and disarm missed each other: the timer stays")
    public static class ArmAgainstDisarm {
        private final DeadlineNode node = new DeadlineNode(null, Scheduler.real(), "",
                Scheduler.after(System.nanoTime(), Scheduler.FOREVER / 2), 0, null, null);
        private final Ear ear = new Ear();

        @Actor
        public void arm() {
            node.add(ear);
        }

        @Actor
        public void cancel() {
            node.cancel(null, true);
        }

        @Arbiter
        public void isSet(Z_Result r) {
            r.r1 = Inside.isSet(node);
        }
    }
}
