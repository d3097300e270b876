package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.Context;
import dev.millrace.go.Task;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.Registry;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaksTest {
    private static final Duration PATIENCE = ofMillis(30);

    private final Leaks.Options options = Leaks.options().within(PATIENCE); // for what stays
    private final Leaks.Options patient = Leaks.options().within(ofSeconds(50)); // for what ends
    private final CountDownLatch over = new CountDownLatch(1);
    private final Chan<String> never = Chan.unbuffered();

    /// Lets the planted leaks go.
    @AfterEach
    void release() {
        over.countDown();
        never.tryClose();
    }

    private void stay() throws InterruptedException {
        over.await();
    }

    private static List<String> names(List<Leak> leaks) {
        return leaks.stream().map(Leak::name).sorted().toList();
    }

    private List<String> namesLeft(LeakError e) {
        return names(e.leaks());
    }

    /// Runs `body` and waits until of all that it has started just `names` are left; then they are found.
    private LeakError left(Task body, String... names) {
        var scope = Leaks.options().within(ZERO).open();
        scope.run(body);
        awaitLeft(scope, names);
        return assertThrows(LeakError.class, scope::close);
    }

    private static void awaitLeft(LeakScope scope, String... names) {
        while (!names(scope.find()).equals(List.of(names))) {
            pause(scope.find());
        }
    }

    /// Fails when the watchdog interrupts.
    private static void pause(List<Leak> found) {
        if (Thread.interrupted()) {
            throw new AssertionError("waited for others in vain: " + found);
        }
        Thread.onSpinWait();
    }

    @Test
    @Hazard(54)
    void nothingLeft_checkPasses() throws Exception {
        patient.check(() -> {
            var wg = new WaitGroup();
            for (int i = 0; i < 100; i++) {
                wg.go(() -> {});
            }
            wg.await();
        });
    }

    @Test
    @Hazard(54)
    void blockedSend_isNamed_withCreatorLineWaitContextAndStack() {
        var scope = options.open();
        try (var ctx = Context.background().withName("request 7").withCancel()) {
            go(ctx, "feeder", c -> feed());
        }
        waitUntilAllWait(scope);
        var error = assertThrows(LeakError.class, scope::close);
        var leak = assertInstanceOf(Leak.Running.class, error.leaks().getFirst());
        assertEquals("feeder", leak.name());
        assertEquals(Thread.currentThread().getName(), leak.creator());
        StackTraceElement line = leak.startedAt();
        assertNotNull(line);
        assertEquals("LeaksTest.java", line.getFileName());
        assertEquals("request 7", leak.context());
        assertEquals(Thread.State.WAITING, leak.state());
        assertTrue(leak.waitsFor().contains("send"), leak.waitsFor());
        assertTrue(leak.waited().compareTo(ofMillis(1)) > 0, () -> "waited " + leak.waited());
        assertTrue(leak.stack().stream().anyMatch(f -> f.getMethodName().equals("feed")));
        String text = error.getMessage();
        assertTrue(text.startsWith("1 goroutine left behind by the block\ngoroutine "), text);
        assertTrue(text.contains("\"feeder\" [chan send on channel (unbuffered), "), text);
        assertTrue(text.contains(" ms], started by " + Thread.currentThread().getName() + " at LeaksTest.java:"), text);
        assertTrue(text.contains(", context \"request 7\"\n    at dev.millrace.testing.LeaksTest.feed(LeaksTest.java:"),
                text);
    }

    private void feed() {
        try {
            never.send("x");
        } catch (ChanClosedException e) { // released
        }
    }

    @Test
    void descent_overGenerationsThatHaveEnded_decides() {
        var error = left(() -> go("parent", () -> go("child", () -> go("grandchild", this::stay))), "grandchild");
        assertTrue(error.leaks().getFirst().creator().contains("\"child\""), error.getMessage());
    }

    @Test
    void startedBefore_isNotBlamed_norWhatItStartsMeanwhile() throws Exception {
        var begun = new CountDownLatch(1);
        var grown = new CountDownLatch(1);
        go("old", () -> {
            begun.await();
            go("young", this::stay);
            grown.countDown();
            stay();
        });
        options.check(() -> {
            begun.countDown();
            grown.await();
        });
    }

    @Test
    @Hazard(54)
    void sameTime_checksDoNotBlameEachOther() throws Exception {
        int tests = 8;
        var together = new CyclicBarrier(tests);
        try (var pool = Executors.newFixedThreadPool(tests)) {
            var results = new ArrayList<Future<List<String>>>();
            for (int i = 0; i < tests; i++) {
                int n = i;
                results.add(pool.submit(() -> {
                    boolean leaks = n % 2 == 0;
                    var scope = (leaks ? Leaks.options().within(ZERO) : patient).open();
                    together.await();
                    if (leaks) {
                        go("of " + n, () -> go("below " + n, this::stay));
                    }
                    go("brief", () -> {});
                    together.await();
                    if (leaks) {
                        awaitLeft(scope, "below " + n);
                    }
                    try {
                        scope.close();
                        return List.of();
                    } catch (LeakError e) {
                        return namesLeft(e);
                    } finally {
                        together.await(); // nobody lets the leaks go before
                    }
                }));
            }
            for (int i = 0; i < tests; i++) {
                assertEquals(i % 2 == 0 ? List.of("below " + i) : List.of(), results.get(i).get());
            }
        }
    }

    @Test
    void justEnding_isGivenTime() throws Exception {
        var steps = new LinkedBlockingQueue<Thread>();
        // Ends only when the check already waits for it.
        patient.check(() -> {
            Thread checks = Thread.currentThread();
            steps.add(checks);
            go("slow", () -> {
                Thread waits = steps.take();
                while (!(waits.getState() == Thread.State.WAITING && isIn(waits, Search.class))) {
                    Thread.onSpinWait();
                }
            });
        });
    }

    private static boolean isIn(Thread thread, Class<?> type) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals(type.getName())) {
                return true;
            }
        }
        return false;
    }

    @Test
    void successor_startedWhenNobodyIsInTheScope_belongs() {
        var scope = Leaks.options().within(ZERO).openForRuns();
        var nobodyIsInIt = new CountDownLatch(1);
        scope.run(() -> go("first", () -> {
            nobodyIsInIt.await();
            go("second", this::stay);
        }));
        nobodyIsInIt.countDown();
        awaitLeft(scope, "second");
        assertEquals(List.of("second"), namesLeft(assertThrows(LeakError.class, scope::close)));
    }

    @Test
    void callOfATimer_belongsToWhoSetIt_whenItRuns() {
        left(() -> After.afterFunc(ZERO, () -> go("by timer", this::stay)), "by timer");
    }

    @Test
    void callToCome_isALeak_stoppedOneIsNot() throws Exception {
        options.check(() -> After.afterFunc(ofSeconds(3600), () -> {}).stop());
        var set = new AtomicReference<AutoCloseable>();
        var error = assertThrows(LeakError.class,
                () -> options.check(() -> set.set(After.afterFunc(ofSeconds(3600), () -> {}))));
        var call = assertInstanceOf(Leak.ToCome.class, error.leaks().getFirst());
        assertTrue(call.dueIn().compareTo(ofSeconds(3000)) > 0);
        assertTrue(error.getMessage().startsWith("1 call to come left behind by the block\na call [to come in 3599"),
                error.getMessage());
        assertTrue(error.getMessage().contains("at LeaksTest.java:"), error.getMessage());
        set.get().close();
    }

    @Test
    void afterFunc_ofAContextMadeOutside_belongsToWhoRegisteredIt() throws Exception {
        var runs = new CountDownLatch(1);
        try (var outside = Context.background().withCancel(); var scope = patient.open()) {
            outside.afterFunc(() -> {
                runs.countDown();
                never.next();
            });
            assertEquals(List.of(), scope.find());
            Thread other = Thread.ofVirtual().start(outside::cancel);
            runs.await();
            other.join();
            assertEquals(1, scope.find().size());
            never.close();
        }
    }

    @Test
    void contextsAlarmsAndTickers_areNoLeaks() throws Exception {
        options.check(() -> {
            Context.background().withTimeout(ofSeconds(3600));
            Context.background().withCancel();
            Ticker.every(ofSeconds(1));
            Alarm.in(ofSeconds(3600));
        });
    }

    @Test
    void nestedChecks_blameOnce_theInnermost() throws Exception {
        options.check(() -> {
            var inner = assertThrows(LeakError.class, () -> options.check(() -> go("inner", this::stay)));
            assertEquals(List.of("inner"), namesLeft(inner));
        });
        var outer = assertThrows(LeakError.class, () -> options.check(() -> {
            options.ignoreName("inner").check(() -> go("inner", this::stay));
            go("outer", this::stay);
        }));
        assertEquals(List.of("inner", "outer"), namesLeft(outer));
    }

    @Test
    void failureOfTheBlock_isThrownAsItIs_withTheLeakSuppressed() {
        var failure = new IllegalStateException("mine");
        var thrown = assertThrows(IllegalStateException.class, () -> options.check(() -> {
            go("left", this::stay);
            throw failure;
        }));
        assertSame(failure, thrown);
        assertEquals(List.of("left"), namesLeft((LeakError) thrown.getSuppressed()[0]));
    }

    @Test
    void threadOfAnExecutor_belongsOnlyBetweenRun() throws Exception {
        try (var pool = Executors.newSingleThreadExecutor(); var scope = patient.open()) {
            pool.submit(() -> go("stray", this::stay)).get();
            assertEquals(List.of(), scope.find());
            pool.submit(() -> {
                scope.run(() -> go("mine", this::stay));
                return null;
            }).get();
            assertEquals(List.of("mine"), names(scope.find()));
            pool.submit(() -> go("stray again", this::stay)).get();
            assertEquals(List.of("mine"), names(scope.find()));
            over.countDown();
            assertEquals(List.of(), scope.await());
        }
    }

    @Test
    void goroutineThatChecks_isNoLeakOfItsOwn() throws Exception {
        try (var scope = patient.open()) {
            var found = new AtomicReference<List<Leak>>();
            var wg = new WaitGroup();
            wg.go(() -> {
                go("other", this::stay);
                found.set(scope.find());
            });
            wg.await();
            assertEquals(List.of("other"), names(found.get()));
            over.countDown();
        }
    }

    @Test
    void interrupt_endsThePatience_notTheCheck() {
        Thread.currentThread().interrupt();
        var error = assertThrows(LeakError.class,
                () -> Leaks.options().within(ofSeconds(3600)).check(() -> go("left", this::stay)));
        assertTrue(Thread.interrupted());
        assertEquals(List.of("left"), namesLeft(error));
    }

    @Test
    void group_whatItsTasksHaveStarted_isFoundUnderItsContext() throws Exception {
        var begun = new CountDownLatch(2);
        Context under;
        try (var group = TaskGroup.open(Context.background().withName("import"))) {
            under = group.context();
            group.go(c -> go("stray", () -> {
                begun.countDown();
                stay();
            }));
            group.go(c -> go(c.detach(), "meant to", d -> {
                begun.countDown();
                stay();
            }));
            begun.await();
            group.join();
        }
        LeakError error;
        do { // those of the group have ended their work, and perhaps not quite their lives
            error = assertThrows(LeakError.class, () -> options.checkUnder(under));
            pause(error.leaks());
        } while (error.leaks().size() > 1);
        assertEquals(List.of("stray"), namesLeft(error));
        assertTrue(error.getMessage().startsWith("1 goroutine left behind by \"import\""), error.getMessage());
        over.countDown();
        patient.checkUnder(under);
    }

    @Test
    void checkUnder_contextThatNeverEnds_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> Leaks.checkUnder(Context.background()));
        assertTrue(e.getMessage().startsWith("everything lies below a context that never ends"), e.getMessage());
    }

    @Test
    void withinABubble_patienceIsOfItsTime() {
        Bubble.run(b -> {
            var minutes = Leaks.options().within(ofMinutes(2));
            minutes.check(() -> go("ends", () -> Context.background().sleep(ofMinutes(1))));
            var error = assertThrows(LeakError.class,
                    () -> minutes.check(() -> go("stays", () -> Context.background().sleep(ofHours(1)))));
            assertEquals(List.of("stays"), namesLeft(error));
            minutes.ignoreName("background").check(
                    () -> go("background", () -> Context.background().sleep(ofHours(1))));
            b.sleep(ofHours(1));
        });
    }

    // Rules of what is no leak.

    private List<String> leftBut(Leaks.Options rules) throws Exception {
        var scope = rules.open();
        try {
            go("poller 1", this::poll);
            go("poller 2", this::poll);
            go("feeder", this::feed);
            go("", () -> over.await());
            waitUntilAllWait(scope);
            return names(scope.await());
        } finally {
            scope.end();
        }
    }

    /// Frames are compared, so they must have come to where they stay.
    private static void waitUntilAllWait(LeakScope scope) {
        for (;;) {
            var all = scope.find();
            if (all.stream().allMatch(l -> l instanceof Leak.Running r && r.state() == Thread.State.WAITING)) {
                return;
            }
            pause(all);
        }
    }

    private void poll() throws InterruptedException {
        pause();
    }

    private void pause() throws InterruptedException {
        over.await();
    }

    private static final String HERE = LeaksTest.class.getName();

    @Test
    void noRule_allAreLeaks() throws Exception {
        assertEquals(List.of("", "feeder", "poller 1", "poller 2"), leftBut(options));
    }

    @Test
    void ruleByName_matchesThatName_orWhatBeginsSo() throws Exception {
        assertEquals(List.of("", "feeder", "poller 2"), leftBut(options.ignoreName("poller 1")));
    }

    @Test
    void ruleByName_withAStar_matchesWhatBeginsSo() throws Exception {
        assertEquals(List.of("", "feeder"), leftBut(options.ignoreName("poller*")));
    }

    @Test
    void ruleByTop_matchesTheUsersTopmostMethodOnly() throws Exception {
        assertEquals(List.of("", "poller 1", "poller 2"), leftBut(options.ignoreTop(HERE + ".feed")));
        // poll is not the topmost, pause is
    }

    @Test
    void ruleByTop_doesNotMatchCallers() throws Exception {
        assertEquals(List.of("", "feeder", "poller 1", "poller 2"), leftBut(options.ignoreTop(HERE + ".poll")));
    }

    @Test
    void ruleByAny_matchesCallers() throws Exception {
        assertEquals(List.of("", "feeder"), leftBut(options.ignoreAny(HERE + ".poll")));
    }

    @Test
    void ruleByCreator_matchesTheMethodThatStarted() throws Exception {
        assertEquals(List.of(), leftBut(options.ignoreCreatedBy(HERE + ".leftBut")));
    }

    @Test
    void ruleByCreator_ofAnother_matchesNothing() throws Exception {
        assertEquals(4, leftBut(options.ignoreCreatedBy(HERE + ".left")).size());
    }

    @Test
    void functions_methodClassAndPackage_matchAtTheirDots() {
        var frame = new StackTraceElement("com.acme.Shop$Door", "lambda$open$3", "Shop.java", 1);
        var leak = new Leak.Lost(1, "", "main", null, "", "", List.of(frame));
        for (String meant : List.of("com.acme.Shop$Door.open", "com.acme.Shop.Door", "com.acme.Shop", "com.acme",
                "com")) {
            assertTrue(new Ignore(Ignore.Kind.ANY, meant).matches(leak), meant);
        }
        for (String other : List.of("com.acme.Sho", "acme.Shop", "com.acme.Shop$Door.ope",
                "com.acme.Shop$Door.open.x")) {
            assertTrue(!new Ignore(Ignore.Kind.ANY, other).matches(leak), other);
        }
    }

    @Test
    void emptyRule_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> options.ignoreAny(" "));
        assertThrows(IllegalArgumentException.class, () -> options.ignoreName(""));
    }

    @Test
    void options_areImmutable() throws Exception {
        var stricter = options;
        options.ignoreName("*");
        assertThrows(LeakError.class, () -> stricter.check(() -> go("left", this::stay)));
    }

    @Test
    void withoutScope_noOriginIsNoted() {
        go("plain", this::stay);
        var plain = Registry.all().stream()
                .filter(g -> g.name().equals("plain"))
                .findFirst()
                .orElseThrow();
        assertEquals(null, plain.origin());
    }
}
