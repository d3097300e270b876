package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;

/// What a channel's operations order, in plain fields: the detector of races tells of what they do not.
final class MemoryOrderProtocols {
    private MemoryOrderProtocols() {}

    private static final class Plain {
        int value;
    }

    /// A receive without a buffer is before the end of the send that it meets.
    static void receiveBeforeSendReturns() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var written = new Plain();
        var receiver = go("receiver", () -> {
            written.value = 1;
            chan.receive();
        });
        chan.send(7);
        check(written.value == 1, "the send has ended before what was written before its receive is seen");
        Suite.join(receiver);
    }

    /// The first receive of a channel with one place is before the end of the second send.
    static void receiveBeforeTheSendItMakesRoomFor() throws Exception {
        var chan = Chan.<Integer>buffered(1);
        var written = new Plain();
        var receiver = go("receiver", () -> {
            written.value = 1;
            chan.receive();
        });
        chan.send(7);
        chan.send(8);
        check(written.value == 1, "the second send has ended before what was written before the first receive is seen");
        Suite.join(receiver);
    }

    /// A send is before its receive, and a close before who learns of it.
    static void sendAndCloseBeforeReceive() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var sent = new Plain();
        var closed = new Plain();
        var sender = go("sender", () -> {
            sent.value = 1;
            chan.send(7);
            closed.value = 1;
            chan.close();
        });
        chan.receive();
        check(sent.value == 1, "received before what was written before the send is seen");
        chan.next();
        check(closed.value == 1, "closed before what was written before is seen");
        Suite.join(sender);
    }
}
