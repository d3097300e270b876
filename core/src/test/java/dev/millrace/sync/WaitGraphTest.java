package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Goroutines;
import dev.millrace.go.Until;
import dev.millrace.go.WaitGraph;
import dev.millrace.go.WaitGraph.Awaiting;
import dev.millrace.go.WaitGraph.End;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.Debug;
import dev.millrace.internal.Sight;
import dev.millrace.internal.WaitFor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Who waits for whom, as far as is known. Goroutines of other tests may be in the graph too, so each test looks for its own by name.
class WaitGraphTest {
    /// The graph, once the goroutines called so all wait.
    private static WaitGraph graph(String... names) throws Exception {
        var found = new WaitGraph[1];
        Until.until("they wait: " + List.of(names), () -> {
            WaitGraph graph = Goroutines.waitGraph();
            found[0] = graph;
            return List.of(names).stream().allMatch(n -> graph.waits().stream().anyMatch(called(n)));
        });
        return found[0];
    }

    private static Predicate<Awaiting> called(String name) {
        return w -> w.label().endsWith("\"" + name + "\"");
    }

    private static Awaiting wait(WaitGraph graph, String name) {
        return graph.waits().stream().filter(called(name)).findFirst().orElseThrow();
    }

    private static WaitGraph.Ring knotOf(WaitGraph graph, String name) {
        long id = wait(graph, name).id();
        return graph.knots().stream().filter(k -> k.members().contains(id)).findFirst().orElse(null);
    }

    @Test
    void mutexes_crosswiseInDebugMode_areARing() throws Exception {
        boolean old = Debug.set(true);
        try (var ctx = Context.background().withCancel()) {
            var a = Mutex.named("a");
            var b = Mutex.named("b");
            var both = new CountDownLatch(2);
            Go.go("ring one", () -> {
                a.lock();
                both.countDown();
                both.await();
                b.lock();
                b.unlock();
                a.unlock();
            });
            Go.go("ring two", () -> {
                b.lock();
                both.countDown();
                both.await();
                a.lock();
                a.unlock();
                b.unlock();
            });
            Go.go("ring tail", () -> {
                both.await();
                a.lock();
                a.unlock();
            });
            WaitGraph graph = graph("ring one", "ring two", "ring tail");
            var knot = knotOf(graph, "ring one");
            assertNotNull(knot, graph.toString());
            long one = wait(graph, "ring one").id();
            long two = wait(graph, "ring two").id();
            long tail = wait(graph, "ring tail").id();
            assertAll(
                    () -> assertEquals(java.util.Set.of(one, two, tail), java.util.Set.copyOf(knot.members())),
                    () -> assertEquals(java.util.Set.of(one, two), java.util.Set.copyOf(knot.ring())),
                    () -> assertEquals(2, knot.text().size()),
                    () -> assertTrue(knot.text().toString().matches(
                            ".*goroutine " + one
                                    + " \"ring one\" waits: sync.Mutex.Lock on mutex \"b\" \\(locked, 1 waiting\\);"
                                    + " goroutine " + two
                                    + " \"ring two\" holds mutex \"b\" since WaitGraphTest.java:\\d+.*"),
                            knot.text().toString()),
                    () -> assertEquals(End.ALL_OF, wait(graph, "ring one").end()),
                    () -> assertEquals(two, wait(graph, "ring one").by().getFirst().to()));
            a.unlock(); // anybody may
            Until.until("they go on",
                    () -> Goroutines.waitGraph().waits().stream().noneMatch(called("ring one").or(called("ring two"))));
        } finally {
            Debug.set(old);
        }
    }

    @Test
    void mutex_outsideDebugMode_isHeldByNobodyWhoIsKnown() throws Exception {
        var m = Mutex.named("m");
        m.lock();
        Go.go("locks m", () -> m.holding(() -> {}));
        Awaiting w = wait(graph("locks m"), "locks m");
        assertEquals(End.ANYBODY, w.end());
        assertEquals("whoever has it; who has it is known of locks made in debug mode", w.why());
        m.unlock();
    }

    @Test
    void mutex_holderThatCanGoOn_isAnEdgeAndNoKnot() throws Exception {
        boolean old = Debug.set(true);
        try {
            var m = Mutex.named("m");
            m.lock();
            Go.go("waits for the test", () -> m.holding(() -> {}));
            WaitGraph graph = graph("waits for the test");
            Awaiting w = wait(graph, "waits for the test");
            assertEquals(Thread.currentThread().threadId(), w.by().getFirst().to());
            assertEquals(null, knotOf(graph, "waits for the test"), graph.toString());
            m.unlock();
        } finally {
            Debug.set(old);
        }
    }

    @Test
    void mutex_underAContext_mayEndByThat() throws Exception {
        boolean old = Debug.set(true);
        try (var ctx = Context.background().withName("budget").withTimeout(Duration.ofMinutes(10))) {
            var m = Mutex.named("m");
            Go.go("locks twice", () -> {
                m.lock();
                m.lock(ctx);
            });
            WaitGraph graph = graph("locks twice");
            Awaiting w = wait(graph, "locks twice");
            assertEquals(End.ANYBODY, w.end());
            assertTrue(
                    w.why().matches(
                            "who has it has to unlock it; the end of context \"budget\", due in .*, ends it too"),
                    w.why());
            assertEquals(null, knotOf(graph, "locks twice"));
        } finally {
            Debug.set(old);
        }
    }

    @Test
    void context_isEndedByWhoCancelsIt_orByItsTime() throws Exception {
        try (var plain = Context.background().withName("plain").withCancel();
                var timed = Context.background().withName("timed").withTimeout(Duration.ofMinutes(10))) {
            Go.go("waits for plain", plain::awaitDone);
            Go.go("waits for timed", timed::awaitDone);
            WaitGraph graph = graph("waits for plain", "waits for timed");
            Awaiting one = wait(graph, "waits for plain");
            assertEquals(End.ANYBODY, one.end());
            assertEquals("the end of context \"plain\" ends it", one.why());
            assertTrue(wait(graph, "waits for timed").why()
                    .matches("the end of context \"timed\", due in .*, ends it"), graph.toString());
        }
    }

    @Test
    void context_thatNeverEnds_isADeadEnd() throws Exception {
        var thread = new Thread[1];
        var parked = new CountDownLatch(1);
        Go.go("waits for background", () -> {
            thread[0] = Thread.currentThread();
            parked.countDown();
            try {
                Context.background().awaitDone();
            } catch (InterruptedWaitException e) {
                // the test is over
            }
        });
        parked.await();
        Awaiting w = wait(graph("waits for background"), "waits for background");
        assertEquals(End.NOBODY, w.end());
        thread[0].interrupt();
    }

    @Test
    void rwMutex_readersAndWriter_areHolders() throws Exception {
        boolean old = Debug.set(true);
        try {
            var lock = RWMutex.named("table");
            var reads = new CountDownLatch(1);
            var stay = new CountDownLatch(1);
            Go.go("reads", () -> {
                lock.rLock();
                reads.countDown();
                stay.await();
                lock.rUnlock();
            });
            reads.await();
            Go.go("writes", () -> {
                lock.lock();
                lock.unlock();
            });
            Awaiting w = wait(graph("writes"), "writes");
            assertEquals(End.ALL_OF, w.end());
            assertTrue(w.by().getFirst().label().endsWith("\"reads\""), w.by().toString());
            assertTrue(
                    w.by().getFirst().why().matches("reads rwmutex \"table\" since WaitGraphTest.java:\\d+"),
                    w.by().toString());
            stay.countDown();
        } finally {
            Debug.set(old);
        }
    }

    @Test
    void waitGroup_membersThatWaitForItsWaiter_areARing() throws Exception {
        var inner = new WaitGroup();
        var outer = new WaitGroup();
        var started = new CountDownLatch(1);
        outer.go(() -> { // waits for the goroutine that waits for it
            started.await();
            inner.await();
        });
        inner.go(outer::await);
        started.countDown();
        var found = new WaitGraph.Ring[1];
        Until.until("a ring of two", () -> {
            found[0] = Goroutines.waitGraph().knots().stream()
                    .filter(k -> k.members().size() == 2 && k.text().toString().contains("sync.WaitGroup.Wait"))
                    .findFirst()
                    .orElse(null);
            return found[0] != null;
        });
        assertEquals(2, found[0].ring().size());
        outer.done(); // somebody does what the graph does not foresee
    }

    @Test
    void waitGroup_countThatBelongsToNobody_mayBeCountedDownByAnybody() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        var stay = new CountDownLatch(1);
        wg.go(stay::await);
        Go.go("waits for the group", wg::await);
        WaitGraph graph = graph("waits for the group");
        Awaiting w = wait(graph, "waits for the group");
        assertEquals(End.ANYBODY, w.end());
        assertEquals("1 of its counts belongs to nobody who is known: anybody may count down who has it", w.why());
        assertEquals(1, w.by().size());
        wg.done();
        stay.countDown();
    }

    @Test
    void taskGroup_tasksThatStartMoreAtTheLimit_areAKnot() throws Exception {
        try (var group = TaskGroup.open(Context.background()).limit(1)) {
            group.go("at the limit", _ -> group.go(_ -> {}));
            Go.go("joins", () -> group.join());
            WaitGraph graph = graph("at the limit", "joins");
            var knot = knotOf(graph, "at the limit");
            assertNotNull(knot, graph.toString());
            Awaiting joins = wait(graph, "joins");
            assertAll(
                    () -> assertEquals(List.of(wait(graph, "at the limit").id()), knot.ring(), "it waits for itself"),
                    () -> assertTrue(knot.members().contains(joins.id()), "and holds up who joins"),
                    () -> assertEquals(End.ALL_OF, joins.end()),
                    () -> assertEquals(End.ONE_OF, wait(graph, "at the limit").end()),
                    () -> assertTrue(
                            wait(graph, "at the limit").waitsFor()
                                    .startsWith("errgroup.Go at its limit, of errgroup.Wait"),
                            graph.toString()));
        } // the close lets it in
        catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("closed"), e.getMessage());
        }
    }

    @Test
    void taskGroup_anotherTaskThatMayEnd_isNoKnot() throws Exception {
        var stay = new CountDownLatch(1);
        try (var group = TaskGroup.open(Context.background()).limit(2)) {
            group.go("has a place", _ -> stay.await());
            group.go("wants another", _ -> group.go(_ -> {}));
            WaitGraph graph = graph("wants another");
            stay.countDown(); // first: the group's close waits for it, also when this fails
            group.join();
            assertEquals(2, wait(graph, "wants another").by().size(), graph.toString());
            assertEquals(null, knotOf(graph, "wants another"), graph.toString());
        }
    }

    @Test
    void knot_waitThatHasEndedSinceTheLook_isNone() throws Exception {
        var stuck = new Thread[1];
        var wg = new WaitGroup();
        wg.go(() -> {
            stuck[0] = Thread.currentThread();
            try {
                Chan.never().receive();
            } catch (InterruptedWaitException e) {
                // the test is over
            }
        });
        Thread waits = Thread.ofPlatform().start(() -> {
            try {
                wg.await();
            } catch (InterruptedWaitException e) {
                // no longer waits
            }
        });
        var look = new WaitFor[1];
        var before = new ArrayList<Sight>();
        Until.until("a knot", () -> {
            before.clear();
            before.addAll(Sight.all());
            look[0] = WaitFor.look(before);
            return knots(look[0], waits) == 1;
        });
        waits.interrupt();
        Until.ended(waits);
        assertEquals(0, knots(WaitFor.look(before), waits), "what was seen is old");
        stuck[0].interrupt();
    }

    private static long knots(WaitFor graph, Thread of) {
        return graph.knots().stream().filter(k -> k.waits().stream().anyMatch(w -> w.sight().thread() == of)).count();
    }

    @Test
    void taskGroup_joinOfATaskThatWaitsForNothing_isAKnotWithoutRing() throws Exception {
        var stuck = new Thread[1];
        var wg = new WaitGroup();
        wg.go(() -> {
            stuck[0] = Thread.currentThread();
            Chan.never().receive();
        });
        Go.go("waits for a dead end", wg::await);
        WaitGraph graph = graph("waits for a dead end");
        var found = new WaitGraph.Ring[1];
        Until.until("a knot", () -> (found[0] = knotOf(graph("waits for a dead end"), "waits for a dead end")) != null);
        assertEquals(List.of(), found[0].ring());
        assertEquals(2, found[0].members().size(), graph.toString());
        assertTrue(found[0].text().toString().contains("a nil channel is never ready"), found[0].text().toString());
        stuck[0].interrupt();
    }

    @Test
    void once_waitForWhoRunsIt_isAnEdge() throws Exception {
        var once = new Once();
        var stay = new CountDownLatch(1);
        Go.go("runs it", () -> once.run(() -> Until.until("released", () -> stay.getCount() == 0)));
        Until.until("runs", () -> once.toString().contains("running"));
        Go.go("waits for the once", () -> once.run(() -> {}));
        Awaiting w = wait(graph("waits for the once"), "waits for the once");
        assertEquals(End.ONE_OF, w.end());
        assertTrue(w.by().getFirst().label().endsWith("\"runs it\""), w.by().toString());
        stay.countDown();
    }

    @Test
    void selects_thatFaceEachOther_areNamed() throws Exception {
        var a = Chan.<Integer>named("left").unbuffered();
        var b = Chan.<Integer>named("right").unbuffered();
        for (String name : List.of("faces one", "faces two")) {
            Go.go(name, () -> Select.<Boolean>first().send(a, 1, () -> true).receive(b, _ -> false).run());
        }
        WaitGraph graph = graph("faces one", "faces two");
        long one = wait(graph, "faces one").id();
        long two = wait(graph, "faces two").id();
        String words = graph.facing().stream().filter(f -> f.contains("left")).findFirst().orElse("");
        assertAll(
                () -> assertTrue(words.contains("goroutine " + Math.min(one, two) + " \"faces"), words),
                () -> assertTrue(words.contains("goroutine " + Math.max(one, two) + " \"faces"), words),
                () -> assertTrue(
                        words.endsWith(" select on the same channels and none of their cases meet: both send to"
                                + " channel \"left\" (unbuffered) and receive from channel \"right\" (unbuffered)"),
                        words),
                () -> assertEquals(End.ANYBODY, wait(graph, "faces one").end(), "somebody else may have the channels"),
                () -> assertTrue(wait(graph, "faces one").why().contains("send to channel \"left\" (unbuffered)"),
                        graph.toString()));
        a.receive();
        b.send(1);
    }

    @Test
    void sleepAndTimeout_endByTime() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Go.go(ctx, "sleeps long", c -> c.sleep(Duration.ofHours(1)));
            Go.go(ctx, "selects for long",
                    c -> Select.<Boolean>first().done(c, _ -> true).timeout(Duration.ofHours(1), () -> false).run());
            WaitGraph graph = graph("sleeps long", "selects for long");
            assertEquals(End.TIME, wait(graph, "sleeps long").end());
            assertEquals(End.TIME, wait(graph, "selects for long").end());
        }
    }

    @Test
    void json_ofAGraph_hasItsComponents() throws Exception {
        var ch = Chan.<Integer>named("json \"c\"").unbuffered();
        Go.go("sends to nobody", () -> ch.send(1));
        WaitGraph graph = graph("sends to nobody");
        var text = new StringBuilder();
        graph.json(text);
        String json = text.toString();
        long id = wait(graph, "sends to nobody").id();
        assertAll(
                () -> assertTrue(json.startsWith("{\"waits\":["), json),
                () -> assertTrue(json.contains("{\"id\":" + id + ",\"label\":\"goroutine " + id
                        + " \\\"sends to nobody\\\"\",\"waitsFor\":\"chan send on"
                        + " channel \\\"json \\\"c\\\"\\\" (unbuffered)\",\"waitedNanos\":"), json),
                () -> assertTrue(json.contains(
                        "\"end\":\"ANYBODY\",\"why\":\"anybody may who has the channel and receives from it, or closes"
                                + " it\",\"by\":[]}"),
                        json),
                () -> assertTrue(
                        json.contains("{\"channel\":\"channel \\\"json \\\"c\\\"\\\" (unbuffered)\",\"senders\":[" + id
                                + "],\"receivers\":[]}"),
                        json),
                () -> assertTrue(json.endsWith("]}\n"), json));
        ch.receive();
    }
}
