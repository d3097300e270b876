/// Runs the tests of weak memory, and their twins: the library with one access weakened.
@org.jspecify.annotations.NullMarked
package dev.millrace.verify.jcstress;
