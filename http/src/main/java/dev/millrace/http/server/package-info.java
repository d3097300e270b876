/// The request's context on servers: what a handler does ends when the client leaves, at the deadline, and with the server.
package dev.millrace.http.server;
