package dev.millrace.http.servlet;

import static java.util.concurrent.TimeUnit.SECONDS;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/// What [RequestContextFilter] does, as a program does it with the JDK alone, to compare with: something that says to the handler that it is over, a timer for the
/// deadline that a header asks for, failed writes noticed, one line for the log. It does not look for clients that leave.
final class FilterByHand implements Filter {
    private static final ScopedValue<AtomicReference<Throwable>> ENDED = ScopedValue.newInstance();

    @SuppressWarnings("unused") // where a log would be
    private static volatile Object logged;

    private final ScheduledThreadPoolExecutor timer;

    FilterByHand(ScheduledThreadPoolExecutor timer) {
        this.timer = timer;
    }

    private record Line(String request, String remote, int status, Throwable ended, long nanos) {}

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long since = System.nanoTime();
        var http = (HttpServletRequest) request;
        var answer = (HttpServletResponse) response;
        var ended = new AtomicReference<Throwable>();
        request.setAttribute("ended", ended);
        String asked = http.getHeader("grpc-timeout");
        Future<?> due = null;
        if (asked != null) {
            long limit = Long.parseLong(asked, 0, asked.length() - 1, 10);
            due = timer.schedule(() -> ended.compareAndSet(null, new TimeoutException()), limit, SECONDS);
        }
        try {
            ScopedValue.where(ENDED, ended).call(() -> {
                chain.doFilter(request, new Response(answer, ended));
                return true;
            });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        } finally {
            if (due != null) {
                due.cancel(false);
            }
            logged = new Line(http.getMethod() + " " + http.getRequestURI(),
                    http.getRemoteAddr() + ":" + http.getRemotePort(), answer.getStatus(), ended.get(),
                    System.nanoTime() - since);
        }
    }

    private static final class Response extends HttpServletResponseWrapper {
        private final AtomicReference<Throwable> ended;
        private ServletOutputStream stream;

        Response(HttpServletResponse response, AtomicReference<Throwable> ended) {
            super(response);
            this.ended = ended;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (stream == null) {
                ServletOutputStream out = super.getOutputStream();
                stream = new ServletOutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        try {
                            out.write(b);
                        } catch (IOException e) {
                            ended.compareAndSet(null, e);
                            throw e;
                        }
                    }

                    @Override
                    public void write(byte[] b, int from, int length) throws IOException {
                        try {
                            out.write(b, from, length);
                        } catch (IOException e) {
                            ended.compareAndSet(null, e);
                            throw e;
                        }
                    }

                    @Override
                    public boolean isReady() {
                        return out.isReady();
                    }

                    @Override
                    public void setWriteListener(WriteListener listener) {
                        out.setWriteListener(listener);
                    }
                };
            }
            return stream;
        }
    }
}
