/// HTTP under a context, what Go's `net/http` does with `Request.WithContext`.
@org.jspecify.annotations.NullMarked module dev.millrace.http {
    requires transitive dev.millrace;
    requires transitive java.net.http;
    requires static jdk.httpserver;
    requires static org.jspecify;

    exports dev.millrace.http;
    exports dev.millrace.http.server;
}
