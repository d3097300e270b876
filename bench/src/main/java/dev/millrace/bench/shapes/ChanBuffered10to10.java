package dev.millrace.bench.shapes;

/// [ChanBuffered] with ten senders and ten receivers.
public class ChanBuffered10to10 extends ChanBuffered {
    public ChanBuffered10to10() {
        super(10, 10);
    }
}
