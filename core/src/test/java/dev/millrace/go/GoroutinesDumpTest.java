package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.internal.Debug;
import dev.millrace.internal.DumpText;
import dev.millrace.internal.Sight;
import dev.millrace.internal.Stacks;
import dev.millrace.internal.Waiter;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A dump as text, JSON and tree. Goroutines of other tests may be in it too.
class GoroutinesDumpTest {
    private static String dump(DumpOptions options) throws IOException {
        var text = new StringBuilder();
        Goroutines.dump(text, options);
        return text.toString();
    }

    /// The part of a text dump that is about the goroutine called `name`, once `ready` holds for it.
    private static String part(String name, Predicate<String> ready) throws Exception {
        var found = new String[] {""};
        Until.until(name + " is as expected", () -> {
            found[0] = Arrays.stream(Goroutines.dump().split("\n\n")).filter(p -> p.contains('"' + name + '"'))
                    .findFirst().orElse("");
            return ready.test(found[0]);
        });
        return found[0];
    }

    @Test
    @Item("GO-18")
    void text_goroutineThatWaits_hasReasonStackAndPlaceOfBirth() throws Exception {
        boolean old = Debug.set(true);
        var jobs = Chan.<Integer>named("jobs").buffered(4);
        try {
            Go.go("dumped reader", () -> {
                jobs.receive();
            });
            String part = part("dumped reader", p -> p.contains("[chan receive"));
            List<String> lines = part.lines().toList();
            assertAll(
                    () -> assertTrue(lines.getFirst().matches(
                            "goroutine \\d+ \"dumped reader\" \\[chan receive on channel \"jobs\" \\(0 of 4\\)(, .*)?\\]:"),
                            part),
                    () -> assertTrue(lines.get(1).startsWith("\tat dev.millrace.chan.Chan.receive(Chan.java:"), part),
                    () -> assertTrue(lines.get(2).startsWith("\tat dev.millrace.go.GoroutinesDumpTest."), part),
                    () -> assertTrue(lines.getLast().matches("created by dev.millrace.go.GoroutinesDumpTest."
                            + "text_goroutineThatWaits_hasReasonStackAndPlaceOfBirth in goroutine \\d+ at"
                            + " GoroutinesDumpTest.java:\\d+"), part),
                    () -> assertFalse(part.contains("LockSupport"), part));
        } finally {
            Debug.set(old);
            jobs.close();
        }
    }

    @Test
    void text_goroutineInTheJdk_saysInWhichMethod() throws Exception {
        var queue = new LinkedBlockingQueue<Integer>();
        Go.go("dumped taker", () -> {
            queue.take();
        });
        String park = "\tat java.util.concurrent.locks.LockSupport.park"; // not there yet when it is about to park
        String part = part("dumped taker", p -> p.contains("LinkedBlockingQueue.take]:") && p.contains(park));
        assertTrue(part.contains("[waits in LinkedBlockingQueue.take]:"), part);
        queue.add(1);
    }

    @Test
    void text_platformThreadThatWaits_isListedToo() throws Exception {
        var ch = Chan.<Integer>unbuffered();
        Thread thread = Thread.ofPlatform().name("dumped pool-1").start(ch::receive);
        String part = part("dumped pool-1", p -> p.contains("[chan receive"));
        assertTrue(
                part.startsWith(
                        "thread " + thread.threadId() + " \"dumped pool-1\" [chan receive on channel (unbuffered)"),
                part);
        ch.send(1);
        Until.ended(thread);
        assertFalse(Goroutines.dump().contains("dumped pool-1"));
    }

    @Test
    void text_withoutStacks_isALineForEach() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Go.go(ctx, "dumped line", Context::awaitDone);
            part("dumped line", p -> p.contains("[done of"));
            String text = dump(DumpOptions.text().withoutStacks());
            assertTrue(text.lines().allMatch(l -> l.endsWith("]:")), text);
            assertTrue(text.contains("\"dumped line\" [done of"), text);
        }
    }

    @Test
    void text_limit_countsTheOthers() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            for (int i = 0; i < 5; i++) {
                Go.go(ctx, "dumped many", Context::awaitDone);
            }
            Until.until("all are there", () -> Go.numGoroutine() >= 5);
            String text = dump(DumpOptions.text().withoutStacks().limit(2));
            assertEquals(3, text.lines().count(), text);
            assertTrue(text.lines().toList().getLast().matches("… and \\d+ more"), text);
            assertThrows(IllegalArgumentException.class, () -> DumpOptions.text().limit(-1));
        }
    }

    @Test
    void dump_whileGoroutinesStartAndEnd_neverFails() throws Exception {
        var stop = new AtomicBoolean();
        var wg = new WaitGroup();
        for (int i = 0; i < 4; i++) {
            wg.go(() -> {
                while (!stop.get()) {
                    var one = new WaitGroup();
                    one.go(() -> Go.yield());
                    one.await();
                }
            });
        }
        try {
            long end = System.nanoTime() + Duration.ofMillis(700).toNanos();
            while (System.nanoTime() < end) {
                dump(DumpOptions.text());
                dump(DumpOptions.json());
                dump(DumpOptions.tree());
                Goroutines.waitGraph().json(new StringBuilder());
            }
        } finally {
            stop.set(true);
            wg.await();
        }
    }

    @Test
    void json_specialCharacters_areEscaped() throws Exception {
        String name = "dumped \"quoted\" \\ \n\t\u0001 \u2028 é \uD83D\uDE00 \uD800";
        try (var ctx = Context.background().withName("a \"b\"").withCancel()) {
            Go.go(ctx, name, Context::awaitDone);
            String expected =
                    "\"name\":\"dumped \\\"quoted\\\" \\\\ \\n\\t\\u0001 \\u2028 é \uD83D\uDE00 \\ud800\"";
            Until.until("it waits",
                    () -> dump(DumpOptions.json()).contains("\"waitsFor\":\"done of \\\"a \\\\\\\"b\\\\\\\"\\\"")
                            || dump(DumpOptions.json())
                                    .contains("\"waitsFor\":\"done of \\\"a \\\"b\\\"\\\": not yet\""));
            String json = dump(DumpOptions.json());
            assertTrue(json.contains(expected), json);
            assertTrue(json.contains("\"under\":\"a \\\"b\\\"\""), json);
            assertTrue(json.contains("\"context\":\"a \\\"b\\\"\""), json);
            assertTrue(json.startsWith("{\"goroutines\":[\n{\"id\":"), json);
            assertTrue(json.endsWith("}\n],\"leftOut\":0}\n"), json);
        }
    }

    @Test
    void tree_goroutinesThatAreAlike_areCountedBelowTheirContext() throws Exception {
        var jobs = Chan.<Integer>named("tree jobs").unbuffered();
        try (var request = Context.background().withName("request 17").withCancel();
                var page = request.withName("page").withTimeout(Duration.ofMinutes(5))) {
            for (int i = 0; i < 3; i++) {
                Go.go(page, "worker", c -> jobs.receive(c));
            }
            Go.go(request, "boss", Context::awaitDone);
            var text = new String[] {""};
            Until.until("all wait", () -> {
                text[0] = dump(DumpOptions.tree());
                return text[0].matches("(?s).*3 × worker +chan receive.*") && text[0].contains("done of");
            });
            String tree = text[0];
            int at = tree.indexOf("request 17");
            assertAll(
                    () -> assertTrue(tree.startsWith("background\n"), tree),
                    () -> assertTrue(tree.substring(at).matches("(?s)request 17 +alive\\n.{0,4}.  [├└]─ boss .*"),
                            tree),
                    () -> assertTrue(tree.contains("page                    alive, "), tree),
                    () -> assertTrue(
                            tree.matches("(?s).*─ 3 × worker +chan receive on channel \"tree jobs\" \\(unbuffered\\)"
                                    + " \\(GoroutinesDumpTest.java:\\d+\\).*"),
                            tree));
        }
    }

    /// It was looked at just before it came to wait, and its stack is taken just after: both say the same.
    @Test
    void dumps_cameToWaitAfterTheLook_sayForWhat() throws Exception {
        var jobs = Chan.<Integer>named("late jobs").unbuffered();
        Thread thread = Thread.ofVirtual().start(jobs::receive);
        Until.until("it waits", () -> Waiter.of(thread) != null);
        var early = List.of(new Sight(thread, null, null));
        try (var stacks = new Stacks()) {
            for (Stacks taker : new Stacks[] {stacks, null}) {
                var text = new StringBuilder();
                new DumpText(text, taker).write(early, 1);
                new TreeDump(text, taker).write(early, 1);
                new JsonDump(text, taker).write(early, 1);
                assertEquals(3, text.toString().split("chan receive on channel ..?late jobs", -1).length - 1,
                        text.toString());
                assertFalse(
                        text.toString().contains("LockSupport.park ") || text.toString().contains("by the library"));
            }
        }
        jobs.send(1);
        Until.ended(thread);
    }

    @Test
    void dump_toAStreamThatFails_throwsWhatThatThrows() {
        var full = new IOException("disk full");
        Appendable out = new Appendable() {
            @Override
            public Appendable append(CharSequence text) throws IOException {
                throw full;
            }

            @Override
            public Appendable append(CharSequence text, int from, int to) throws IOException {
                throw full;
            }

            @Override
            public Appendable append(char c) throws IOException {
                throw full;
            }
        };
        assertEquals(full, assertThrows(IOException.class, () -> Goroutines.dump(out, DumpOptions.json())));
    }
}
