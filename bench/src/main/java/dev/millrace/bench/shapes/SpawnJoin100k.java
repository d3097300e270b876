package dev.millrace.bench.shapes;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

@OperationsPerInvocation(SpawnJoin100k.COUNT)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SpawnJoin100k extends SpawnJoin {
    static final int COUNT = 100_000;

    public SpawnJoin100k() {
        super(COUNT);
    }
}
