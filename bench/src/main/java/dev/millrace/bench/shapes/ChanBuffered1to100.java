package dev.millrace.bench.shapes;

/// [ChanBuffered] with one sender and a hundred receivers.
public class ChanBuffered1to100 extends ChanBuffered {
    public ChanBuffered1to100() {
        super(1, 100);
    }
}
