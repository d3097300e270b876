/// Go's `os/exec` under a context: the context's end ends the whole tree of processes.
@org.jspecify.annotations.NullMarked module dev.millrace.exec {
    requires transitive dev.millrace;
    requires static org.jspecify;

    exports dev.millrace.exec;
}
