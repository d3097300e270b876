/// Requests under a context for Jakarta Servlet.
@org.jspecify.annotations.NullMarked module dev.millrace.http.servlet {
    requires transitive dev.millrace.http;
    requires transitive jakarta.servlet;
    requires static org.jspecify;

    exports dev.millrace.http.servlet;
}
