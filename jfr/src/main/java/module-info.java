/// What a program does, as events of the JDK Flight Recorder: Go's `runtime/trace`, and the library's own waits, cancels and goroutines.
@org.jspecify.annotations.NullMarked module dev.millrace.jfr {
    requires transitive dev.millrace;
    requires jdk.jfr;
    requires static org.jspecify;

    exports dev.millrace.jfr;

    provides dev.millrace.probe.ProbeSource with
            dev.millrace.jfr.internal.JfrSource;
}
