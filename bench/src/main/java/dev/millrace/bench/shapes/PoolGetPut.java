package dev.millrace.bench.shapes;

/// [PoolShape] with one item at a time.
public class PoolGetPut extends PoolShape {
    public PoolGetPut() {
        super(1);
    }
}
