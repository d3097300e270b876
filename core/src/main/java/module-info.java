/// Go's concurrency system on the JVM.
@org.jspecify.annotations.NullMarked module dev.millrace {
    requires static org.jspecify;

    exports dev.millrace.context;
    exports dev.millrace.go;
    exports dev.millrace.sync;
    exports dev.millrace.group;
    exports dev.millrace.probe;
    exports dev.millrace.internal to
            dev.millrace.jvm;

    uses dev.millrace.go.SchedulerFacts;
    uses dev.millrace.go.SpawnHook;
}
