package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

@OperationsPerInvocation(SpawnJoin1M.COUNT)
@Warmup(iterations = 2)
@Measurement(iterations = 4)
public class SpawnJoin1M extends SpawnJoin {
    static final int COUNT = 1_000_000;

    public SpawnJoin1M() {
        super(COUNT);
    }
}
