/// Requests under a context for Jetty's own handlers.
@org.jspecify.annotations.NullMarked module dev.millrace.http.jetty {
    requires transitive dev.millrace.http;
    requires transitive org.eclipse.jetty.server;
    requires static org.jspecify;

    exports dev.millrace.http.jetty;
}
