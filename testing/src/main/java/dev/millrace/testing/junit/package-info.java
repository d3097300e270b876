/// The test kit for JUnit 5 and 6.
package dev.millrace.testing.junit;
