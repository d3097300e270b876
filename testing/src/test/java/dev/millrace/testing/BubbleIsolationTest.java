package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.Alarm;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What belongs to a bubble, in real bubbles. The rules, object by object, are tested in core.
class BubbleIsolationTest {
    @Test
    @Item("ST-15")
    void channelFromOutside_works_andTheClockStandsMeanwhile() {
        var outside = Chan.<Integer>unbuffered();
        Bubble.run(b -> {
            var before = b.now();
            go(() -> Context.background().sleep(ofSeconds(1))); // would wake at once if the clock moved
            Thread.ofPlatform().daemon().start(() -> {
                Context.background().sleep(ofMillis(20));
                outside.send(7);
            });
            assertEquals(7, outside.receive());
            assertEquals(before, b.now());
            b.sleep(ofSeconds(2));
        });
    }

    @Test
    @Item({"ST-16", "ST-17"})
    @Hazard(52)
    void whatIsOfABubble_isRefusedOutsideAndInAnother() {
        var chan = new AtomicReference<Chan<Integer>>();
        var alarm = new AtomicReference<Alarm>();
        var mutex = new AtomicReference<Mutex>();
        var ctx = new AtomicReference<Context>();
        Bubble.run(b -> {
            chan.set(Chan.buffered(1));
            alarm.set(Alarm.in(ofSeconds(1)));
            mutex.set(new Mutex());
            ctx.set(b.context());
            b.realTime(() -> assertThrows(IllegalStateException.class, () -> chan.get().send(1)));
        });
        List<Executable> uses = List.of(
                () -> chan.get().send(1),
                () -> chan.get().receive(),
                () -> chan.get().close(),
                () -> Select.first().receive(chan.get(), v -> v).orElse(() -> 0).run(),
                () -> alarm.get().stop(),
                () -> alarm.get().reset(ofSeconds(1)),
                () -> mutex.get().lock());
        for (Executable use : uses) {
            var e = assertThrows(IllegalStateException.class, use);
            assertTrue(e.getMessage().contains("of a bubble from outside"), e::getMessage);
            Bubble.run(b -> assertThrows(IllegalStateException.class, use));
        }
    }

    @Test
    @Item("ST-18")
    void waitGroupOfOutside_isNotDurable() {
        var outside = new WaitGroup();
        outside.add(1);
        var error = assertThrows(BubbleError.class, () -> Bubble.options().limit(ofMillis(400)).run(b -> {
            go("waits", outside::await);
            b.sleep(ofSeconds(1));
        }));
        assertTrue(error.getMessage().startsWith("a bubble stands: "), error::getMessage);
        outside.done();
    }

    @Test
    @Item("ST-19")
    void waitGroup_atZero_goesOnToTheNextBubble() {
        var wg = new WaitGroup();
        for (int i = 0; i < 3; i++) {
            Bubble.run(b -> {
                wg.go(() -> Context.background().sleep(ofSeconds(1)));
                wg.await();
                assertEquals("2000-01-01T00:00:01Z", b.now().toString());
            });
        }
        Bubble.run(b -> {
            wg.add(1);
            b.realTime(() -> assertThrows(Error.class, () -> wg.add(1)));
            wg.done();
        });
    }

    @Test
    void contextFromOutside_thatCouldEndTheBubble_isRefused() {
        var outside = Context.background().withCancel();
        Bubble.run(b -> {
            assertThrows(IllegalStateException.class, () -> outside.withTimeout(ofSeconds(1)));
            assertThrows(IllegalStateException.class, () -> outside.sleep(ofSeconds(1)));
            try (var detached = outside.detach().withTimeout(ofSeconds(1))) {
                detached.awaitDone();
            }
        });
        outside.cancel();
    }
}
