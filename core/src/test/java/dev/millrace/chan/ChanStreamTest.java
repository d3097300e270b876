package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChanStreamTest {
    private static Chan<Integer> filled(int n) {
        var chan = Chan.<Integer>buffered(n);
        IntStream.rangeClosed(1, n).forEach(chan::send);
        return chan;
    }

    @Test
    void stream_closed_endsWithAllInOrder() {
        for (boolean parallel : new boolean[] {false, true}) {
            var chan = filled(100);
            chan.close();
            var stream = parallel ? chan.receiveOnly().stream().parallel() : chan.stream();
            assertEquals(
                    IntStream.rangeClosed(1, 100).map(n -> n * 2).boxed().toList(),
                    stream.map(n -> n * 2).toList());
        }
    }

    @Test
    void stream_leftEarly_takesNoMoreThanItHandedOut() {
        for (boolean parallel : new boolean[] {false, true}) {
            var chan = filled(10);
            var stream = parallel ? chan.stream().parallel() : chan.stream();
            assertEquals(List.of(1, 2, 3), stream.limit(3).toList());
            assertEquals(7, chan.len());
            assertEquals(4, chan.stream().findFirst().orElseThrow());
            assertEquals(6, chan.len());
            var it = chan.stream().iterator();
            assertEquals(5, it.next());
            assertEquals(5, chan.len());
        }
    }

    @Test
    void stream_closed_leavesTheChannelOpen() {
        var chan = filled(1);
        chan.stream().close();
        assertFalse(chan.isClosed());
    }

    @Test
    void stream_channelClosedWithAFailure_throwsIt() {
        var chan = filled(1);
        var failure = new IllegalStateException("broken");
        chan.close(failure);
        assertSame(
                failure,
                assertThrows(ChanClosedException.class, () -> chan.stream().toList()).getCause());
    }

    @Test
    void stream_contextEnded_throwsAndTakesNothing() {
        var chan = filled(2);
        var ctx = Context.background().withCancel();
        assertThrows(CancelledException.class, () -> chan.stream(ctx).peek(_ -> ctx.cancel()).toList());
        assertEquals(1, chan.len());
        assertThrows(NullPointerException.class, () -> chan.stream(null));
    }

    @Test
    void stream_interrupted_throws() {
        var chan = Chan.<Integer>unbuffered();
        Thread.currentThread().interrupt();
        try {
            assertThrows(InterruptedWaitException.class, () -> chan.stream().toList());
        } finally {
            assertEquals(true, Thread.interrupted());
        }
    }

    // The other way.

    @Test
    void from_iterable_givesAllAndCloses() {
        var got = new ArrayList<Integer>();
        Chan.from(Context.background(), List.of(1, 2, 3)).forEach(got::add);
        assertEquals(List.of(1, 2, 3), got);
    }

    @Test
    void from_stream_isLazyAndClosedInTheEnd() throws Exception {
        var made = new AtomicInteger();
        var closed = new AtomicInteger();
        var endless = Stream.generate(made::incrementAndGet).onClose(closed::incrementAndGet);
        try (var ctx = Context.background().withCancel()) {
            var chan = Chan.from(ctx, endless);
            assertEquals(1, chan.receive());
            assertEquals(2, chan.receive());
        }
        Until.until("the stream is closed", () -> closed.get() == 1);
        assertTrue(made.get() <= 3, made + " made, two received");
    }

    @Test
    void from_abandoned_ends() throws Exception {
        var closed = new AtomicInteger();
        var chan = Chan.from(Context.background(), Stream.iterate(1, n -> n + 1).onClose(closed::incrementAndGet));
        assertEquals(1, chan.receive());
        chan.abandon("one is enough");
        Until.until("the stream is closed", () -> closed.get() == 1);
    }

    @Test
    void from_failures_closeTheChannelWithThem() {
        var failure = new IllegalStateException("broken");
        var broken = Chan.<Integer>from(Context.background(), () -> {
            throw failure;
        });
        assertSame(failure, assertThrows(ChanClosedException.class, broken::receive).getCause());

        var withNull = Chan.from(Context.background(), Arrays.asList(1, null));
        assertEquals(1, withNull.receive());
        assertInstanceOf(
                NullPointerException.class,
                assertThrows(ChanClosedException.class, withNull::receive).getCause());

        var ctx = Context.background().withCancel();
        var cut = Chan.from(ctx, List.of(1));
        ctx.cancel();
        assertInstanceOf(
                CancelledException.class,
                assertThrows(ChanClosedException.class, cut::receive).getCause());
    }

    @Test
    void from_badArguments_areRefused() {
        assertThrows(NullPointerException.class, () -> Chan.from(null, List.of(1)));
        assertThrows(NullPointerException.class, () -> Chan.from(Context.background(), (List<Integer>) null));
    }
}
