package dev.millrace.bench.shapes;

/// [RWMutexShape] where a read looks at two numbers.
public class RWMutexShort extends RWMutexShape {
    public RWMutexShort() {
        super(0);
    }
}
