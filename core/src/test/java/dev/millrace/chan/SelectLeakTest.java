package dev.millrace.chan;

import static dev.millrace.chan.SelectTest.filled;
import static dev.millrace.chan.SelectTest.nobodyWaits;
import static dev.millrace.chan.SelectTest.queued;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.chan.SelectTest.Form;
import dev.millrace.chan.SelectTest.Happened;
import dev.millrace.chan.SelectTest.Running;
import dev.millrace.chan.SelectTest.Threads;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Completion;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.Node;
import dev.millrace.verify.Item;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is left of selects that are over: nothing.
class SelectLeakTest {
    static int listeners(Context ctx) {
        Node node = ContextBase.nodeOf(ctx);
        return node == null ? 0 : node.listeners();
    }

    /// Everything on which nothing happens.
    private static final class Silence {
        final Chan<Integer> in = Chan.unbuffered();
        final Chan<Integer> out = Chan.unbuffered();
        final Chan<Integer> full = filled(8, 1, 2, 3, 4, 5, 6, 7, 8);
        final Context ctx = Context.background().withCancel();
        final Context child = ctx.withCancel();
        final CompletableFuture<Integer> future = new CompletableFuture<>();

        SelectTest.Plan addTo(SelectTest.Plan plan) {
            return addOwnTo(plan).completed(future);
        }

        /// All but what is foreign: a wait for that does not let a clock go on.
        SelectTest.Plan addOwnTo(SelectTest.Plan plan) {
            return plan.receive(in)
                    .send(out, 1)
                    .send(full, 9)
                    .receive(in)
                    .done(ctx)
                    .done(child);
        }

        void check() {
            nobodyWaits(in, out, full);
            assertTrue(listeners(ctx) <= 1, "no more than its child"); // which stays registered for good, once it was
            assertEquals(0, listeners(child));
            assertEquals(0, Completion.of(future).listeners());
            assertTrue(future.getNumberOfDependents() <= 1, "one callback for ever");
            assertEquals(8, full.len());
        }
    }

    private static void collected(String what, WeakReference<?> ref) {
        long end = System.nanoTime() + 15_000_000_000L;
        while (!ref.refersTo(null)) {
            if (System.nanoTime() - end > 0) {
                fail("still reachable: " + what);
            }
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-21"})
    void selects_besideSilence_leaveNothing(Form form) throws Exception {
        int rounds = 100_000;
        var silence = new Silence();
        var c = Chan.<Integer>unbuffered();
        var threads = new Threads();
        threads.go(() -> {
            for (int i = 0; i < rounds; i++) {
                c.send(i);
            }
        });
        threads.go(() -> {
            var plan = silence.addTo(form.plan().receive(c)).timeout(SelectTest.HOUR);
            for (int i = 0; i < rounds; i++) {
                assertEquals(Happened.received(0, i), plan.run());
            }
        });
        threads.join();
        silence.check();
        nobodyWaits(c);
    }

    /// With the interrupt status set each run goes all the way into the queues and comes out again, without a partner.
    @ParameterizedTest
    @EnumSource
    @Item({"SEL-21", "SEL-28"})
    void selects_thatAreInterrupted_leaveNothing(Form form) {
        var silence = new Silence();
        var plan = silence.addTo(form.plan());
        for (int i = 0; i < 10_000; i++) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedWaitException.class, plan::run);
            assertTrue(Thread.interrupted());
            if (i % 1_000 == 0) {
                silence.check();
            }
        }
        silence.check();
        silence.in.trySend(1);
        assertNull(silence.out.tryReceive());
        assertEquals(1, silence.full.receive());
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-21", "SEL-24"})
    void selects_thatTimeOut_leaveNothing(Form form) {
        var time = new ManualScheduler();
        var silence = time.call(Silence::new);
        var late = new AtomicReference<Integer>(0);
        time.go(() -> {
            var plan = silence.addOwnTo(form.plan()).timeout(Duration.ofMillis(1));
            for (int i = 0; i < 2_000; i++) {
                assertEquals(Happened.LATE, plan.run());
                late.set(i + 1);
            }
        });
        time.advance(Duration.ofMillis(1_999));
        assertEquals(1, time.timers());
        time.advance(Duration.ofSeconds(1));
        assertEquals(2_000, late.get());
        assertEquals(0, time.timers());
        silence.check();
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-24"})
    void selects_withALongTimeoutThatLoses_leaveNoTimer(Form form) {
        var time = new ManualScheduler();
        var c = Chan.<Integer>unbuffered();
        var silence = new Silence();
        time.go(() -> {
            for (int i = 0; i < 3_000; i++) {
                c.send(i);
            }
        });
        time.run(() -> {
            for (int i = 0; i < 3_000; i++) {
                assertEquals(
                        Happened.received(7, i),
                        silence.addTo(form.plan())
                                .receive(c)
                                .timeout(SelectTest.HOUR)
                                .run());
            }
        });
        assertEquals(0, time.timers());
        assertEquals(0, time.lowest());
        silence.check();
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAIN", "SELECTOR"})
    @Item({"SEL-21", "SEL-28"})
    void selects_thatTheObservedContextEnds_leaveNothing(Form form) throws Exception {
        var silence = new Silence();
        for (int i = 0; i < 200; i++) {
            var ctx = Context.background().withCancel();
            var running = new Running(() -> silence.addTo(form.plan()).run(ctx));
            queued(silence.in, 0, 2);
            ctx.cancel();
            running.failure(dev.millrace.context.CancelledException.class);
            assertEquals(0, listeners(ctx));
        }
        silence.check();
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-21"})
    void selects_wonByEachKindOfCase_leaveNothing(Form form) throws Exception {
        var silence = new Silence();
        for (int i = 0; i < 50; i++) {
            var ctx = Context.background().withCancel();
            var future = new CompletableFuture<Integer>();
            var in = Chan.<Integer>unbuffered();
            var out = Chan.<Integer>unbuffered();
            var both = new Chan<?>[] {in, out};
            var running = new Running(() -> silence.addTo(form.plan())
                    .done(ctx)
                    .completed(future)
                    .receive(in)
                    .send(out, 5)
                    .run());
            queued(out, 1, 0);
            queued(silence.in, 0, 2);
            int winner =
                    switch (i % 5) {
                        case 0 -> {
                            ctx.cancel();
                            yield 7;
                        }
                        case 1 -> {
                            future.complete(1);
                            yield 8;
                        }
                        case 2 -> {
                            in.send(1);
                            yield 9;
                        }
                        case 3 -> {
                            assertEquals(5, out.receive());
                            yield 10;
                        }
                        default -> {
                            in.close();
                            yield 9;
                        }
                    };
            assertEquals(winner, running.get().index());
            nobodyWaits(both);
            assertEquals(0, listeners(ctx));
            assertEquals(0, Completion.of(future).listeners());
            silence.check();
        }
    }

    @Test
    @Item({"SEL-28"})
    void loops_leftByBreakReturnAndException_leaveNoEntries() throws Exception {
        var silence = new Silence();
        var c = Chan.<Integer>unbuffered();
        var threads = new Threads();
        threads.go(() -> {
            for (int i = 0; i < 300; i++) {
                c.send(i % 3);
            }
        });
        var left = new ArrayList<String>();
        threads.go(() -> {
            for (int i = 0; i < 300; i++) {
                try {
                    left.add(loop(silence, c));
                } catch (IllegalStateException e) {
                    left.add(e.getMessage());
                }
            }
        });
        threads.join();
        assertEquals(300, left.size());
        assertEquals(100, left.stream().filter("return"::equals).count());
        assertEquals(100, left.stream().filter("break"::equals).count());
        assertEquals(100, left.stream().filter("exception"::equals).count());
        silence.check();
        nobodyWaits(c);
    }

    private static String loop(Silence silence, Chan<Integer> c) {
        var selector = Selector.random();
        var job = selector.receive(c);
        selector.receive(silence.in);
        selector.send(silence.out, 1);
        selector.done(silence.ctx);
        for (;;) {
            assertSame(job, selector.await());
            if (job.value() == 0) {
                return "return";
            } else if (job.value() == 1) {
                break;
            }
            throw new IllegalStateException("exception");
        }
        return "break";
    }

    // Memory.

    /// Something to be collected, told apart from small integers that live for ever.
    private static final class Thing {}

    @Test
    @Item({"SEL-21"})
    void handlersAndValues_ofSelectsThatAreOver_areCollected() throws Exception {
        var silent = Chan.<Thing>unbuffered();
        var c = Chan.<Thing>unbuffered();
        var ctx = Context.background().withCancel();
        var future = new CompletableFuture<Integer>();
        var refs = new ArrayList<WeakReference<?>>();
        var running = new Running(() -> {
            for (Supplier<Thing> make : new ArrayList<Supplier<Thing>>(java.util.List.of(Thing::new, Thing::new))) {
                Thing handler = make.get();
                Thing value = make.get();
                refs.add(new WeakReference<>(handler));
                refs.add(new WeakReference<>(value));
                Thing got = Select.<Thing>first()
                        .receive(silent, v -> handler)
                        .send(silent, value, () -> handler)
                        .done(ctx, cause -> handler)
                        .completed(future, () -> handler)
                        .receive(c, v -> v)
                        .timeout(SelectTest.HOUR, () -> handler)
                        .run();
                refs.add(new WeakReference<>(got));
            }
            return Happened.DEFAULT;
        });
        for (int i = 0; i < 2; i++) {
            queued(c, 0, 1);
            c.send(new Thing());
        }
        running.get();
        assertEquals(6, refs.size());
        for (int i = 0; i < 6; i++) {
            collected(i % 3 == 0 ? "a handler" : i % 3 == 1 ? "a value not sent" : "a value received", refs.get(i));
        }
        nobodyWaits(silent, c);
        Reference.reachabilityFence(ctx);
        Reference.reachabilityFence(future);
    }

    @Test
    void valueReceived_isNotKeptByAPreparedSelect() {
        var c = Chan.<Thing>buffered(1);
        var select = Select.<String>first().receive(c, v -> "got");
        var selector = Selector.random();
        var receive = selector.receive(c);
        collected("what a select received", sent(c, () -> assertEquals("got", select.run())));
        var ref = sent(c, () -> assertSame(receive, selector.await()));
        assertNotNull(receive.value());
        assertNull(selector.poll());
        collected("what a selector received two runs ago", ref);
        Reference.reachabilityFence(select);
        Reference.reachabilityFence(selector);
        Reference.reachabilityFence(c);
    }

    private static WeakReference<Thing> sent(Chan<Thing> c, Runnable run) {
        var thing = new Thing();
        c.send(thing);
        run.run();
        return new WeakReference<>(thing);
    }

    @Test
    void future_thatNobodyKeeps_isCollectedThoughSelectsWaitedForIt() {
        var silent = Chan.<Integer>unbuffered();
        var selector = Selector.random();
        selector.receive(silent);
        var ref = selectedFuture(selector);
        collected("a future", ref);
        assertNull(selector.poll());
        Reference.reachabilityFence(selector);
    }

    private static WeakReference<CompletableFuture<Integer>> selectedFuture(Selector selector) {
        var future = new CompletableFuture<Integer>();
        selector.completed(future);
        assertNull(selector.await(Duration.ofNanos(1)));
        return new WeakReference<>(future);
    }

    @Test
    @Item({"SEL-21"})
    void manySelects_onOneQuietFuture_leaveOneCallback() {
        var future = new CompletableFuture<Integer>();
        for (int i = 0; i < 100_000; i++) {
            assertEquals(
                    "none",
                    Select.<String>first()
                            .completed(future, () -> "done")
                            .orElse(() -> "none")
                            .run());
        }
        assertEquals(1, future.getNumberOfDependents());
        future.complete(1);
        assertEquals(
                "done",
                Select.<String>first().completed(future, () -> "done").run());
    }
}
