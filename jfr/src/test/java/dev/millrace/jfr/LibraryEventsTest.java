package dev.millrace.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import dev.millrace.go.Labels;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

class LibraryEventsTest {
    private static final Context BG = Context.background();

    /// Until the goroutine called `name` waits by the library.
    static void untilWaits(String name) {
        long start = System.nanoTime();
        while (Go.goroutines().stream().noneMatch(g -> g.name().equals(name) && !g.waitsFor().isEmpty())) {
            if (System.nanoTime() - start > 20_000_000_000L) {
                throw new AssertionError(name + " does not wait: "
                        + Go.goroutines().stream().map(GoroutineSnapshot::waitsFor).toList());
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void blocked_onChannelLockAndSelect_saysForWhatAndHowLong() throws Exception {
        var jobs = Chan.<Integer>named("jobs (of today)").unbuffered();
        var mutex = Mutex.named("stock");
        var other = Chan.<Integer>named("results").unbuffered();
        var nameless = Chan.<Integer>unbuffered();
        var id = new long[1];
        Recorded r = Recorded.all(() -> {
            var wg = new WaitGroup();
            mutex.lock();
            try (var task = Trace.newTask(BG, "t")) {
                id[0] = task.id();
                Named.go(wg, task.context(), "reader", c -> jobs.receive());
                Named.go(wg, "locker", () -> {
                    mutex.lock();
                    mutex.unlock();
                });
                Named.go(wg, "selecting", () -> Select.first().receive(nameless, v -> v)
                        .receive(other, v -> v).lock(mutex, () -> 1).run());
                Named.go(wg, "selecting nameless", () -> Select.first().receive(nameless, v -> v).run());
                var sleep = BG.withName("sleep").withCancel();
                Named.go(wg, sleep, "sleeping", c -> c.awaitDone(Duration.ofHours(1)));
                Named.go(wg, sleep, "napping", c -> {
                    try {
                        c.sleep(Duration.ofHours(1));
                    } catch (dev.millrace.context.ContextException e) {
                        assertTrue(c.isDone());
                    }
                });
                for (String name : List.of("reader", "locker", "selecting", "selecting nameless", "napping",
                        "sleeping")) {
                    untilWaits(name);
                }
                BG.sleep(Duration.ofMillis(5)); // how long is looked at below
                sleep.cancel();
                jobs.send(1);
                other.send(1);
                nameless.send(1);
                mutex.unlock();
                wg.await();
            }
        });
        RecordedEvent chan = r.one("Blocked", "object", "channel \"jobs (of today)\"");
        assertEquals("chan receive", chan.getString("operation"));
        assertEquals(id[0], chan.getLong("task"));
        assertTrue(chan.getString("site").startsWith("LibraryEventsTest.java:"), chan.toString());
        assertEquals("reader", chan.getThread().getJavaName());
        assertTrue(chan.getDuration().compareTo(Duration.ofMillis(5)) >= 0, chan.toString());
        assertTrue(chan.getStackTrace().getFrames().stream()
                .anyMatch(f -> f.getMethod().getType().getName().endsWith("Chan")), chan.toString());
        RecordedEvent lock = r.one("Blocked", "object", "mutex \"stock\"");
        assertEquals("sync.Mutex.Lock", lock.getString("operation"));
        assertEquals(0, lock.getLong("task"));
        RecordedEvent select = r.one("Blocked", "object", "channel \"results\", mutex \"stock\"");
        assertEquals("select", select.getString("operation"));
        assertEquals(2, r.of("Blocked", "operation", "select").size(), r.toString());
        assertEquals("", r.of("Blocked", "operation", "select").stream()
                .filter(e -> e.getThread().getJavaName().equals("selecting nameless")).findFirst().orElseThrow()
                .getString("object"), "there is no name to say");
        assertEquals(1, r.of("Blocked", "operation", "sleep").stream()
                .filter(e -> e.getString("object").equals("\"sleep\"")).count(), r.toString());
        assertEquals(1, r.of("Blocked", "operation", "done").stream()
                .filter(e -> e.getString("object").equals("\"sleep\"")).count(), r.toString());
    }

    @Test
    void blocked_onWaitGroup_isRecordedOfPlatformThreadsToo() throws Exception {
        Recorded r = Recorded.all(() -> {
            var wg = new WaitGroup();
            var go = new CountDownLatch(1);
            Named.go(wg, "counted", () -> go.await());
            var waiting = Thread.ofPlatform().name("platform").start(wg::await);
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            go.countDown();
            waiting.join();
        });
        assertEquals(1, r.of("Blocked", "operation", "sync.WaitGroup.Wait").stream()
                .filter(e -> e.getThread().getJavaName().equals("platform")).count(), r.toString());
    }

    @Test
    void blocked_shorterThanTheThreshold_isNotRecorded() throws Exception {
        Recorded r = Recorded.during(
                recording -> recording.enable("dev.millrace.Blocked").withThreshold(Duration.ofHours(1)),
                () -> BG.sleep(Duration.ofMillis(2)));
        assertEquals(List.of(), r.of("Blocked"));
    }

    @Test
    void blocked_unlessSetOtherwise_hasTenMilliseconds() throws Exception {
        Recorded r = Recorded.during(_ -> {}, () -> {
            var wait = Chan.<Integer>named("long").unbuffered();
            var wg = new WaitGroup();
            Named.go(wg, "long", () -> wait.receive());
            untilWaits("long");
            BG.sleep(Duration.ofMillis(11));
            wait.send(1);
            wg.await();
        });
        assertTrue(r.of("Blocked").stream().allMatch(e -> e.getDuration().toMillis() >= 10), r.toString());
        assertEquals(1, r.of("Blocked", "object", "channel \"long\"").size(), r.toString());
    }

    /// A wait has those of the context that is current where it waits; a cancel those of whoever cancelled.
    @Test
    void blockedAndCancel_haveTheLabelsOfTheContext_andNoneWithout() throws Exception {
        Recorded r = Recorded.all(() -> {
            var wg = new WaitGroup();
            var marked = Chan.<Integer>named("marked").unbuffered();
            var plain = Chan.<Integer>named("plain").unbuffered();
            Labels.of("tenant", "7", "route", "/cart").run(BG, c -> {
                Named.go(wg, c, "marked", d -> marked.receive());
                try (var ctx = c.withName("cancelled with labels").withCancel()) {
                    Named.go(wg, ctx, "until the cancel", d -> d.awaitDone());
                    untilWaits("until the cancel");
                    ctx.cancel();
                }
            });
            Named.go(wg, "plain", () -> plain.receive());
            try (var ctx = Labels.of("only", "below").with(BG).withName("cancelled without labels").withCancel()) {
                Named.go(wg, ctx, "until that cancel", d -> d.awaitDone());
                untilWaits("until that cancel");
                ctx.cancel();
            }
            untilWaits("marked");
            untilWaits("plain");
            marked.send(1);
            plain.send(1);
            wg.await();
        });
        String labels = "{route=/cart, tenant=7}";
        assertEquals(labels, r.one("Blocked", "object", "channel \"marked\"").getString("labels"));
        assertEquals("", r.one("Blocked", "object", "channel \"plain\"").getString("labels"));
        assertEquals(labels, r.one("Cancel", "context", "cancelled with labels").getString("labels"));
        assertEquals("", r.one("Cancel", "context", "cancelled without labels").getString("labels"));
        assertEquals("{only=below}",
                r.one("Blocked", "object", "\"cancelled without labels\"").getString("labels"));
    }

    @Test
    void cancel_withCause_hasTheRecord() throws Exception {
        Recorded r = Recorded.all(() -> {
            var wg = new WaitGroup();
            try (var root = BG.withName("request 17").withCancel(); var child = root.withName("page").withCancel()) {
                Named.go(wg, child, "page", c -> c.awaitDone());
                untilWaits("page");
                Thread.currentThread().setName("canceller");
                root.cancel(new IllegalStateException("client left"));
                wg.await();
            }
        });
        RecordedEvent e = r.one("Cancel", "context", "request 17");
        assertEquals("CANCELLED", e.getString("kind"));
        assertEquals("java.lang.IllegalStateException", e.getString("causeClass"));
        assertEquals("client left", e.getString("causeText"));
        assertEquals("canceller", e.getString("thread"));
        assertTrue(e.getString("site").startsWith("LibraryEventsTest.java:"), e.toString());
        assertEquals(1, e.getInt("contexts"));
        assertEquals(1, e.getInt("others"));
        assertEquals(List.of(), r.of("Cancel", "context", "page"), "it ended with its parent");
    }

    @Test
    void cancel_byDeadline_hasTheBudget() throws Exception {
        Recorded r = Recorded.all(() -> {
            try (var ctx = BG.withName("outer").withCancel();
                    var late = ctx.withName("late").withTimeout(
                            Duration.ofMillis(3), new IllegalStateException("too slow"))) {
                late.awaitDone();
                untilTold();
            }
        });
        RecordedEvent e = r.one("Cancel", "context", "late");
        assertEquals("DEADLINE_EXCEEDED", e.getString("kind"));
        assertEquals(Duration.ofMillis(3), e.getDuration("budget"));
        assertEquals("outer", e.getString("below"));
        assertEquals("too slow", e.getString("causeText"));
        assertEquals("", e.getString("thread"));
    }

    /// The timers' thread records after it has told: a timer that is due later comes later.
    private static void untilTold() {
        BG.sleep(Duration.ofMillis(1));
    }

    @Test
    void cancel_closeOfFinishedContext_isNotRecorded() throws Exception {
        Recorded r = Recorded.all(() -> {
            try (var ctx = BG.withName("finished").withCancel()) {
                assertFalse(ctx.isDone());
            }
        });
        assertEquals(List.of(), r.of("Cancel", "context", "finished"));
    }

    @Test
    void goroutine_recorded_hasNumberNameAndParent() throws Exception {
        var ids = new long[2];
        FailurePolicy before = Go.failurePolicy(FailurePolicy.handler((_, _) -> {}));
        try {
            Recorded r = Recorded.all(() -> {
                var wg = new WaitGroup();
                Named.go(wg, "parent", () -> {
                    ids[0] = Thread.currentThread().threadId();
                    var inner = new WaitGroup();
                    Named.go(inner, "child", () -> {
                        ids[1] = Thread.currentThread().threadId();
                        throw new java.io.IOException("secret text");
                    });
                    inner.await();
                });
                wg.await();
                Named.untilEnded();
            });
            RecordedEvent start = r.one("GoroutineStart", "name", "child");
            assertEquals(ids[1], start.getLong("goroutine"));
            assertEquals(ids[0], start.getLong("parent"));
            RecordedEvent end = r.one("GoroutineEnd", "name", "child");
            assertEquals(ids[1], end.getLong("goroutine"));
            assertEquals("java.io.IOException", end.getString("failure"));
            assertEquals("", r.one("GoroutineEnd", "name", "parent").getString("failure"));
            assertFalse(r.toString().contains("secret text"));
        } finally {
            Go.failurePolicy(before);
        }
    }

    @Test
    void goroutines_unlessSetOtherwise_areNotRecorded() throws Exception {
        Recorded r = Recorded.during(_ -> {}, () -> {
            var wg = new WaitGroup();
            wg.go(() -> {});
            wg.await();
        });
        assertEquals(List.of(), r.of("GoroutineStart"));
        assertEquals(List.of(), r.of("GoroutineEnd"));
    }

    @Test
    void statistics_whileRecording_countGoroutines() throws Exception {
        var go = new CountDownLatch(1);
        var wg = new WaitGroup();
        Named.go(wg, "counted", () -> go.await());
        Recorded r = Recorded.during(
                recording -> recording.enable("dev.millrace.GoroutineStatistics").with("period", "endChunk"),
                () -> {});
        go.countDown();
        wg.await();
        assertTrue(r.of("GoroutineStatistics").stream().anyMatch(e -> e.getLong("alive") >= 1), r.toString());
    }

    @Test
    void values_ofContextsAndChannels_areInNoEvent() throws Exception {
        Context.Key<String> key = Context.Key.named("password");
        Recorded r = Recorded.all(() -> {
            try (var ctx = BG.withValue(key, "geheim-1").withName("named").withCancel()) {
                var chan = Chan.<String>named("c").unbuffered();
                var wg = new WaitGroup();
                Named.go(wg, ctx, "receiver", c -> chan.receive(c));
                untilWaits("receiver");
                chan.send("geheim-2");
                Named.go(wg, ctx, "waiter", c -> c.awaitDone());
                untilWaits("waiter");
                Trace.withRegion(ctx, "r", () -> {});
                ctx.cancel("over");
                wg.await();
            }
        });
        assertFalse(r.of("Blocked").isEmpty());
        assertFalse(r.toString().contains("geheim"), r.toString());
    }
}
