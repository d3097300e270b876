package dev.millrace.bench.shapes;

/// [RWMutexShape] where a read takes thirty steps.
public class RWMutexWork extends RWMutexShape {
    public RWMutexWork() {
        super(30);
    }
}
