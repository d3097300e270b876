/// Database work that ends on the server when its context ends.
@org.jspecify.annotations.NullMarked module dev.millrace.jdbc {
    requires transitive dev.millrace;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.millrace.jdbc;
}
