/// Virtual time, leaks and deadlocks, for tests of concurrent code.
package dev.millrace.testing;
