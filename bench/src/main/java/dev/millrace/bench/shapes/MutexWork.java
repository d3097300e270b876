package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// [MutexShape] with thirty steps inside and thirty outside.
@OperationsPerInvocation(Work.SECTIONS)
public class MutexWork extends MutexShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    public MutexWork() {
        super(Work.SOME);
    }

    @Override
    int goroutines() {
        return goroutines;
    }
}
