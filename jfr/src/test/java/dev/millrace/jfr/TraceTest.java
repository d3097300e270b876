package dev.millrace.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Labels;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TraceTest {
    private static final Context BG = Context.background();

    @Test
    void task_closed_isRecordedWithIdAndType() throws Exception {
        var ids = new long[2];
        Recorded r = Recorded.all(() -> {
            try (var outer = Trace.newTask(BG, "order"); var inner = Trace.newTask(outer.context(), "payment")) {
                ids[0] = outer.id();
                ids[1] = inner.id();
                assertEquals(ids[0], inner.parent());
            }
        });
        assertNotEquals(ids[0], ids[1]);
        var outer = r.one("Task", "task", ids[0]);
        assertEquals("order", outer.getString("taskType"));
        assertEquals(0, outer.getLong("parent"));
        var inner = r.one("Task", "task", ids[1]);
        assertEquals("payment", inner.getString("taskType"));
        assertEquals(ids[0], inner.getLong("parent"));
        assertFalse(inner.getStartTime().isBefore(outer.getStartTime()));
        assertFalse(outer.getEndTime().isBefore(inner.getEndTime()));
    }

    @Test
    void task_closedTwiceByOthers_isRecordedOnce() throws Exception {
        Recorded r = Recorded.all(() -> {
            var task = Trace.newTask(BG, "handed over");
            var wg = new WaitGroup();
            wg.go(task::close);
            wg.go(task::close);
            wg.await();
            task.close();
        });
        assertEquals(1, r.of("Task", "taskType", "handed over").size());
    }

    @Test
    void task_begunBeforeTheRecording_isNotRecorded_butItsRegionsSayIt() throws Exception {
        var task = Trace.newTask(BG, "older");
        Recorded r = Recorded.all(() -> {
            Trace.withRegion(task.context(), "part", () -> {});
            task.close();
        });
        assertEquals(List.of(), r.of("Task", "taskType", "older"));
        assertEquals(task.id(), r.one("Region", "type", "part").getLong("task"));
        assertEquals("older", r.one("Region", "type", "part").getString("taskType"));
    }

    @Test
    void task_context_canBeCancelledByItsOwnerOnly() {
        try (var ctx = BG.withCancel(); var task = Trace.newTask(ctx, "t")) {
            assertFalse(task.context() instanceof CancellableContext);
            ctx.cancel("over");
            assertTrue(task.context().isDone());
        }
        assertEquals("task ", Trace.newTask(BG, "x").toString().substring(0, 5));
    }

    @Test
    void regionsAndLogs_ofGoroutinesBelow_nameTheTask() throws Exception {
        var id = new long[1];
        Recorded r = Recorded.all(() -> {
            try (var task = Trace.newTask(BG, "request"); var ctx = task.context().withCancel()) {
                id[0] = task.id();
                var wg = new WaitGroup();
                Named.go(wg, ctx, "worker", c -> {
                    Trace.withRegion(c, "work", () -> Trace.log(c, "note", "done"));
                    Trace.withRegion(Context.current(), "ambient", () -> {});
                });
                wg.await();
                Named.untilEnded();
                Trace.withRegion(BG, "elsewhere", () -> {});
            }
        });
        var work = r.one("Region", "type", "work");
        assertEquals(id[0], work.getLong("task"));
        assertEquals("request", work.getString("taskType"));
        assertEquals("worker", work.getThread().getJavaName());
        assertEquals(id[0], r.one("Region", "type", "ambient").getLong("task"));
        var log = r.one("Log", "message", "done");
        assertEquals(id[0], log.getLong("task"));
        assertEquals("note", log.getString("category"));
        assertEquals(0, r.one("Region", "type", "elsewhere").getLong("task"));
        assertEquals("", r.one("Region", "type", "elsewhere").getString("taskType"));
        assertEquals(id[0], r.one("GoroutineStart", "name", "worker").getLong("task"));
        assertEquals("request", r.one("GoroutineEnd", "name", "worker").getString("taskType"));
    }

    @Test
    void region_body_givesItsResultAndItsFailure() throws Exception {
        Recorded r = Recorded.all(() -> {
            assertEquals(7, Trace.<Integer, RuntimeException>callRegion(BG, "seven", () -> 7));
            var e = new IOException("as it is");
            assertSame(e, assertThrows(IOException.class, () -> Trace.withRegion(BG, "failed", () -> {
                throw e;
            })));
        });
        assertEquals(1, r.of("Region", "type", "seven").size());
        assertEquals(1, r.of("Region", "type", "failed").size());
        assertEquals(7, Trace.<Integer, RuntimeException>callRegion(BG, "seven", () -> 7));
    }

    private static void outOfOrder() {
        var outer = Trace.startRegion(BG, "outer");
        var inner = Trace.startRegion(BG, "inner");
        var e = assertThrows(IllegalStateException.class, outer::close);
        assertEquals("region \"outer\" is closed before \"inner\", which was begun later: regions nest",
                e.getMessage());
        inner.close();
        inner.close();
        outer.close();
        outer.close();
    }

    @Test
    void region_closedOutOfOrder_isAnErrorAndStaysOpen() throws Exception {
        outOfOrder(); // off
        Recorded r = Recorded.all(TraceTest::outOfOrder);
        assertEquals(1, r.of("Region", "type", "outer").size());
        assertEquals(1, r.of("Region", "type", "inner").size());
    }

    private static void byAnother() throws Exception {
        var region = Trace.startRegion(BG, "mine");
        var failure = new Throwable[1];
        Thread other = Thread.ofPlatform().name("other").start(() -> {
            try {
                region.close();
            } catch (IllegalStateException e) {
                failure[0] = e;
            }
        });
        other.join();
        assertTrue(failure[0].getMessage().startsWith("region \"mine\" is closed by \"other\", expected \""),
                failure[0].getMessage());
        try (var _ = Trace.startRegion(BG, "next")) {
            assertEquals("region \"mine\"", region.toString());
        }
        region.close();
    }

    @Test
    void region_closedByAnotherThread_isAnErrorAndStaysOpen() throws Exception {
        byAnother();
        assertEquals(1, Recorded.all(TraceTest::byAnother).of("Region", "type", "mine").size());
    }

    @Test
    void log_withSupplier_isMadeOnlyWhenRecorded() throws Exception {
        var calls = new AtomicInteger();
        Supplier<String> text = () -> "line " + calls.incrementAndGet();
        Trace.log(BG, "", text);
        assertEquals(0, calls.get());
        Recorded r = Recorded.all(() -> Trace.log(BG, "", text));
        assertEquals(1, calls.get());
        assertEquals("", r.one("Log", "message", "line 1").getString("category"));
    }

    @Test
    void log_longAndStrangeText_isRecordedAsItIs() throws Exception {
        String strange = "\0 \n \uD800 \u2028 ä € " + "x".repeat(100_000);
        Recorded r = Recorded.all(() -> Trace.log(BG, "strange", strange));
        String found = r.one("Log", "category", "strange").getString("message");
        assertEquals(strange.length(), found.length());
        assertEquals(strange.substring(6), found.substring(6));
    }

    @Test
    void labels_ofContext_areInEveryEvent() throws Exception {
        Recorded r = Recorded.all(() -> Labels.of("tenant", "7", "route", "/cart").run(BG, c -> {
            Trace.withRegion(c, "labelled", () -> {});
            Trace.log(c, "", "labelled");
            Trace.newTask(c, "labelled").close();
            var wg = new WaitGroup();
            Named.go(wg, "labelled", () -> {});
            wg.await();
            Named.untilEnded();
        }));
        String labels = "{route=/cart, tenant=7}";
        assertEquals(labels, r.one("Region", "type", "labelled").getString("labels"));
        assertEquals(labels, r.one("Log", "message", "labelled").getString("labels"));
        assertEquals(labels, r.one("Task", "taskType", "labelled").getString("labels"));
        assertEquals(labels, r.one("GoroutineStart", "name", "labelled").getString("labels"));
        assertEquals(labels, r.one("GoroutineEnd", "name", "labelled").getString("labels"));
    }

    private static void refusesNull() {
        assertThrows(NullPointerException.class, () -> Trace.newTask(null, "x"));
        assertThrows(NullPointerException.class, () -> Trace.newTask(BG, null));
        assertThrows(NullPointerException.class, () -> Trace.withRegion(null, "x", () -> {}));
        assertThrows(NullPointerException.class, () -> Trace.withRegion(BG, null, () -> {}));
        assertThrows(NullPointerException.class, () -> Trace.withRegion(BG, "x", null));
        assertThrows(NullPointerException.class, () -> Trace.callRegion(BG, "x", null));
        assertThrows(NullPointerException.class, () -> Trace.startRegion(null, "x"));
        assertThrows(NullPointerException.class, () -> Trace.startRegion(BG, null));
        assertThrows(NullPointerException.class, () -> Trace.log(null, "", ""));
        assertThrows(NullPointerException.class, () -> Trace.log(BG, null, ""));
        assertThrows(NullPointerException.class, () -> Trace.log(BG, "", (String) null));
        assertThrows(NullPointerException.class, () -> Trace.log(BG, "", (Supplier<String>) null));
        assertThrows(NullPointerException.class, () -> Trace.start(null));
    }

    @Test
    void null_isRefused_onAndOff() throws Exception {
        refusesNull();
        Recorded.all(TraceTest::refusesNull);
    }

    @Test
    void isEnabled_followsTheRecording() throws Exception {
        assertFalse(Trace.isEnabled());
        Recorded.during(Recorded.only(List.of("Log")), () -> assertTrue(Trace.isEnabled()));
        Recorded.during(Recorded.only(List.of("Blocked")), () -> assertFalse(Trace.isEnabled()));
        assertFalse(Trace.isEnabled());
    }
}
