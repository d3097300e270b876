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
}
