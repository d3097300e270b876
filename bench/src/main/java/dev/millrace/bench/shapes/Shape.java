package dev.millrace.bench.shapes;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What all shapes have in common. A subclass is one shape, each of its benchmark methods one implementation of it,
/// named after who is measured: `millrace`, `grpc`, `kotlin`, `structuredTaskScope`, `jdk…`. What such a method
/// makes, it returns or otherwise lets out of sight: what nobody can see, escape analysis deletes.
///
/// One fork a round. The forks of several rounds are what the report takes the median of, so that peers alternate.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = {"-Xms1g", "-Xmx4g"})
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public abstract class Shape {}
