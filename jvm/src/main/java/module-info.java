/// What the library can do with modules beyond `java.base`: contexts that end with a signal, and the facts of the scheduler.
@org.jspecify.annotations.NullMarked module dev.millrace.jvm {
    requires transitive dev.millrace;
    requires jdk.unsupported;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.millrace.jvm;

    provides dev.millrace.go.SchedulerFacts with
            dev.millrace.jvm.JdkScheduler;
    provides dev.millrace.internal.Carriers with
            dev.millrace.jvm.internal.JdkCarriers;
}
