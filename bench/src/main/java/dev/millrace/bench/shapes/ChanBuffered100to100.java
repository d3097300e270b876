package dev.millrace.bench.shapes;

/// [ChanBuffered] with a hundred senders and a hundred receivers.
public class ChanBuffered100to100 extends ChanBuffered {
    public ChanBuffered100to100() {
        super(100, 100);
    }
}
