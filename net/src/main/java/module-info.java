/// Sockets under a context, Go's `net` for TCP.
@org.jspecify.annotations.NullMarked module dev.millrace.net {
    requires transitive dev.millrace;
    requires static org.jspecify;

    exports dev.millrace.net;
}
