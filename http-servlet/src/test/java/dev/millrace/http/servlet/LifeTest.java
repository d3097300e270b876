package dev.millrace.http.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.http.server.ClientLeftException.Seen;
import dev.millrace.http.server.OpenRequest;
import dev.millrace.http.server.RequestContexts;
import dev.millrace.http.server.RequestEnd;
import dev.millrace.http.server.Served;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a container does to a request, step by step.
class LifeTest {
    private final CancellableContext root = Context.background().withCancel();
    private final List<Served> log = new ArrayList<>();
    private final OpenRequest open =
            RequestContexts.under(root).withLog(log::add).open("GET /", "GET /", null, _ -> null);
    private final Life life = new Life(open, null, null);
    private final FakeResponse answer = new FakeResponse();
    private final List<AsyncListener> listeners = new ArrayList<>();
    private boolean async;
    private boolean complete; // the cycle, so that nobody can listen any more
    private int completions;

    private final AsyncContext cycle = (AsyncContext) Proxy.newProxyInstance(LifeTest.class.getClassLoader(),
            new Class<?>[] {AsyncContext.class}, (_, method, args) -> {
                switch (method.getName()) {
                    case "addListener" -> {
                        if (complete) {
                            throw new IllegalStateException("complete");
                        }
                        listeners.add((AsyncListener) args[0]);
                    }
                    case "complete" -> completions++;
                    default -> {}
                }
                return null;
            });

    private final HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
            LifeTest.class.getClassLoader(), new Class<?>[] {HttpServletRequest.class},
            (_, method, _) -> switch (method.getName()) {
                case "isAsyncStarted" -> async;
                case "getAsyncContext" -> cycle;
                case "getLocalAddr", "getRemoteAddr" -> "/run/app.sock";
                case "getLocalPort", "getRemotePort" -> 0;
                default -> throw new AssertionError(method);
            });

    private void first(FilterChain chain) throws Exception {
        life.first(request, answer.response, chain);
    }

    private void again(FilterChain chain) throws Exception {
        life.again(request, answer.response, chain);
    }

    private Served logged() {
        assertEquals(1, log.size(), log::toString);
        return log.getFirst();
    }

    @AfterEach
    void nothing_isLeftOpen() {
        root.cancel();
        open.finish(null);
        assertEquals(1, log.size(), log::toString);
    }

    @Test
    void request_thatIsOver_isNotBegun() throws Exception {
        root.cancel("stop");
        first((_, _) -> {
            throw new AssertionError("begun");
        });
        assertEquals(503, answer.status);
        assertEquals(List.of("reset", "flushBuffer"), answer.calls);
        assertEquals(RequestEnd.SHUTDOWN, logged().end());
    }

    @Test
    void end_ofARequestThatIsAsynchronous_isAnsweredAndCompletesIt() throws Exception {
        async = true;
        first((_, _) -> {
            root.cancel("stop");
            open.context().check();
        });
        assertEquals(503, answer.status);
        assertEquals(1, completions);
        assertEquals(RequestEnd.SHUTDOWN, logged().end());
    }

    @Test
    void end_ofARequestThatIsNot_completesNothing() throws Exception {
        first((_, _) -> {
            root.cancel("stop");
            open.context().check();
        });
        assertEquals(0, completions);
    }

    @Test
    void end_inALaterDispatch_isAnsweredToo() throws Exception {
        async = true;
        first((_, _) -> {});
        assertNull(open.end());
        again((_, _) -> {
            root.cancel("stop");
            open.context().check();
        });
        assertEquals(503, answer.status);
        assertEquals(1, completions);
        assertEquals(0, log.size(), "the cycle is not complete yet");
        listeners.getFirst().onComplete(new AsyncEvent(cycle));
        assertInstanceOf(CancelledException.class, logged().failure());
    }

    /// What is sent cannot be taken back: the container cuts it.
    @Test
    void end_afterTheAnswerHasBegun_isTheContainers() {
        assertThrows(CancelledException.class, () -> first((_, _) -> {
            answer.committed = true;
            root.cancel("stop");
            open.context().check();
        }));
        assertEquals(List.of(), answer.calls);
        assertEquals(200, logged().status());
    }

    @Test
    void end_ofAClientThatLeft_isNotAnswered() {
        assertThrows(CancelledException.class, () -> first((_, _) -> {
            open.clientLeft(Seen.CLOSED, null);
            open.context().check();
        }));
        assertEquals(List.of(), answer.calls);
        assertEquals(499, logged().status());
    }

    @Test
    void cancel_ofAContextBelow_isAFailureLikeAnyOther() throws Exception {
        var below = open.context().withCancel();
        below.cancel("no more");
        assertThrows(CancelledException.class, () -> first((_, _) -> below.check()));
        assertEquals(List.of(), answer.calls);
        assertEquals(500, logged().status());
    }

    @Test
    void failure_inALaterDispatch_isThrownAsItCameAndLogged() throws Exception {
        async = true;
        var failure = new ServletException("planted");
        first((_, _) -> {});
        assertSame(failure, assertThrows(ServletException.class, () -> again((_, _) -> {
            throw failure;
        })));
        listeners.getFirst().onComplete(new AsyncEvent(cycle));
        assertSame(failure, logged().failure());
        assertEquals(500, logged().status());
    }

    @Test
    void cycle_thatIsCompleteWhenTheChainReturns_isOverThen() throws Exception {
        async = true;
        complete = true;
        first((_, _) -> {});
        assertEquals(RequestEnd.RETURNED, logged().end());
        assertEquals(200, logged().status());
    }

    @Test
    void error_thatTheContainerTells_isALeavingWhenItIsOfTheStream() throws Exception {
        async = true;
        first((_, _) -> {});
        var reset = new IOException("cancel_stream_error");
        life.onError(new AsyncEvent(cycle, null, null, reset));
        assertEquals(RequestEnd.CLIENT_LEFT, open.end());
        assertSame(reset, open.context().cause().getCause());
        life.onComplete(new AsyncEvent(cycle));
        assertSame(reset, logged().failure());
    }

    @Test
    void error_thatTheContainerTells_isNoLeavingWhenItIsAnother() throws Exception {
        async = true;
        first((_, _) -> {});
        var bug = new IllegalStateException("planted");
        life.onError(new AsyncEvent(cycle, null, null, bug));
        assertNull(open.end());
        life.onComplete(new AsyncEvent(cycle));
        assertSame(bug, logged().failure());
        assertEquals(RequestEnd.RETURNED, logged().end());
    }

    /// An [IOException] that left the application in a dispatch comes back by the listener.
    @Test
    void error_thatTheContainerTells_isNoLeavingWhenItIsTheServletsOwn() throws Exception {
        async = true;
        first((_, _) -> {});
        var failure = new IOException("no disk");
        assertThrows(IOException.class, () -> again((_, _) -> {
            throw failure;
        }));
        life.onError(new AsyncEvent(cycle, null, null, failure));
        assertNull(open.end());
        life.onComplete(new AsyncEvent(cycle));
        assertSame(failure, logged().failure());
        assertEquals(500, logged().status());
    }

    @Test
    void cycle_thatBeginsAgain_isListenedTo() throws Exception {
        async = true;
        first((_, _) -> {});
        life.onStartAsync(new AsyncEvent(cycle));
        assertEquals(List.of(life, life), listeners);
    }

    @Test
    void timeout_ofTheContainer_isADeadline() throws Exception {
        async = true;
        first((_, _) -> {});
        life.onTimeout(new AsyncEvent(cycle));
        assertEquals(RequestEnd.DEADLINE, open.end());
        assertInstanceOf(DeadlineExceededException.class, open.context().cause());
        life.onComplete(new AsyncEvent(cycle));
        assertTrue(logged().took().compareTo(Duration.ZERO) > 0);
    }
}
