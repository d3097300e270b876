package dev.millrace.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancelRecord;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.Tap;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Other tests may run at the same time: events are told apart by names.
class ProbesTest {
    private static final Context BG = Context.background();

    private final ConcurrentLinkedQueue<Event> heard = new ConcurrentLinkedQueue<>();

    private <E extends Event> List<E> heard(Class<E> kind) {
        return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private List<Event.Cancelled> cancelled(String name) {
        return heard(Event.Cancelled.class).stream().filter(e -> e.name().equals(name)).toList();
    }

    @Test
    void cancelled_withWaitsAndContextsBelow_saysHowManyItReached() {
        var wg = new WaitGroup();
        CancellableContext root = BG.withName("reach").withCancel();
        var child = root.withCancel();
        var grandchild = child.withCancel();
        for (Context ctx : List.of(root, child, grandchild)) {
            wg.go(ctx, c -> c.awaitDone());
        }
        grandchild.afterFunc(() -> {});
        wait(3, root);
        try (var _ = Probes.install(heard::add, List.of(Event.Cancelled.class))) {
            root.cancel("over");
        }
        wg.await();
        var event = cancelled("reach").getFirst();
        assertEquals(2, event.contexts());
        assertEquals(4, event.others());
        assertEquals(CancelRecord.Kind.CANCELLED, event.end().kind());
        assertSame(root.cancelRecord(), event.end());
        assertEquals(1, cancelled("reach").size(), "only the one that was cancelled, not those below");
    }

    /// Until so many goroutines below wait.
    private static void wait(int n, Context root) {
        try {
            Until.until("they wait", () -> count(root.snapshot()) >= n);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static int count(dev.millrace.context.ContextSnapshot tree) {
        int n = (int) tree.tasks().stream().filter(t -> !t.waitsFor().isEmpty()).count();
        for (var child : tree.children()) {
            n += count(child);
        }
        return n;
    }

    @Test
    void cancelled_closeOfFinishedContext_isNotTold() {
        try (var _ = Probes.install(heard::add)) {
            try (var ctx = BG.withName("finished").withCancel()) {
                assertTrue(!ctx.isDone());
            }
        }
        assertEquals(List.of(), cancelled("finished"));
        assertEquals(1, heard(Event.ContextEnded.class).stream().filter(e -> e.name().equals("finished")).count());
    }

    @Test
    void cancelled_withCauseAndNobodyBelow_isTold() {
        try (var _ = Probes.install(heard::add)) {
            BG.withName("alone").withCancel().cancel(new IllegalStateException("why"));
        }
        var event = cancelled("alone").getFirst();
        assertEquals("why", event.end().cause().getMessage());
        assertEquals(0, event.contexts() + event.others());
    }

    @Test
    void cancelled_byDeadline_isTold() throws Exception {
        try (var _ = Probes.install(heard::add)) {
            try (var ctx = BG.withName("late").withTimeout(Duration.ofMillis(1))) {
                ctx.awaitDone();
                Until.until("it was told", () -> !cancelled("late").isEmpty());
            }
        }
        var event = cancelled("late").getFirst();
        assertEquals(CancelRecord.Kind.DEADLINE_EXCEEDED, event.end().kind());
        assertTrue(event.others() <= 1); // none, when it passed before the wait began
        assertEquals(1, cancelled("late").size());
    }

    @Test
    void cancelled_childThatNoticesLater_isNotTold() {
        var root = BG.withName("above").withCancel();
        var child = root.withName("noticed").withCancel();
        try (var _ = Probes.install(heard::add)) {
            root.cancel("over");
            assertTrue(child.isDone());
        }
        assertEquals(List.of(), cancelled("noticed"));
    }

    @Test
    void kinds_given_areAllThatIsHeard() {
        try (var _ = Probes.install(heard::add, List.of(Event.GoroutineStarted.class))) {
            var wg = new WaitGroup();
            try (var ctx = BG.withName("kinds").withCancel()) {
                wg.go(ctx, c -> c.awaitDone());
                ctx.cancel("over");
                wg.await();
            }
        }
        assertTrue(!heard.isEmpty());
        assertEquals(heard.size(), heard(Event.GoroutineStarted.class).size());
    }

    @Test
    void kinds_other_areRefused() {
        @SuppressWarnings({"unchecked", "rawtypes"}) List<Class<? extends Event>> wrong = (List) List.of(Event.class);
        var e = assertThrows(IllegalArgumentException.class, () -> Probes.install(heard::add, wrong));
        assertTrue(e.getMessage().startsWith("expected a kind of event"), e.getMessage());
        assertThrows(NullPointerException.class, () -> Probes.install(null));
        assertThrows(NullPointerException.class, () -> Probes.install(heard::add, null));
    }

    /// Hands to the end of a wait what belongs to its start.
    private static final class Waits implements Probe {
        final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        final String mark;

        Waits(String mark) {
            this.mark = mark;
        }

        @Override
        public void on(Event event) {
            lines.add("on " + event);
        }

        @Override
        public Consumer<Event.WaitEnded> onWait(Event.WaitStarted start) {
            if (!start.waitsFor().toString().contains(mark)) {
                return null;
            }
            lines.add("start");
            return end -> lines
                    .add(end.thread() == start.thread() && end.waitsFor() == start.waitsFor() ? "end" : "wrong");
        }
    }

    @Test
    void wait_endsWhereItsStartSaid() throws Exception {
        var probe = new Waits("probed waits");
        var second = new Waits("probed waits");
        var chan = Chan.<Integer>named("probed waits").unbuffered();
        var wg = new WaitGroup();
        try (var _ = Probes.install(probe, List.of(Event.WaitStarted.class));
                var _ = Probes.install(second, List.of(Event.WaitStarted.class));
                var _ = Probes.install(heard::add)) {
            wg.go(() -> chan.receive());
            Until.until("it waits", () -> !probe.lines.isEmpty() && !second.lines.isEmpty());
            chan.send(1);
            wg.await();
            Until.until("it was told", () -> probe.lines.size() == 2 && second.lines.size() == 2);
        }
        assertEquals(List.of("start", "end"), List.copyOf(probe.lines));
        assertEquals(List.of("start", "end"), List.copyOf(second.lines));
        assertTrue(heard(Event.WaitStarted.class).stream()
                .anyMatch(e -> e.waitsFor().toString().contains("probed waits")));
        assertTrue(
                heard(Event.WaitEnded.class).stream().anyMatch(e -> e.waitsFor().toString().contains("probed waits")));
    }

    @Test
    void wait_probeTakenOffMeanwhile_isToldOfItsEnd() throws Exception {
        var probe = new Waits("outlives");
        var chan = Chan.<Integer>named("outlives").unbuffered();
        var wg = new WaitGroup();
        var installed = Probes.install(probe);
        wg.go(() -> chan.receive());
        Until.until("it waits", () -> probe.lines.contains("start"));
        installed.close();
        chan.send(1);
        wg.await();
        assertTrue(probe.lines.contains("end"), () -> probe.lines.toString());
    }

    @Test
    void wait_probeThatThrows_harmsNobody() throws Exception {
        var chan = Chan.<Integer>named("thrown").unbuffered();
        var got = new AtomicInteger();
        var others = new Waits("thrown");
        Probe failing = new Probe() {
            @Override
            public void on(Event event) {
                throw new IllegalStateException("on");
            }

            @Override
            public Consumer<Event.WaitEnded> onWait(Event.WaitStarted start) {
                return _ -> {
                    throw new IllegalStateException("end");
                };
            }
        };
        var wg = new WaitGroup();
        try (var _ = Probes.install(failing); var _ = Probes.install(others)) {
            wg.go(() -> got.set(chan.receive()));
            Until.until("it waits", () -> others.lines.contains("start"));
            chan.send(7);
            wg.await();
        }
        assertEquals(7, got.get());
        assertTrue(others.lines.contains("end"));
    }

    @Test
    void lastProbe_closed_leavesNoTap() {
        var here = new AtomicReference<Tap>();
        try (var _ = Probes.install(heard::add)) {
            here.set(Tap.current());
        }
        assertTrue(here.get() instanceof Fan);
        assertTrue(Tap.current() != here.get());
    }

    @Test
    void sources_oneThatFails_doesNotKeepTheNextFromBeginning() {
        var begun = new ArrayList<String>();
        var sources = new ArrayList<ProbeSource>(List.of(
                () -> begun.add("first"),
                () -> {
                    throw new IllegalStateException("meant to fail");
                },
                () -> begun.add("last")));
        ProbeSources.begin(sources.iterator());
        assertEquals(List.of("first", "last"), begun);
    }

    @Test
    void firstUse_nobodyLooks_leavesNothing() {
        Go.go(() -> {}); // whoever was first
        Tap.begin();
        Tap now = Tap.current();
        assertTrue(now == null || now instanceof Fan, () -> now.toString());
    }
}
