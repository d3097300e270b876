package dev.millrace.chan;

import dev.millrace.internal.Pause;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/// What is sent is seen as the sender has left it.
public final class ChanHandshakes {
    private ChanHandshakes() {}

    private static final class Sent {
        private int plain;
    }

    @JCStressTest
    @State
    @Outcome(id = "false, [01], [01]", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "true, [01], 1", expect = Expect.ACCEPTABLE, desc = "received as it was sent")
    @Outcome(expect = Expect.FORBIDDEN, desc = "received, and stale")
    public static class TrySendPublishes {
        private final Chan<Sent> chan = Chan.buffered(1);
        private final Sent sent = new Sent();

        @Actor
        public void send() {
            sent.plain = 1;
            chan.trySend(sent);
        }

        @Actor
        public void receive(ZII_Result r) {
            r.r2 = Pause.after(sent.plain);
            r.r1 = chan.tryReceive() != null;
            r.r3 = sent.plain;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "seen as it was made")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a new object, seen before its fields")
    public static class SendOfNewObjectPublishes {
        private final Chan<Sent> chan = Chan.buffered(1);

        @Actor
        public void send() {
            var fresh = new Sent();
            fresh.plain = 1;
            chan.trySend(fresh);
        }

        @Actor
        public void receive(Z_Result r) {
            r.r1 = chan.tryReceive() instanceof Received.Value<Sent>(Sent got) && got.plain == 0;
        }
    }

    @JCStressTest
    @State
    @Outcome(id = {"true, false", "false, true"}, expect = Expect.ACCEPTABLE, desc = "one has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both have it, or nobody")
    public static class ValueIsReceivedOnce {
        private final Chan<Sent> chan = Chan.buffered(1);

        public ValueIsReceivedOnce() {
            chan.trySend(new Sent());
        }

        @Actor
        public void one(ZZ_Result r) {
            r.r1 = chan.tryReceive() != null;
        }

        @Actor
        public void two(ZZ_Result r) {
            r.r2 = chan.tryReceive() != null;
        }
    }
}
