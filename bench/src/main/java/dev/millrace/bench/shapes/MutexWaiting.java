package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// [MutexShape] where who has the mutex yields, so that all others come and wait for it.
@OperationsPerInvocation(Work.WAITING_SECTIONS)
public class MutexWaiting extends MutexShape {
    @Param({"2", "8", "100"})
    public int goroutines;

    public MutexWaiting() {
        super(Work.YIELD);
    }

    @Override
    int goroutines() {
        return goroutines;
    }
}
