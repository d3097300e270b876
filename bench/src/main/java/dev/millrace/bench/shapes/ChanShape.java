package dev.millrace.bench.shapes;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;

/// A shape in which goroutines hand values to each other. One invocation starts them, lets them move many thousand values and
/// waits for their end; figures are per value. Goroutines are bare virtual threads for all that are called from such, and
/// coroutines for Kotlin.
@Warmup(iterations = 3, time = 120, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 120, timeUnit = TimeUnit.MILLISECONDS)
public abstract class ChanShape extends Shape {}
