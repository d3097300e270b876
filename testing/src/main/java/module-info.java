/// Tests of concurrent code that never sleep: virtual time, leaks and deadlocks.
@org.jspecify.annotations.NullMarked module dev.millrace.testing {
    requires transitive dev.millrace;
    requires static org.jspecify;

    exports dev.millrace.testing;
}
