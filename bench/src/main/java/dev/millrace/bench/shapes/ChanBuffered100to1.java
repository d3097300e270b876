package dev.millrace.bench.shapes;

/// [ChanBuffered] with a hundred senders and one receiver.
public class ChanBuffered100to1 extends ChanBuffered {
    public ChanBuffered100to1() {
        super(100, 1);
    }
}
