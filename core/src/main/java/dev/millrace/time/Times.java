package dev.millrace.time;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.ChanFaces;
import java.time.Instant;

/// The public faces of channels of time.
final class Times {
    static {
        Chan.never(); // the channel package lends its faces when it is initialised
    }

    private Times() {}

    @SuppressWarnings("unchecked") // holds instants only
    static ReceiveChan<Instant> face(ChanCore chan) {
        return (ReceiveChan<Instant>) ChanFaces.receiverOf(chan);
    }
}
