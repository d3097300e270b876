package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FlightsTest {
    @Test
    @Timeout(30)
    void page_manyAskAtOnce_oneFetch() throws Exception {
        var fetches = new AtomicInteger();
        var gate = Context.background().withCancel();
        var flights = new Flights(_ -> {
            gate.awaitDone();
            return "fetch " + fetches.incrementAndGet();
        });
        try (var group = TaskGroup.open(Context.background())) {
            for (int i = 0; i < 20; i++) {
                group.go(c -> assertEquals("/: fetch 1", flights.page(c, "/")));
            }
            while (flights.waiting() < 20) {
                Thread.onSpinWait();
            }
            gate.cancel();
            group.join();
        }
        assertEquals(1, fetches.get());
    }

    @Test
    @Timeout(30)
    void page_everybodyLeaves_theFetchIsTold() {
        var begun = Context.background().withCancel();
        var told = new AtomicBoolean();
        var ended = new WaitGroup();
        ended.add(1);
        var flights = new Flights(c -> {
            begun.cancel();
            c.awaitDone();
            told.set(true);
            ended.done();
            return "late";
        });
        var ctx = Context.background().withCancel();
        ended.go(() -> {
            begun.awaitDone();
            ctx.cancel("client left");
        });
        assertThrows(CancelledException.class, () -> flights.page(ctx, "/"));
        ended.await();
        assertTrue(told.get());
    }
}
