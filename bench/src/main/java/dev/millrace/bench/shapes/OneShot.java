package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/// A shape whose object is used up by one shot and made anew before the next, outside the measured time. The warm-up is
/// long: a cold shot takes several times a warm one.
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 12)
@Measurement(iterations = 10)
public abstract class OneShot extends Shape {}
