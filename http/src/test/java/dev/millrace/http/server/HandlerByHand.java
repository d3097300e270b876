package dev.millrace.http.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/// What a [RequestContexts.Handler] gets, as a program does it with the JDK alone, to compare with: something that says to the handler that it is over, a timer for the
/// deadline that a header asks for, one line for the log. It does not look for clients that leave.
final class HandlerByHand implements HttpHandler {
    private static final ScopedValue<AtomicReference<Throwable>> ENDED = ScopedValue.newInstance();

    @SuppressWarnings("unused") // where a log would be
    private static volatile Object logged;

    private final ScheduledThreadPoolExecutor timer;
    private final HttpHandler handler;

    HandlerByHand(ScheduledThreadPoolExecutor timer, HttpHandler handler) {
        this.timer = timer;
        this.handler = handler;
    }

    private record Line(String request, String remote, int status, Throwable ended, long nanos) {}

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long since = System.nanoTime();
        var ended = new AtomicReference<Throwable>();
        String asked = exchange.getRequestHeaders().getFirst("grpc-timeout");
        Future<?> due = asked == null
                ? null
                : timer.schedule(() -> ended.compareAndSet(null, new TimeoutException()),
                        Long.parseLong(asked, 0, asked.length() - 1, 10), SECONDS);
        try {
            ScopedValue.where(ENDED, ended).<Object, IOException>call(() -> {
                handler.handle(exchange);
                return true;
            });
        } finally {
            if (due != null) {
                due.cancel(false);
            }
            logged = new Line(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(),
                    exchange.getRemoteAddress().toString(), exchange.getResponseCode(), ended.get(),
                    System.nanoTime() - since);
        }
    }
}
