/// Requests under a context for Jetty's own handlers: put a [RequestContextHandler] around them.
package dev.millrace.http.jetty;
