/// What is measured: one class for one shape, one method for one implementation of it. The same shapes in Go are in
/// `bench/go`.
package dev.millrace.bench.shapes;
