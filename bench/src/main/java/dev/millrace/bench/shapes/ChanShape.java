package dev.millrace.bench.shapes;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;

/// A shape in which goroutines hand values to each other. One invocation starts them, lets them move many thousand values and
/// waits for their end; figures are per value. Goroutines are bare virtual threads for all that are called from such, and
/// coroutines for Kotlin. The warm-up is long: two carriers that are busy leave little to the compiler, and until it is done a channel with much code
/// takes two or three times as long, one with little code does not.
@Warmup(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 150, timeUnit = TimeUnit.MILLISECONDS)
public abstract class ChanShape extends Shape {}
