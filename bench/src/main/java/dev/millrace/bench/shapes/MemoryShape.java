package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/// A shape whose figures are bytes: see [Footprint]. One shot in each JVM, which begins with a small heap.
@BenchmarkMode(Mode.SingleShotTime)
@Fork(value = 1, jvmArgs = {"-Xms8m", "-Xmx4g"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public abstract class MemoryShape extends Shape {}
