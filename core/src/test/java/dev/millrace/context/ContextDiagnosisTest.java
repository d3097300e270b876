package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static dev.millrace.context.TestTools.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Ear;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.internal.Debug;
import dev.millrace.internal.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Who cancelled, when, where and why; what has stopped; what the tree looks like.
class ContextDiagnosisTest {
    private static final Context BG = Context.background();

    private static CancellableContext named(Context parent, String name) {
        return parent.withName(name).withCancel();
    }

    // Records.

    @Test
    void record_ofACancel_saysWhoWhenWhereAndWhy() {
        var request = named(BG, "request");
        var query = named(request, "query");
        Ear.on(query);
        var why = new IllegalStateException("client went away");
        Instant before = Instant.now();
        query.cancel(why);
        CancelRecord r = query.cancelRecord();
        assertEquals(CancelRecord.Kind.CANCELLED, r.kind());
        assertSame(why, r.cause());
        assertEquals("query", r.origin());
        assertEquals("request", r.below());
        assertEquals(Thread.currentThread().getName(), r.thread());
        assertTrue(Duration.between(before, r.at()).abs().compareTo(Duration.ofSeconds(5)) < 0);
        assertEquals(Duration.ZERO, r.budget());
        assertEquals(getClass().getName(), r.site().getClassName());
        assertEquals("record_ofACancel_saysWhoWhenWhereAndWhy", r.site().getMethodName());
        assertNull(r.madeAt());
        assertNull(request.cancelRecord());
        request.close();
    }

    @Test
    void record_isSharedByAllThatEndedTogether() {
        var root = named(BG, "root");
        var leaf = named(root.withCancel(), "leaf");
        root.cancel("why");
        assertSame(root.cancelRecord(), leaf.cancelRecord());
        assertEquals("root", leaf.cancelRecord().origin());
        assertSame(root.cancelRecord(), assertThrows(CancelledException.class, leaf::check).cancelRecord());
        assertNull(new CancelledException("by hand").cancelRecord());
    }

    @Test
    void record_ofACancelThatMetNobody_hasNoSite() {
        var looked = BG.withCancel();
        looked.withCancel();
        looked.cancel();
        assertNull(looked.cancelRecord().site());
        assertNotNull(looked.cancelRecord().at());
        var quiet = BG.withCancel().withCancel();
        quiet.cancel();
        assertNull(quiet.cancelRecord().at());
        assertEquals("", quiet.cancelRecord().thread());
        var root = BG.withCancel(); // polls of a root leave no trace, so somebody may have looked
        root.cancel();
        assertNotNull(root.cancelRecord().at());
    }

    @Test
    void record_ofADeadline_hasItsBudgetAndInstant() {
        var time = new ManualScheduler();
        time.inside(() -> {
            var ctx = TestTools.rootUnder(time).withName("call").withTimeout(Duration.ofMillis(300));
            var child = named(ctx, "child");
            Instant at = time.wallClock(time.nanoTime()).plusMillis(300);
            time.advance(Duration.ofSeconds(1));
            CancelRecord r = child.cancelRecord();
            assertEquals(CancelRecord.Kind.DEADLINE_EXCEEDED, r.kind());
            assertEquals("call", r.origin());
            assertEquals(at, r.at());
            assertEquals(Duration.ofMillis(300), r.budget());
            assertEquals("", r.thread());
            assertNull(r.site());
            assertEquals("context deadline exceeded: \"call\" had 300 ms", ctx.err().getMessage());
            assertEquals("context deadline exceeded: \"call\" had 300 ms, passed 700 ms ago",
                    assertThrows(DeadlineExceededException.class, child::check).getMessage());
        });
    }

    @Test
    void messages_beginWithGosWordsAndNameCauseAndPlace() {
        var request = named(BG, "request");
        var ctx = named(request, "query");
        Ear.on(ctx);
        ctx.cancel(new IllegalStateException("client went away"));
        String message = ctx.err().getMessage();
        assertTrue(message.matches("context canceled: client went away; cancelled \"query\""
                + " at ContextDiagnosisTest.java:\\d+ on .+; below \"request\""), message);
        String fresh = assertThrows(CancelledException.class, ctx::check).getMessage();
        assertTrue(fresh.matches("context canceled: client went away; cancelled \"query\""
                + " at ContextDiagnosisTest.java:\\d+ on .+, \\d+ \\w+ ago; below \"request\""), fresh);
        var noMessage = BG.withCancel();
        noMessage.cancel(new IllegalStateException());
        assertTrue(noMessage.err().getMessage().startsWith("context canceled: IllegalStateException; cancelled on "));
        request.close();
    }

    @Test
    void path_ofAnEnd_namesTheNodesFromTheFirst() {
        var a = named(BG, "a");
        var b = named(a, "b");
        var c = named(b.withCancel(), "c");
        assertEquals(List.of(), c.cancelPath());
        b.cancel();
        assertEquals(List.of("b", "", "c"), c.cancelPath());
        assertEquals(List.of("b"), b.cancelPath());
        a.cancel();
        assertEquals(List.of("b", "", "c"), c.cancelPath());
        assertEquals(List.of("a"), a.cancelPath());
        assertEquals(List.of(), BG.cancelPath());
    }

    @Test
    void debugMode_tellsWhereAContextWasMade_andKnowsAll() {
        boolean old = Debug.set(true);
        try {
            var root = named(BG, "root");
            var child = named(root, "child");
            assertEquals(1, root.snapshot().children().size());
            assertEquals("child", root.snapshot().children().getFirst().name());
            child.cancel("why");
            CancelRecord r = child.cancelRecord();
            assertEquals(getClass().getName(), r.madeAt().getClassName());
            assertTrue(child.err().getMessage().contains("(made at ContextDiagnosisTest.java:"),
                    child.err().getMessage());
            var late = root.withTimeout(Duration.ZERO);
            assertTrue(late.err().getMessage().contains("(set at ContextDiagnosisTest.java:"), late.err().getMessage());
            root.close();
        } finally {
            Debug.set(old);
        }
    }

    // Stop reports.

    @Test
    void stopReport_listsWhoStoppedAndWhoRunsOn() {
        var root = named(BG, "root");
        var child = named(root, "child");
        var goOn = new CountDownLatch(1);
        var running = new CountDownLatch(2);
        TestTools.go(child, "good", () -> {
            running.countDown();
            child.awaitDone();
        });
        TestTools.go(child, "stubborn", () -> {
            running.countDown();
            goOn.await();
        });
        TestTools.await(running);
        assertEquals(new StopReport(List.of(), 0, List.of()), root.stopReport());
        root.cancel();
        eventually("the good one has stopped", () -> root.stopReport().stopped().size() == 1);
        StopReport report = root.stopReport();
        assertEquals("good", report.stopped().getFirst().task());
        assertEquals("child", report.stopped().getFirst().context());
        assertFalse(report.stopped().getFirst().after().isNegative());
        assertEquals(0, report.leftOut());
        eventually("the other one is seen", () -> root.stopReport().running().size() == 1);
        var stubborn = root.stopReport().running().getFirst();
        assertEquals("stubborn", stubborn.task());
        assertEquals("child", stubborn.context());
        assertTrue(stubborn.since().isPositive());
        assertTrue(stubborn.stack().stream().anyMatch(f -> f.getMethodName().startsWith("await")));
        assertEquals(List.of(), named(BG, "other").stopReport().running());
        goOn.countDown();
        eventually("both have stopped", () -> root.stopReport().stopped().size() == 2
                && root.stopReport().running().isEmpty());
        assertEquals("stubborn", root.stopReport().stopped().get(1).task());
    }

    /// A goroutine lives on for a moment behind the end of its task: here it is held there, by the policy for its failure.
    @Test
    void taskThatHasStopped_isToldOfOnce() {
        var root = named(BG, "root");
        var held = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var before = Go.failurePolicy(FailurePolicy.handler((_, _) -> {
            held.countDown();
            TestTools.await(goOn);
        }));
        try {
            TestTools.go(root, "task", () -> {
                root.awaitDone();
                throw new IllegalStateException("planted");
            });
            root.cancel();
            TestTools.await(held);
            StopReport report = root.stopReport();
            assertEquals(1, report.stopped().size());
            assertEquals(List.of(), report.running());
            String dump = root.dump();
            assertTrue(dump.contains("task                stopped after"), dump);
            assertFalse(dump.contains("STILL RUNNING"), dump);
        } finally {
            goOn.countDown();
            Go.failurePolicy(before);
        }
    }

    @Test
    void stopReport_ofThousands_keepsSomeAndCountsTheRest() {
        var root = BG.withCancel();
        int count = 1_500;
        var running = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            TestTools.go(root, "t" + i, () -> {
                running.countDown();
                root.awaitDone();
            });
        }
        TestTools.await(running);
        root.cancel();
        eventually("all have stopped", () -> {
            StopReport r = root.stopReport();
            return r.running().isEmpty() && r.stopped().size() + r.leftOut() == count;
        });
        assertTrue(root.stopReport().leftOut() > 0);
    }

    // The tree.

    @Test
    void snapshot_hasRegisteredNodesAndTasks() {
        var root = named(BG, "root");
        var timed = root.withName("timed").withTimeout(HOUR);
        Ear.on(timed);
        root.withCancel(); // nobody waits there: not seen
        var goOn = new CountDownLatch(1);
        var worker = named(root, "worker");
        TestTools.go(worker, "task", goOn::await);
        eventually("task waits", () -> root.snapshot().children().stream().anyMatch(c -> !c.tasks().isEmpty()
                && c.tasks().getFirst().waitsFor().contains("await")));
        ContextSnapshot s = root.snapshot();
        assertEquals("root", s.name());
        assertEquals(Optional.empty(), s.end());
        assertEquals(2, s.children().size());
        var t = s.children().stream().filter(c -> c.name().equals("timed")).findFirst().orElseThrow();
        assertTrue(t.remaining().orElseThrow().compareTo(HOUR) <= 0);
        assertEquals("timeout 1 h", t.text());
        var w = s.children().stream().filter(c -> c.name().equals("worker")).findFirst().orElseThrow();
        assertEquals("task", w.tasks().getFirst().name());
        assertTrue(w.tasks().getFirst().running());
        assertEquals(Duration.ZERO, w.tasks().getFirst().sinceEnd());
        String dump = root.dump();
        assertTrue(dump.startsWith("root                alive\n"), dump);
        assertTrue(
                dump.contains("─ timed               alive, 59 min")
                        || dump.contains("─ timed               alive, 1 h"),
                dump);
        assertTrue(dump.contains("─ task                running: waits for "), dump);

        root.cancel("enough");
        goOn.countDown();
        eventually("task is noted", () -> root.dump().contains("stopped after "));
        ContextSnapshot ended = root.snapshot();
        assertEquals("enough", ended.end().orElseThrow().cause().getMessage());
        assertFalse(ended.inherited());
        assertTrue(root.dump().startsWith("root                cancelled "), root.dump());
        assertTrue(root.dump().contains(": enough (ContextDiagnosisTest.java:"), root.dump());
        assertTrue(ended.children().getFirst().inherited());
        assertTrue(root.dump().contains("cancelled with its parent"), root.dump());
    }

    @Test
    void dump_ofATaskThatRunsOn_saysSo() {
        var root = named(BG, "root");
        var goOn = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        TestTools.go(root, "stubborn", () -> {
            running.countDown();
            goOn.await();
        });
        TestTools.await(running);
        root.cancel();
        assertTrue(root.dump().contains("STILL RUNNING "), root.dump());
        goOn.countDown();
        eventually("it has stopped", () -> !root.dump().contains("STILL RUNNING"));
    }

    @Test
    void dump_ofADetachedTask_showsWhereItCameFrom() {
        var root = named(BG, "root");
        var goOn = new CountDownLatch(1);
        TestTools.go(root.detach().withName("audit"), "writer", goOn::await);
        eventually("it is seen", () -> root.dump().contains("writer"));
        ContextSnapshot d = root.snapshot().children().getFirst();
        assertTrue(d.detached());
        assertEquals("audit", d.name());
        assertTrue(root.dump().contains("audit               detached, alive"), root.dump());
        goOn.countDown();
        eventually("it has gone", () -> root.snapshot().children().isEmpty());
    }

    @Test
    void snapshot_ofBackground_hasTheTasksOfAll() {
        var goOn = new CountDownLatch(1);
        TestTools.go(named(BG, "somebody"), "somewhere", goOn::await);
        eventually("it is seen", () -> BG.dump().contains("somewhere"));
        assertTrue(BG.dump().startsWith("background          alive\n"), BG.dump());
        assertTrue(Context.todo().dump().startsWith("todo "));
        goOn.countDown();
    }

    @Test
    void snapshot_ofADeepTree_isMadeWithoutRecursion() {
        var root = BG.withCancel();
        Context leaf = root;
        for (int i = 0; i < 20_000; i++) {
            leaf = leaf.withCancel();
        }
        Ear.on(leaf);
        int depth = 0;
        for (ContextSnapshot s = root.snapshot(); !s.children().isEmpty(); s = s.children().getFirst()) {
            depth++;
        }
        assertEquals(20_000, depth);
        root.cancel();
    }

    @Test
    void end_dropsWhatItHeldOfTheTree() {
        var root = BG.withCancel();
        var err = lateLeaf(root);
        root.cancel("why");
        var leaf = err.get();
        assertNull(leaf.context());
        TestTools.collected("a leaf whose exception is kept", leaf.leaf());
        assertNotNull(leaf.err().cancelRecord());
    }

    private record Kept(Context context, java.lang.ref.WeakReference<Object> leaf, ContextException err) {}

    private static java.util.function.Supplier<Kept> lateLeaf(CancellableContext root) {
        var leaf = root.withCancel();
        Ear.on(leaf);
        var done = new java.lang.ref.WeakReference<Object>(leaf.done());
        root.cancel("why");
        var err = leaf.err();
        return () -> new Kept(null, done, err);
    }
}
