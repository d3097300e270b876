/// Requests under a context for Jakarta Servlet: a [RequestContextFilter].
package dev.millrace.http.servlet;
