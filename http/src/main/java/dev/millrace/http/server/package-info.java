/// The request's context on servers: what a handler does ends when the client leaves, at the deadline, and with the server.
///
/// # The idea
///
/// A server starts each request's work, so it knows best when nobody wants it any more. [RequestContexts] is that knowledge as a context: below the
/// server's root, with the deadline that the client gave and the values that it sent, and ended when the handler returns or the client leaves. The cause says
/// which it was ([RequestEnd]), so that a log can tell a client that left (499) from a deadline (504) and a stop of the server (503).
///
/// # Rules of use
///
///  1. One [RequestContexts] for a server, under a root that is cancelled before the server is stopped.
///  2. Set a limit. A client can only shorten it.
///  3. Hand the handler's `ctx` to all that it calls, and let the context's exception leave the handler: it is answered and logged.
///  4. Work that shall outlive the answer gets `ctx.detach()`.
///  5. Catch an [java.io.IOException] of a call to answer 502; an end of the request's own context is no such.
///
/// # Which server
///
/// | server | how | the client leaves: noticed |
/// |---|---|---|
/// | the JDK's, also with TLS | [RequestContexts#handler] | on Linux at the next look, every 25 to 100 ms; else by a failed write |
/// | Jetty 12.1 | `dev.millrace.http.jetty` | HTTP/1.1 and 2: at once |
/// | any container of servlets | `dev.millrace.http.servlet` | on Linux at the next look, every 25 to 100 ms; HTTP/2 in asynchronous mode, where the container tells |
/// | others | [OpenRequest] | as its connector tells |
///
/// # Memory
///
/// What happens before a request's handler is called is visible to it; nothing else than in [dev.millrace.context].
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `func(w http.ResponseWriter, r *http.Request)` with `r.Context()` | `contexts.handler((ctx, exchange) -> …)` |
/// | `http.Server.BaseContext` | [RequestContexts#under] |
/// | `http.TimeoutHandler(h, d, "")` answers 503 | [RequestContexts#withLimit] answers 504 |
/// | `errors.Is(context.Cause(ctx), context.Canceled)` | `ctx.cause() instanceof ClientLeftException`, [RequestEnd#of] |
package dev.millrace.http.server;
