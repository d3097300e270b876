// Package bench holds the Go programs of the shapes that stand in ../src/main/java/dev/millrace/bench/shapes.
// A benchmark is named after its shape; what follows an underscore is the name of a second way in which Go does it.
package bench
