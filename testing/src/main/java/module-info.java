/// Tests of concurrent code that never sleep: virtual time, leaks and deadlocks.
@org.jspecify.annotations.NullMarked module dev.millrace.testing {
    requires transitive dev.millrace;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;

    exports dev.millrace.testing;
    exports dev.millrace.testing.explore;
    exports dev.millrace.testing.junit;

    opens dev.millrace.testing.junit to
            org.junit.platform.commons;
}
