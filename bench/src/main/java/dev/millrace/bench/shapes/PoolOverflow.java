package dev.millrace.bench.shapes;

/// [PoolShape] where each takes a hundred items, and puts all of them back.
public class PoolOverflow extends PoolShape {
    public PoolOverflow() {
        super(100);
    }
}
