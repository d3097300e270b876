package dev.millrace.bench.shapes;

/// [ChanBuffered] with two senders and two receivers.
public class ChanBuffered2to2 extends ChanBuffered {
    public ChanBuffered2to2() {
        super(2, 2);
    }
}
