package dev.millrace.http.servlet;

import dev.millrace.context.Context;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestContexts;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gives every request that passes through it a context, for any container of Jakarta Servlet 6.1. Put it before other filters.
///
/// ```java
/// RequestContexts contexts = RequestContexts.under(root).withLimit(Duration.ofSeconds(10)).withPropagation(POLICY);
/// var filter = servletContext.addFilter("contexts", new RequestContextFilter(contexts));
/// filter.setAsyncSupported(true);
/// filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
///
/// protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
///     response.getWriter().print(reports.make(Context.current())); // throws when the client leaves
/// }
/// ```
///
/// The context is [Context#current()] while filters and servlets run, and [#context(ServletRequest)], also on other threads. It ends when the chain has returned; when
/// the request went asynchronous, when that is complete. What else ends it, and what is answered then, is in [RequestContexts]; other failures are the container's matter as
/// ever. The container's timeout of an asynchronous request ends the context as a deadline does.
///
/// **The client leaves.** On Linux that is noticed by the kernel's table of connections, at which one thread looks every 25 to 100 ms, as on the JDK's
/// server, if the container tells the connection's own addresses. When it tells what a proxy's header says instead, or the connection is no TCP (a unix
/// socket), it is noticed by a failed write only; and a client that resets the connection before it was looked at is noticed only so,
/// too. A stream of HTTP/2 that is reset is noticed where the container tells the listener of an asynchronous request. For Jetty prefer
/// `dev.millrace.http.jetty`, which knows more.
///
/// A failed write is seen at the container's output stream; with a writer at `flush()` and `close()`, since writers keep failures to themselves.
///
/// No argument may be null.
public final class RequestContextFilter implements Filter {
    private static final String ATTRIBUTE = "dev.millrace.http.request";

    private final RequestContexts contexts;
    private volatile @Nullable Local local; // of the last request: a server has few, and text takes a while to be read

    private record Local(String host, int port, InetSocketAddress address) {}

    /// A filter for requests under `contexts`.
    public RequestContextFilter(RequestContexts contexts) {
        this.contexts = Objects.requireNonNull(contexts, "contexts");
    }

    /// The context of `request`.
    ///
    /// @throws IllegalStateException when it did not pass through such a filter
    public static Context context(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Life life) {
            return life.open().context();
        }
        throw new IllegalStateException(
                "request has no context: expected a RequestContextFilter mapped to its path, but found none");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
        } else if (request.getAttribute(ATTRIBUTE) instanceof Life life) { // dispatched again
            life.again(http, answer, chain);
        } else {
            InetSocketAddress local = local(http);
            InetSocketAddress remote = address(http.getRemoteAddr(), http.getRemotePort());
            var life = new Life(open(http, remote), local, remote);
            request.setAttribute(ATTRIBUTE, life);
            life.first(http, answer, chain);
        }
    }

    private OpenRequest open(HttpServletRequest http, @Nullable InetSocketAddress remote) {
        String method = http.getMethod();
        String pattern = http.getHttpServletMapping().getPattern();
        return contexts.open(known(method) + " " + http.getContextPath() + pattern,
                method + " " + http.getRequestURI(), remote, headers(http));
    }

    /// The server's end of the connection, as far as the container tells; null when that is no address.
    @Nullable InetSocketAddress local(HttpServletRequest http) {
        String host = http.getLocalAddr();
        int port = http.getLocalPort();
        Local last = local;
        if (last == null || last.port != port || !last.host.equals(host)) {
            InetSocketAddress address = address(host, port);
            if (address == null) {
                return null;
            }
            last = new Local(host, port, address);
            local = last;
        }
        return last.address;
    }

    private static Function<String, List<String>> headers(HttpServletRequest http) {
        return name -> {
            var all = http.getHeaders(name);
            return all == null ? List.of() : Collections.list(all);
        };
    }

    /// Null for what is no address, such as that of a unix socket.
    static @Nullable InetSocketAddress address(@Nullable String host, int port) {
        if (host == null || port <= 0 || port > 0xFFFF) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// A method is the client's word; a name of a context is not.
    private static String known(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT" -> method;
            default -> "?";
        };
    }
}
