package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.ContextBase;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// A foreign interrupt ends each wait of a context with an exception of its own, keeps the flag and leaves nothing behind.
/// Those of `WaitGroup` and `TaskGroup` are tested with these.
class InterruptedWaitTest {
    private record Ended(Throwable failure, boolean flag) {}

    @TestFactory
    @Hazard(10)
    Stream<DynamicTest> wait_interrupted_throwsKeepsTheFlagAndLeavesNothing() {
        record Case(String name, Executable body, Context ctx) {}
        var live = Context.background().withCancel();
        return Stream.of(
                new Case("sleep", () -> live.sleep(Duration.ofHours(1)), live),
                new Case("awaitDone", live::awaitDone, live),
                new Case("awaitDone with a limit", () -> live.awaitDone(Duration.ofHours(1)), live),
                new Case("done().await", () -> live.done().await(), live),
                new Case("background sleep", () -> Context.background().sleep(Duration.ofHours(1)), live),
                new Case("background awaitDone", () -> Context.background().awaitDone(), live))
                .flatMap(c -> Stream.of(Thread.ofVirtual(), Thread.ofPlatform().daemon())
                        .map(builder -> DynamicTest.dynamicTest(c.name + ", " + builder.getClass().getSimpleName(),
                                () -> {
                                    var ended = new CompletableFuture<Ended>();
                                    Thread thread = builder.start(() -> {
                                        Throwable failure = assertThrows(Throwable.class, c.body);
                                        ended.complete(new Ended(failure, Thread.currentThread().isInterrupted()));
                                    });
                                    Until.waits(thread);
                                    thread.interrupt();
                                    var how = ended.get(20, TimeUnit.SECONDS);
                                    assertAll(
                                            () -> assertInstanceOf(InterruptedWaitException.class, how.failure()),
                                            () -> assertFalse((Object) how.failure() instanceof ContextException),
                                            () -> assertTrue(how.flag()),
                                            () -> assertFalse(c.ctx.isDone()),
                                            () -> assertEquals(0, ContextBase.nodeOf(c.ctx).listeners()));
                                })));
    }

    @TestFactory
    Stream<DynamicTest> wait_flagSetBefore_throwsAtOnce() {
        var live = Context.background().withCancel();
        return Stream.<Executable>of(
                () -> live.sleep(Duration.ofHours(1)),
                live::awaitDone,
                () -> live.awaitDone(Duration.ofHours(1)),
                () -> Context.background().awaitDone())
                .map(wait -> DynamicTest.dynamicTest("wait", () -> {
                    Thread.currentThread().interrupt();
                    try {
                        assertThrows(InterruptedWaitException.class, wait);
                    } finally {
                        assertTrue(Thread.interrupted());
                    }
                    assertEquals(0, ContextBase.nodeOf(live).listeners());
                }));
    }
}
