package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// [MutexShape] with a counter inside, and nothing outside.
@OperationsPerInvocation(Work.SECTIONS)
public class MutexShort extends MutexShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    public MutexShort() {
        super(Work.NONE);
    }

    @Override
    int goroutines() {
        return goroutines;
    }
}
