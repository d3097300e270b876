/// The report over a run of the benchmarks, and what JMH is given to measure with. The shapes themselves are in
/// `dev.millrace.bench.shapes`, and `bench/run` runs them.
package dev.millrace.bench;
