package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;

import dev.millrace.chan.Chan;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import dev.millrace.testing.Bubble;
import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The bubble's count of those who can run, in every order: it is never thought that nobody can while somebody can, and always seen when nobody can.
///
/// Deadlines pass only when nobody can run: the bubble has one in real time, for tests that hang.
class BubbleProtocolsTest {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    static void sendAndReceive() throws Exception {
        Bubble.run(b -> {
            var chan = Chan.<Integer>unbuffered();
            Go.go(() -> chan.send(1));
            check(chan.receive() == 1, "not 1");
            check(b.now().equals(START), "time has passed: " + b.now());
        });
    }

    static void twoSleep() throws Exception {
        Bubble.run(b -> {
            var wg = new WaitGroup();
            wg.go(() -> b.sleep(Duration.ofSeconds(2)));
            b.sleep(Duration.ofSeconds(1));
            check(b.now().equals(START.plusSeconds(1)), "at " + b.now());
            wg.await();
            check(b.now().equals(START.plusSeconds(2)), "at " + b.now());
        });
    }

    static void awaitRest() throws Exception {
        Bubble.run(b -> {
            var chan = Chan.<Integer>unbuffered();
            var steps = new AtomicInteger();
            Go.go(() -> {
                steps.incrementAndGet();
                chan.receive();
                steps.incrementAndGet();
            });
            b.await();
            check(steps.get() == 1, "it has come to rest after " + steps.get());
            chan.send(1);
            b.await();
            check(steps.get() == 2, "it has come to rest after " + steps.get());
        });
    }

    static Stream<Case> bubbles() {
        return Cases.BUBBLES.stream();
    }

    @Hazard(49)
    @ParameterizedTest(name = "{0}")
    @MethodSource("bubbles")
    void bubble_everyOrder_countsRight(Case c) {
        Suite.passes(c);
    }

    @Test
    @Hazard(49)
    void mutants_ofTheCount_areFound() {
        var waiter = "dev.millrace.internal.Waiter";
        Suite.finds(new Mutation(waiter, "decide", "unblocking", 0), 2, false, BubbleProtocolsTest::sendAndReceive);
        Suite.finds(new Mutation(waiter, "await", "blocked", 0), 2, false, BubbleProtocolsTest::twoSleep);
        Suite.finds(new Mutation(waiter, "decide", "unblocking", 0), 2, false, BubbleProtocolsTest::awaitRest);
    }

    // Those of the count's design, as they would be written.

    private static final String MAKES = """
                            seat.unblocking();
                            if (STATE.compareAndSet(this, seat, outcome)) {
            """;
    private static final String MAKES_NONE = """
                            if (STATE.compareAndSet(this, seat, outcome)) {
            """;
    private static final String TAKES_BACK = """
                            seat.withdrawn();
            """;

    /// Who was woken counts itself, when it runs.
    private static Edited wakeeIncrements() {
        return Edited.core("wakee increments", "internal.Waiter",
                new Edited.Edit(MAKES, MAKES_NONE), new Edited.Edit(TAKES_BACK, ""),
                new Edited.Edit("seat.resumed();", "seat.unblocking(); seat.resumed();"));
    }

    /// Who is about to wait gives its token back, and then publishes that it waits.
    private static Edited decrementBeforePublished() {
        return Edited.core("decrement before compare-and-set", "internal.Waiter",
                new Edited.Edit("        if (STATE.compareAndSet(this, null, mark)) {\n",
                        "        if (seat != null) { seat.blocked(); }\n"
                                + "        if (STATE.compareAndSet(this, null, mark)) {\n"),
                new Edited.Edit("            if (seat != null) {\n                seat.blocked();\n            }\n",
                        ""),
                new Edited.Edit("        } else {\n            s = state;\n        }\n        if (interrupted) {\n",
                        "        } else {\n            s = state;\n"
                                + "            if (seat != null) { seat.unblocking(); seat.resumed(); }\n"
                                + "        }\n        if (interrupted) {\n"));
    }

    /// Who wakes makes the token when the other can run.
    private static Edited incrementAfterUnpark() {
        return Edited.core("increment after unpark", "internal.Waiter",
                new Edited.Edit(MAKES, MAKES_NONE), new Edited.Edit(TAKES_BACK, ""),
                new Edited.Edit("                    seat.unblocked();\n",
                        "                    late = seat;\n                    seat.unblocked();\n"),
                new Edited.Edit("            Fairness.wake(thread);\n",
                        "            Fairness.wake(thread);\n            Seat s = late;\n"
                                + "            if (s != null) { s.unblocking(); }\n"),
                new Edited.Edit("    private boolean parked;",
                        "    private @Nullable Seat late;\n    private boolean parked;"));
    }

    static Stream<Arguments> ofTheDesign() {
        return Stream.of(wakeeIncrements(), decrementBeforePublished(), incrementAfterUnpark())
                .flatMap(edited -> Stream.of("sendAndReceive", "twoSleep", "awaitRest")
                        .map(protocol -> Arguments.of(edited, protocol)));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("ofTheDesign")
    @Hazard(49)
    void mutants_ofTheDesign_areFound(Edited edited, String protocol) {
        Suite.finds(edited, 2, false, BubbleProtocolsTest.class, protocol);
    }
}
