package dev.millrace.chan;

import static dev.millrace.chan.SelectTest.filled;
import static dev.millrace.chan.SelectTest.nobodyWaits;
import static dev.millrace.chan.SelectTest.queued;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.SelectTest.Happened;
import dev.millrace.chan.SelectTest.Running;
import dev.millrace.chan.SelectTest.Threads;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.SelectCore;
import dev.millrace.verify.Item;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What only the form without handlers has. (What it shares with the others is in [SelectTest].)
class SelectorTest {
    @Test
    void cases_haveIndicesInTheOrderOfAddition() {
        var c = Chan.<Integer>buffered(1);
        var selector = Selector.random();
        var receive = selector.receive(c);
        var send = selector.send(c);
        var done = selector.done(Context.background());
        var completed = selector.completed(new CompletableFuture<>());
        assertEquals(4, selector.size());
        var all = List.of(receive, send, done, completed);
        for (int i = 0; i < 4; i++) {
            assertEquals(i, all.get(i).index());
            assertSame(all.get(i), selector.get(i));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> selector.get(4));
        assertThrows(IndexOutOfBoundsException.class, () -> selector.get(-1));
        assertEquals("select (3 cases)", selector.toString());
    }

    @Test
    @Item({"SEL-27"})
    void cases_knownAtRunTime_giveIndexValueAndOk() {
        var chans = new ArrayList<Chan<Integer>>();
        var selector = Selector.random();
        for (int i = 0; i < 100; i++) {
            chans.add(Chan.buffered(1));
            selector.receive(chans.get(i));
        }
        for (int i = 0; i < 100; i++) {
            int at = i * 37 % 100;
            chans.get(at).send(1_000 + at);
            var happened = (Selector.Receive<?>) selector.await();
            assertEquals(at, happened.index());
            assertEquals(1_000 + at, happened.value());
            assertEquals(new Received.Value<Object>(1_000 + at), happened.received());
            assertFalse(happened.isClosed());
        }
        chans.get(42).close();
        var happened = (Selector.Receive<?>) selector.await();
        assertEquals(42, happened.index());
        assertTrue(happened.isClosed());
        assertThrows(ChanClosedException.class, happened::value);
        assertEquals(new Received.Closed<Object>(null), happened.received());
    }

    @Test
    @Item({"SEL-27"})
    void cases_upTo65536_areAccepted_oneMoreIsRefused() throws Exception {
        var selector = Selector.random();
        var last = Chan.<Integer>unbuffered();
        var shared = Chan.<Integer>unbuffered();
        for (int i = 0; i < 65_535; i++) {
            selector.receive(i % 3 == 0 ? shared : Chan.<Integer>unbuffered());
        }
        var lastCase = selector.receive(last);
        assertEquals(65_536, selector.size());
        assertEquals(65_536, SelectCore.MOST_CASES);
        assertAll(
                () -> assertThrows(IllegalStateException.class, () -> selector.receive(shared)),
                () -> assertThrows(IllegalStateException.class, () -> selector.send(shared, 1)),
                () -> assertThrows(IllegalStateException.class, () -> selector.done(Context.background())));
        assertEquals(65_536, selector.size());
        assertNull(selector.poll());
        for (int round = 0; round < 2; round++) {
            var running = new Running(() -> {
                assertSame(lastCase, selector.await());
                return Happened.received(65_535, lastCase.value());
            });
            queued(last, 0, 1);
            assertEquals(21_845, shared.snapshot().blockedReceivers());
            last.send(round);
            assertEquals(Happened.received(65_535, round), running.get());
            nobodyWaits(shared, last);
        }
    }

    @Test
    @Item({"SEL-27"})
    void selectWithHandlers_hasTheSameLimit() {
        var select = Select.<Integer>ordered();
        for (int i = 0; i < 65_535; i++) {
            select.receive(Chan.<Integer>never(), v -> v);
        }
        select.receive(filled(1, 77), v -> v);
        assertThrows(IllegalStateException.class, () -> select.receive(filled(1, 78), v -> v));
        assertEquals(77, select.run());
    }

    @Test
    @Item({"SEL-23"})
    void enabled_switchesACaseOffAndOn() throws Exception {
        var a = filled(4, 1, 2, 3, 4);
        var b = filled(4, 10, 20);
        var selector = Selector.random();
        var fromA = selector.receive(a);
        var fromB = selector.receive(b);
        fromA.enabled(false);
        assertFalse(fromA.isEnabled());
        assertSame(fromB, selector.await());
        assertSame(fromB, selector.poll());
        assertNull(selector.poll());
        assertNull(selector.await(Duration.ZERO));
        assertEquals(4, a.len());

        var running = new Running(() -> {
            assertSame(fromB, selector.await());
            return Happened.received(1, fromB.value());
        });
        queued(b, 0, 1);
        nobodyWaits(a);
        b.send(30);
        assertEquals(Happened.received(1, 30), running.get());

        fromA.enabled(true);
        assertSame(fromA, selector.await());
        assertEquals(1, fromA.value());
    }

    @Test
    @Item({"SEL-07", "SEL-08"})
    void enabled_ofNoCase_waitsForEver() throws Exception {
        var ready = filled(1, 1);
        var closed = SelectTest.ended();
        var ctx = Context.background().withCancel();
        ctx.cancel();
        var selector = Selector.random();
        selector.receive(ready).enabled(false);
        selector.receive(closed).enabled(false);
        selector.send(closed, 1).enabled(false);
        selector.done(ctx).enabled(false);
        selector.completed(CompletableFuture.completedFuture(1)).enabled(false);
        assertNull(selector.poll());
        assertNull(selector.await(Duration.ZERO));
        assertEquals("select (no cases)", selector.toString());
        var running = new Running(() -> {
            selector.await();
            return Happened.DEFAULT;
        });
        Until.waits(running.thread);
        nobodyWaits(ready);
        running.thread.interrupt();
        running.failure(InterruptedWaitException.class);
        assertEquals(1, ready.len());
    }

    @Test
    void value_setBeforeEachRun_isWhatIsSent() {
        var c = Chan.<Integer>buffered(2);
        var selector = Selector.ordered();
        var send = selector.send(c);
        for (int i = 0; i < 1_000; i++) {
            send.value(i);
            assertSame(send, selector.await());
            assertEquals(i, c.receive());
        }
        assertSame(send, selector.poll());
        assertEquals(999, c.receive(), "it stays until another is set");
        assertThrows(NullPointerException.class, () -> send.value(null));
        assertThrows(NullPointerException.class, () -> selector.send(c, null));
        assertEquals(1, selector.size());
    }

    @Test
    void send_withoutAValue_isRefusedAndSendsNothing() {
        var c = Chan.<Integer>buffered(2);
        var selector = Selector.random();
        var send = selector.send(c);
        assertThrows(IllegalStateException.class, selector::poll);
        assertThrows(IllegalStateException.class, selector::await);
        assertThrows(IllegalStateException.class, () -> selector.await(Duration.ZERO));
        assertEquals(0, c.len());
        send.enabled(false);
        assertNull(selector.poll(), "a case that takes no part needs no value");
        send.enabled(true);
        send.value(3);
        assertSame(send, selector.poll());
        assertEquals(3, c.receive());
    }

    @Test
    void value_ofACaseThatDidNotHappen_isRefused() {
        var a = filled(1, 1);
        var b = Chan.<Integer>buffered(1);
        var selector = Selector.random();
        var fromA = selector.receive(a);
        var fromB = selector.receive(b);
        assertThrows(IllegalStateException.class, fromA::value);
        assertSame(fromA, selector.await());
        assertEquals(1, fromA.value());
        assertEquals(1, fromA.value(), "until the next run");
        assertThrows(IllegalStateException.class, fromB::value);
        assertThrows(IllegalStateException.class, fromB::received);
        assertNull(selector.poll());
        assertThrows(IllegalStateException.class, fromA::value);
        b.send(2);
        assertSame(fromB, selector.await());
        assertThrows(IllegalStateException.class, fromA::value);
        b.close();
        assertSame(fromB, selector.await());
        assertTrue(fromB.isClosed());
        assertNull(pollWithout(selector, fromB));
        assertFalse(fromB.isClosed(), "that was the run before");
    }

    private static Selector.Case pollWithout(Selector selector, Selector.Case without) {
        without.enabled(false);
        return selector.poll();
    }

    @Test
    void value_afterARunThatWasInterrupted_isNotThatOfTheRunBefore() {
        var c = filled(1, 1);
        var selector = Selector.random();
        var receive = selector.receive(c);
        assertSame(receive, selector.await());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedWaitException.class, selector::await);
        assertTrue(Thread.interrupted());
        assertThrows(IllegalStateException.class, receive::value);
        nobodyWaits(c);
    }

    @Test
    void selector_preparedOnce_runsThousandsOfTimesWithDifferentOutcomes() throws Exception {
        var in = Chan.<Integer>unbuffered();
        var out = Chan.<Integer>buffered(1);
        var ctx = Context.background().withCancel();
        var future = new CompletableFuture<Integer>();
        var selector = Selector.random();
        var receive = selector.receive(in);
        var send = selector.send(out, 5);
        var done = selector.done(ctx);
        var completed = selector.completed(future);
        var threads = new Threads();
        int rounds = 3_000;
        threads.go(() -> {
            for (int i = 0; i < rounds; i++) {
                in.send(i);
            }
        });
        int received = 0;
        int sent = 0;
        int late = 0;
        int polled = 0;
        while (received < rounds) {
            var happened = (received + sent) % 2 == 0 ? selector.await() : selector.await(Duration.ofNanos(1));
            if (happened == receive) {
                assertEquals(received++, (int) receive.value());
            } else if (happened == send) {
                sent++;
                assertEquals(new Received.Value<>(5), out.tryReceive());
                send.enabled(false);
            } else {
                assertNull(happened);
                late++;
                if (selector.poll() == receive) {
                    assertEquals(received++, (int) receive.value());
                    polled++;
                }
                send.enabled(true);
            }
        }
        threads.join();
        assertTrue(sent > 0, sent + " sent, " + late + " late, " + polled + " polled");
        send.enabled(false);
        nobodyWaits(in, out);
        ctx.cancel();
        assertSame(done, selector.await());
        future.complete(1);
        done.enabled(false);
        assertSame(completed, selector.await());
        completed.enabled(false);
        in.close();
        assertSame(receive, selector.await());
        assertTrue(receive.isClosed());
        receive.enabled(false);
        out.close();
        send.enabled(true);
        assertThrows(ChanClosedException.class, selector::await);
        assertThrows(ChanClosedException.class, selector::poll);
        send.enabled(false);
        assertNull(selector.poll());
    }

    // Misuse.

    @Test
    void selector_onWhichAnotherGoroutineWaits_refusesASecondOneAndChanges() throws Exception {
        var c = Chan.<Integer>unbuffered();
        var full = filled(1, 1);
        var selector = Selector.random();
        var receive = selector.receive(c);
        selector.send(full, 2);
        var running = new Running(() -> {
            assertSame(receive, selector.await());
            return Happened.received(0, receive.value());
        });
        queued(c, 0, 1);
        for (var misuse : List.<Runnable>of(
                selector::await, selector::poll, () -> selector.await(Duration.ZERO), () -> selector.await(
                        Context.background()))) {
            var e = assertThrows(IllegalStateException.class, misuse::run);
            assertTrue(e.getMessage().contains("each goroutine needs its own"), e.getMessage());
        }
        assertAll(
                () -> assertThrows(IllegalStateException.class, () -> selector.receive(c)),
                () -> assertThrows(IllegalStateException.class, () -> selector.send(c)),
                () -> assertThrows(IllegalStateException.class, () -> selector.done(Context.background())),
                () -> assertThrows(
                        IllegalStateException.class, () -> selector.completed(new CompletableFuture<Integer>())));
        assertEquals(2, selector.size());
        assertEquals(1, c.snapshot().blockedReceivers());
        assertEquals(1, full.snapshot().blockedSenders());
        c.send(8);
        assertEquals(Happened.received(0, 8), running.get());
        nobodyWaits(c, full);
    }

    @Test
    void cases_changedWhileTheSelectRuns_areRefused() throws Exception {
        var c = Chan.<Integer>unbuffered();
        var full = filled(1, 1);
        var selector = Selector.random();
        var receive = selector.receive(c);
        var send = selector.send(full, 2);
        var running = new Running(() -> {
            assertSame(receive, selector.await());
            return Happened.received(0, receive.value());
        });
        queued(c, 0, 1);
        try {
            assertAll(
                    () -> assertThrows(IllegalStateException.class, () -> send.enabled(false)),
                    () -> assertThrows(IllegalStateException.class, () -> send.value(3)),
                    () -> assertTrue(send.isEnabled()));
        } finally {
            c.send(8);
        }
        assertEquals(Happened.received(0, 8), running.get());
        nobodyWaits(c, full); // a case that is switched off must not stay in its queue
    }

    @Test
    void selector_usedByAnotherGoroutineAfterwards_works() throws Exception {
        var c = Chan.<Integer>buffered(1);
        var selector = Selector.random();
        var receive = selector.receive(c);
        for (int i = 0; i < 100; i++) {
            int v = i;
            c.send(v);
            assertEquals(
                    Happened.received(0, v),
                    new Running(() -> {
                        assertSame(receive, selector.await());
                        return Happened.received(0, receive.value());
                    })
                            .get());
        }
    }

    @Test
    void selector_ofNull_isRefused() {
        var selector = Selector.random();
        assertAll(
                () -> assertThrows(NullPointerException.class, () -> selector.receive(null)),
                () -> assertThrows(NullPointerException.class, () -> selector.send(null)),
                () -> assertThrows(NullPointerException.class, () -> selector.done(null)),
                () -> assertThrows(NullPointerException.class, () -> selector.completed(null)),
                () -> assertThrows(NullPointerException.class, () -> selector.await((Duration) null)),
                () -> assertThrows(NullPointerException.class, () -> selector.await((Context) null)));
        assertEquals(0, selector.size());
    }

    // Cost.

    @Test
    void run_whenSomethingIsReady_allocatesNothing() throws Throwable {
        var c = Chan.<Integer>buffered(1);
        var silent = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var selector = Selector.random();
        var receive = selector.receive(c);
        var send = selector.send(c, 1);
        selector.receive(silent);
        selector.done(ctx);
        selector.completed(new CompletableFuture<Integer>());
        allocatesNothing("await", () -> {
            assertNotEquals(null, selector.await());
        });
        allocatesNothing("await under a context", () -> {
            assertNotEquals(null, selector.await(ctx));
        });
        var hour = Duration.ofHours(1);
        allocatesNothing("await with a timeout", () -> {
            assertNotEquals(null, selector.await(hour));
        });
        allocatesNothing("poll", () -> {
            assertNotEquals(null, selector.poll());
        });
        c.tryReceive();
        allocatesNothing("value", () -> {
            if (selector.await() == receive && receive.value() != 1) {
                throw new AssertionError();
            }
        });
        send.enabled(false);
        c.tryReceive();
        allocatesNothing("poll with nothing ready", () -> assertNull(selector.poll()));
    }

    @Test
    void run_ofASelectThatIsKept_allocatesNothingWhenSomethingIsReady() throws Throwable {
        var c = Chan.<Integer>buffered(1);
        var select = Select.<Integer>first()
                .receive(c, v -> v)
                .send(c, 1, () -> 0)
                .receive(Chan.<Integer>unbuffered(), v -> v)
                .done(Context.background().withCancel(), _ -> -1);
        allocatesNothing("run", select::run);
        var poll = Select.<Integer>ordered()
                .receive(Chan.<Integer>unbuffered(), v -> v)
                .orElse(() -> 2);
        allocatesNothing("run with a default", poll::run);
    }

    /// On a thread of its own, which is a platform thread: the JVM counts for those.
    private static void allocatesNothing(String what, SelectTest.Body body) throws Throwable {
        MethodHandle allocated = allocatedBytes();
        var threads = new Threads();
        threads.platform(() -> {
            int runs = 100_000;
            long bytes = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5 && bytes >= runs; attempt++) { // at first the compiler still changes code
                for (int i = 0; i < 20_000; i++) {
                    body.run();
                }
                long before = (long) allocated.invoke();
                for (int i = 0; i < runs; i++) {
                    body.run();
                }
                bytes = (long) allocated.invoke() - before;
            }
            assertTrue(bytes < runs, what + ": " + bytes + " bytes in " + runs + " runs");
        });
        threads.join();
    }

    /// By reflection: the module of the tests does not require that of the bean.
    private static MethodHandle allocatedBytes() throws ReflectiveOperationException {
        Object bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
        assertNotNull(bean);
        return MethodHandles.publicLookup()
                .in(type)
                .findVirtual(type, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                .bindTo(bean);
    }
}
