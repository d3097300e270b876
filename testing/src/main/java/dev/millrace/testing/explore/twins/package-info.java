/// What the explorer gives to the code under test in place of executors of the JDK. Not exported; rewritten as that code is.
package dev.millrace.testing.explore.twins;
