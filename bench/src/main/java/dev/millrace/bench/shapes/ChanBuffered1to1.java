package dev.millrace.bench.shapes;

/// [ChanBuffered] with one sender and one receiver.
public class ChanBuffered1to1 extends ChanBuffered {
    public ChanBuffered1to1() {
        super(1, 1);
    }
}
