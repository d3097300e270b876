package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Task;
import dev.millrace.go.Until;
import dev.millrace.internal.Uncaught;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChanTest {
    /// A goroutine's end, with what it threw.
    private static final class Running {
        final CompletableFuture<Boolean> end = new CompletableFuture<>();
        final Thread thread;

        Running(Task body) {
            thread = Thread.startVirtualThread(() -> {
                try {
                    body.run();
                    end.complete(true);
                } catch (Throwable t) {
                    end.completeExceptionally(t);
                }
            });
        }

        void join() throws Exception {
            end.get(30, TimeUnit.SECONDS);
        }

        Throwable failure() {
            return assertThrows(Exception.class, () -> end.get(30, TimeUnit.SECONDS)).getCause();
        }
    }

    private static void blocked(Chan<?> ch, int senders, int receivers) throws Exception {
        Until.until(senders + " senders and " + receivers + " receivers wait", () -> {
            ChanSnapshot s = ch.snapshot();
            return s.blockedSenders() == senders && s.blockedReceivers() == receivers;
        });
    }

    private static <T> List<T> drain(Chan<T> ch) {
        var all = new ArrayList<T>();
        while (ch.tryReceive() instanceof Received.Value<T>(var v)) {
            all.add(v);
        }
        return all;
    }

    @Test
    @Item({"CH-01", "CH-05"})
    void unbuffered_sendAndReceive_waitForEachOther() throws Exception {
        var ch = Chan.<Integer>unbuffered();
        assertFalse(ch.trySend(1));
        assertNull(ch.tryReceive());
        var sender = new Running(() -> ch.send(1));
        blocked(ch, 1, 0);
        assertEquals(0, ch.len());
        assertFalse(sender.end.isDone());
        assertEquals(1, ch.receive());
        sender.join();
        var receiver = new Running(() -> assertEquals(2, ch.receive()));
        blocked(ch, 0, 1);
        assertTrue(ch.trySend(2));
        receiver.join();
        assertEquals(0, ch.cap());
    }

    @Test
    @Item({"CH-02", "CH-05"})
    void buffered_waitsOnlyWhenFullOrEmpty() throws Exception {
        var ch = Chan.<Integer>buffered(2);
        ch.send(1);
        ch.send(2);
        assertEquals(2, ch.len());
        assertEquals(2, ch.cap());
        assertFalse(ch.trySend(3));
        var sender = new Running(() -> ch.send(3));
        blocked(ch, 1, 0);
        assertEquals(1, ch.receive());
        sender.join();
        assertEquals(List.of(2, 3), drain(ch));
        var receiver = new Running(() -> assertEquals(4, ch.receive()));
        blocked(ch, 0, 1);
        ch.send(4);
        receiver.join();
    }

    @Test
    @Item("CH-03")
    void values_anyCapacityTo200_comeInOrder() throws Exception {
        for (int capacity = 0; capacity <= 200; capacity++) {
            valuesComeInOrder(capacity);
        }
    }

    private static void valuesComeInOrder(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var sender = new Running(() -> {
            for (int i = 0; i < 3_000; i++) {
                ch.send(i);
            }
            ch.close();
        });
        int next = 0;
        for (int v : ch) {
            assertEquals(next++, v);
        }
        assertEquals(3_000, next);
        sender.join();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 64})
    @Item("CH-04")
    void manySendersAndReceivers_eachValueExactlyOnce(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var seen = new AtomicIntegerArray(4_000);
        var all = new ArrayList<Running>();
        for (var out : ch.producers(4)) {
            int base = all.size() * 1_000;
            all.add(new Running(() -> {
                try (out) {
                    for (int i = 0; i < 1_000; i++) {
                        out.send(base + i);
                    }
                }
            }));
        }
        for (int r = 0; r < 4; r++) {
            all.add(new Running(() -> {
                for (int v : ch) {
                    seen.incrementAndGet(v);
                }
            }));
        }
        for (var g : all) {
            g.join();
        }
        for (int i = 0; i < seen.length(); i++) {
            assertEquals(1, seen.get(i), "value " + i);
        }
        assertTrue(ch.isClosed());
    }

    @Test
    @Item("CH-06")
    @Hazard(4)
    void never_waitsForEver() throws Exception {
        var ch = Chan.<Integer>never();
        assertEquals(0, ch.len());
        assertEquals(0, ch.cap());
        assertFalse(ch.trySend(1));
        assertNull(ch.tryReceive());
        assertTrue(
                assertThrows(IllegalStateException.class, ch::close).getMessage().startsWith("close of nil channel"));
        ch.abandon("it belongs to everybody");
        assertFalse(ch.isClosed());
        try (var ctx = Context.background().withCancel()) {
            var sender = new Running(() -> ch.send(ctx, 1));
            var receiver = new Running(() -> ch.receive(ctx));
            var plain = new Running(ch::receive);
            Until.until("all park", () -> IntStream.of(0).allMatch(i -> sender.thread.getState() == Thread.State.WAITING
                    && receiver.thread.getState() == Thread.State.WAITING
                    && plain.thread.getState() == Thread.State.WAITING));
            ctx.cancel();
            assertInstanceOf(CancelledException.class, sender.failure());
            assertInstanceOf(CancelledException.class, receiver.failure());
            plain.thread.interrupt();
            assertInstanceOf(InterruptedWaitException.class, plain.failure());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @Item("CH-13")
    void iteration_waitsOnAnOpenEmptyChannel_andEndsWithTheClose(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var seen = new ConcurrentLinkedQueue<Integer>();
        var loop = new Running(() -> {
            for (int v : ch) {
                seen.add(v);
            }
        });
        blocked(ch, 0, 1);
        ch.send(1);
        blocked(ch, 0, 1); // it has had that one, and waits again
        assertEquals(List.of(1), List.copyOf(seen));
        assertFalse(loop.end.isDone());
        ch.close();
        loop.join();
    }

    @Test
    @Item("CH-13")
    void iteration_overNever_waitsForEver() throws Exception {
        var loop = new Running(() -> {
            for (int v : Chan.<Integer>never()) {
                throw new AssertionError("got " + v);
            }
        });
        Until.until("it parks", () -> loop.thread.getState() == Thread.State.WAITING);
        assertFalse(loop.end.isDone());
        loop.thread.interrupt();
        assertInstanceOf(InterruptedWaitException.class, loop.failure());
    }

    @Test
    @Item({"CH-07", "CH-11", "CH-13"})
    @Hazard(4)
    void close_deliversTheBufferFirst_thenClosedForEver() {
        var ch = Chan.<Integer>named("jobs").buffered(3);
        ch.send(1);
        ch.send(2);
        ch.close();
        assertEquals(1, ch.receive());
        assertEquals(new Received.Value<>(2), ch.next());
        for (int i = 0; i < 3; i++) {
            assertEquals(new Received.Closed<Integer>(null), ch.next());
            assertEquals(new Received.Closed<Integer>(null), ch.tryReceive());
            assertEquals(
                    "receive on closed channel \"jobs\"",
                    assertThrows(ChanClosedException.class, ch::receive).getMessage());
            assertFalse(ch.iterator().hasNext());
        }
        assertEquals(
                "send on closed channel \"jobs\"",
                assertThrows(ChanClosedException.class, () -> ch.send(3)).getMessage());
        assertThrows(ChanClosedException.class, () -> ch.trySend(3));
        assertEquals(
                "close of closed channel \"jobs\"",
                assertThrows(ChanClosedException.class, ch::close).getMessage());
        assertFalse(ch.tryClose());
    }

    @Test
    @Item({"CH-08", "CH-09", "CH-10"})
    void close_wakesEverybody() throws Exception {
        var empty = Chan.<Integer>unbuffered();
        var receivers = new ArrayList<Running>();
        for (int i = 0; i < 5; i++) {
            receivers.add(new Running(() -> assertEquals(new Received.Closed<Integer>(null), empty.next())));
        }
        blocked(empty, 0, 5);
        empty.close();
        for (var r : receivers) {
            r.join();
        }
        var full = Chan.<Integer>buffered(1);
        full.send(1);
        var senders = new ArrayList<Running>();
        for (int i = 0; i < 5; i++) {
            senders.add(new Running(() -> full.send(2)));
        }
        blocked(full, 5, 0);
        full.close();
        for (var s : senders) {
            assertEquals("send on closed channel",
                    assertInstanceOf(ChanClosedException.class, s.failure()).getMessage());
        }
        assertEquals(List.of(1), drain(full));
        assertEquals(new Received.Closed<Integer>(null), full.next());
    }

    @Test
    @Item({"CH-12", "CH-23"})
    void badInput_isRefused() {
        assertEquals(
                "capacity must be >= 0, was -1",
                assertThrows(IllegalArgumentException.class, () -> Chan.buffered(-1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Chan.droppingOldest(0));
        assertThrows(IllegalArgumentException.class, () -> Chan.droppingNewest(0));
        var ch = Chan.<Object>buffered(1);
        assertThrows(NullPointerException.class, () -> ch.send(null));
        assertThrows(NullPointerException.class, () -> ch.trySend(null));
        assertThrows(NullPointerException.class, () -> ch.close(null));
        assertThrows(IllegalArgumentException.class, () -> ch.producers(0));
        assertEquals(0, ch.len());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    @Item({"CH-14", "CH-15", "CH-16"})
    void waiters_areServedInOrder(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        for (int i = 0; i < capacity; i++) {
            ch.send(i);
        }
        var senders = new ArrayList<Running>();
        for (int i = 0; i < 5; i++) {
            int value = capacity + i;
            senders.add(new Running(() -> ch.send(value)));
            blocked(ch, i + 1, 0);
        }
        for (int i = 0; i < capacity + 5; i++) {
            assertEquals(i, ch.receive());
        }
        for (var s : senders) {
            s.join();
        }
        var got = new ConcurrentLinkedQueue<String>();
        var receivers = new ArrayList<Running>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            receivers.add(new Running(() -> got.add(number + ":" + ch.receive())));
            blocked(ch, 0, i + 1);
        }
        for (int i = 0; i < 5; i++) {
            ch.send(i);
            assertEquals(0, ch.len(), "handed over directly");
            receivers.get(i).join();
        }
        assertEquals(List.of("0:0", "1:1", "2:2", "3:3", "4:4"), List.copyOf(got));
    }

    @Test
    @Item("CH-19")
    void buffered_asASemaphore_letsInNoMoreThanItsCapacity() throws Exception {
        var places = Chan.<Integer>buffered(10);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var all = new ArrayList<Running>();
        for (int i = 0; i < 50; i++) {
            all.add(new Running(() -> {
                for (int k = 0; k < 100; k++) {
                    places.send(1);
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    inside.decrementAndGet();
                    places.receive();
                }
            }));
        }
        for (var g : all) {
            g.join();
        }
        assertTrue(most.get() <= 10, "at most " + most);
        assertEquals(0, places.len());
    }

    @Test
    @Item("CH-20")
    void daisyChain_passesOneValue() throws Exception {
        var leftmost = Chan.<Integer>unbuffered();
        var left = leftmost;
        for (int i = 0; i < 10_000; i++) {
            var to = left;
            var from = Chan.<Integer>unbuffered();
            Thread.startVirtualThread(() -> to.send(1 + from.receive()));
            left = from;
        }
        left.send(1);
        assertEquals(10_001, leftmost.receive());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 1_000})
    @Item("CH-22")
    void workers_shareAQueue(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var sum = new AtomicLong();
        var count = new AtomicInteger();
        var workers = new ArrayList<Running>();
        for (int w = 0; w < 23; w++) {
            workers.add(new Running(() -> {
                for (int v : ch) {
                    sum.addAndGet(v);
                    count.incrementAndGet();
                }
            }));
        }
        for (int i = 0; i < 271_828; i++) {
            ch.send(i);
        }
        ch.close();
        for (var w : workers) {
            w.join();
        }
        assertEquals(271_828, count.get());
        assertEquals(271_828L * 271_827 / 2, sum.get());
    }

    @Test
    @Item({"CH-24", "CH-25"})
    void sides_areTheSameChannel() {
        var ch = Chan.<Integer>buffered(1);
        SendChan<Integer> in = ch.sendOnly();
        ReceiveChan<Integer> out = ch.receiveOnly();
        assertFalse(in instanceof ReceiveChan);
        assertFalse(out instanceof SendChan);
        assertEquals(ch, in);
        assertEquals(in, ch);
        assertEquals(in, ch.sendOnly());
        assertEquals(ch, out);
        assertEquals(in.hashCode(), out.hashCode());
        assertNotEquals(in, Chan.<Integer>buffered(1).sendOnly());
        in.send(1);
        assertEquals(1, out.len());
        assertEquals(1, out.receive());
    }

    @Test
    void sendingSide_doesWhatTheChannelDoes() {
        var ch = Chan.<Integer>named("rows").onUndelivered(_ -> {}).buffered(1);
        SendChan<Integer> in = ch.sendOnly();
        assertEquals("rows", in.name());
        assertEquals(1, in.cap());
        assertTrue(in.trySend(1));
        assertFalse(in.trySend(2));
        assertEquals(1, in.len());
        assertEquals(1, in.snapshot().length());
        assertFalse(in.isClosed());
        in.producers(1).getFirst().close();
        assertTrue(in.isClosed());
        assertFalse(in.tryClose());
        assertFalse(in.tryClose(new IllegalStateException("late")));
        var late = new IllegalStateException("late");
        assertSame(late, assertThrows(ChanClosedException.class, () -> in.close(late)).getSuppressed()[0]);
        assertEquals(1, ch.receive());

        var failed = Chan.<Integer>unbuffered();
        var cause = new IllegalStateException("bad row");
        failed.sendOnly().close(cause);
        assertSame(cause, assertThrows(ChanClosedException.class, failed::receive).getCause());
        assertTrue(Chan.<Integer>unbuffered().sendOnly().tryClose());
        assertTrue(Chan.<Integer>unbuffered().sendOnly().tryClose(cause));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @Item("CH-27")
    void interrupt_endsTheWait_andNothingHasHappened(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var receiver = new Running(() -> {
            assertThrows(InterruptedWaitException.class, ch::receive);
            assertTrue(Thread.interrupted());
        });
        blocked(ch, 0, 1);
        receiver.thread.interrupt();
        receiver.join();
        blocked(ch, 0, 0);
        for (int i = 0; i < capacity; i++) {
            ch.send(i);
        }
        var sender = new Running(() -> {
            assertThrows(InterruptedWaitException.class, () -> ch.send(99));
            assertTrue(Thread.interrupted());
        });
        blocked(ch, 1, 0);
        sender.thread.interrupt();
        sender.join();
        blocked(ch, 0, 0);
        assertEquals(capacity, drain(ch).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @Item("CH-27")
    @Hazard(8)
    void cancelAgainstCommit_countsAgree(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var sent = new AtomicInteger();
        var received = new AtomicInteger();
        for (int round = 0; round < 2_000; round++) {
            var ctx = Context.background().withCancel();
            var sender = new Running(() -> {
                try {
                    ch.send(ctx, 1);
                    sent.incrementAndGet();
                } catch (CancelledException e) {
                    assertSame(CancelledException.class, e.getClass());
                }
            });
            var receiver = new Running(() -> {
                try {
                    ch.receive(ctx);
                    received.incrementAndGet();
                } catch (CancelledException e) {
                    assertSame(CancelledException.class, e.getClass());
                }
            });
            if (round % 3 == 0) {
                Thread.yield();
            }
            ctx.cancel();
            sender.join();
            receiver.join();
            received.addAndGet(drain(ch).size());
        }
        assertEquals(sent.get(), received.get());
        blocked(ch, 0, 0);
    }

    @Test
    @Item("CTX-R03")
    void select_onBackgroundsDone_takesTheDefault() {
        assertEquals(
                "default",
                Select.<String>first()
                        .done(Context.background(), cause -> "done")
                        .orElse(() -> "default")
                        .run());
    }

    @Test
    void contextForms_lookFirst() {
        var ch = Chan.<Integer>buffered(1);
        var ctx = Context.background().withCancel();
        ctx.cancel();
        assertThrows(CancelledException.class, () -> ch.send(ctx, 1));
        assertEquals(0, ch.len());
        ch.send(1);
        assertThrows(CancelledException.class, () -> ch.receive(ctx));
        assertThrows(CancelledException.class, () -> ch.each(ctx).iterator().hasNext());
        assertEquals(1, ch.len());
    }

    @Test
    void closeWithACause_overtakesWhatIsBuffered() {
        var left = new ArrayList<Integer>();
        var ch = Chan.<Integer>onUndelivered(left::add).buffered(4);
        ch.send(1);
        ch.send(2);
        var cause = new IllegalArgumentException("bad row");
        ch.close(cause);
        assertEquals(List.of(1, 2), left);
        assertEquals(new Received.Closed<Integer>(cause), ch.next());
        var e = assertThrows(ChanClosedException.class, () -> {
            for (int v : ch) {
                left.add(v);
            }
        });
        assertSame(cause, e.getCause());
        assertEquals("receive on closed channel: bad row", e.getMessage());
        assertEquals(2, ch.snapshot().undelivered());
    }

    @Test
    void abandon_failsSendersAndHandsOverTheBuffer() throws Exception {
        var left = new ArrayList<Integer>();
        var ch = Chan.<Integer>named("rows").onUndelivered(left::add).buffered(1);
        ch.send(1);
        var sender = new Running(() -> ch.send(2));
        blocked(ch, 1, 0);
        ch.abandon("enough");
        assertEquals(
                "send on abandoned channel \"rows\": enough",
                assertInstanceOf(ChanClosedException.class, sender.failure()).getMessage());
        assertEquals(List.of(1), left);
        assertTrue(assertThrows(ChanClosedException.class, () -> ch.trySend(3)).isAbandoned());
        ch.abandon("again");
        ch.close(); // whose duty it is may do it once
        assertThrows(ChanClosedException.class, ch::close);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void undelivered_hookThrows_theOthersAreHandedOverAndThePolicyHears(boolean abandoned) throws Exception {
        var failures = new ConcurrentLinkedQueue<String>();
        var left = new ArrayList<Integer>();
        Uncaught before = Uncaught.set((_, t) -> failures.add(t.getMessage()));
        try {
            var ch = Chan.<Integer>onUndelivered(v -> {
                left.add(v);
                if (v != 2) {
                    throw new IllegalStateException("no place for " + v);
                }
            }).buffered(3);
            for (int v = 1; v <= 3; v++) {
                ch.send(v);
            }
            if (abandoned) {
                ch.abandon("enough");
            } else {
                ch.close(new IllegalStateException("bad row"));
            }
            assertEquals(List.of(1, 2, 3), left);
            assertEquals(0, ch.len());
            Until.until("the policy has heard of both", () -> failures.size() == 2); // on goroutines of its own
            assertEquals(Set.of("no place for 1", "no place for 3"), Set.copyOf(failures));
        } finally {
            Uncaught.set(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abandon", "close", "oldest", "newest", "latest", "unlimited"})
    void undelivered_byDefault_isClosed(String how) {
        var closed = new ArrayList<Integer>();
        Chan<AutoCloseable> ch =
                switch (how) {
                    case "oldest" -> Chan.droppingOldest(1);
                    case "newest" -> Chan.droppingNewest(1);
                    case "latest" -> Chan.latest();
                    case "unlimited" -> Chan.unlimited();
                    default -> Chan.buffered(2);
                };
        ch.send(() -> closed.add(1));
        ch.send(() -> closed.add(2));
        List<Integer> dropped =
                switch (how) {
                    case "oldest", "latest" -> List.of(1);
                    case "newest" -> List.of(2);
                    default -> List.of();
                };
        assertEquals(dropped, closed);
        if (how.equals("abandon")) {
            ch.abandon("enough");
        } else {
            ch.close(new IllegalStateException("bad row"));
        }
        assertEquals(Set.of(1, 2), Set.copyOf(closed));
        assertEquals(2, closed.size());
    }

    @Test
    void undelivered_byDefaultAndItsCloseFails_theOthersAreClosedAndThePolicyHears() throws Exception {
        var failures = new ConcurrentLinkedQueue<String>();
        var closed = new AtomicInteger();
        Uncaught before = Uncaught.set((_, t) -> failures.add(t.getMessage()));
        try {
            var ch = Chan.<AutoCloseable>buffered(2);
            ch.send(() -> {
                throw new IOException("planted");
            });
            ch.send(closed::incrementAndGet);
            ch.abandon("enough");
            assertEquals(1, closed.get());
            Until.until("the policy has heard", () -> !failures.isEmpty());
            assertEquals(
                    List.of("closing an undelivered value failed: java.io.IOException: planted"),
                    List.copyOf(failures));
        } finally {
            Uncaught.set(before);
        }
    }

    @Test
    void flavours_doWhatTheySayWhenFull() {
        var gone = new ArrayList<Integer>();
        var oldest = Chan.<Integer>onUndelivered(gone::add).droppingOldest(2);
        var newest = Chan.<Integer>onUndelivered(gone::add).droppingNewest(2);
        var latest = Chan.<Integer>onUndelivered(gone::add).latest();
        var unlimited = Chan.<Integer>unlimited();
        for (int i = 0; i < 4; i++) {
            oldest.send(i);
        }
        assertEquals(List.of(0, 1), gone);
        assertEquals(List.of(2, 3), drain(oldest));
        gone.clear();
        for (int i = 0; i < 4; i++) {
            newest.send(i);
        }
        assertEquals(List.of(2, 3), gone);
        assertFalse(newest.trySend(9));
        assertEquals(List.of(2, 3), gone, "what trySend refused stays with the caller");
        assertEquals(List.of(0, 1), drain(newest));
        gone.clear();
        latest.send(1);
        latest.send(2);
        assertEquals(List.of(1), gone);
        assertEquals(2, latest.receive());
        for (int i = 0; i < 1_000; i++) {
            unlimited.send(i);
            if (i % 3 == 0) {
                assertEquals(i / 3, unlimited.receive());
            }
        }
        assertEquals(1_000 - 334, unlimited.len());
        assertEquals(IntStream.range(334, 1_000).boxed().toList(), drain(unlimited));
    }

    @Test
    void producers_lastOneCloses_withTheFirstFailure() {
        var ch = Chan.<Integer>buffered(4);
        var three = ch.producers(3);
        var cause = new IllegalStateException("disk");
        three.get(0).close(cause);
        assertThrows(ChanClosedException.class, () -> three.get(0).send(1));
        three.get(1).close();
        assertFalse(ch.isClosed());
        var more = three.get(2).producers(1);
        three.get(2).close();
        assertFalse(ch.isClosed());
        more.get(0).close();
        assertEquals(new Received.Closed<Integer>(cause), ch.next());
    }

    @Test
    void loop_leftEarly_hasTakenOnlyWhatItSaw() {
        var ch = Chan.<Integer>buffered(5);
        ch.sendAll(Context.background(), List.of(1, 2, 3, 4, 5));
        Set<Integer> seen = new HashSet<>();
        for (int v : ch) {
            seen.add(v);
            if (v == 2) {
                break;
            }
        }
        assertEquals(Set.of(1, 2), seen);
        assertEquals(List.of(3, 4, 5), drain(ch));
    }

    @Test
    void snapshot_tellsWhoWaitsAndHowLong() throws Exception {
        var ch = Chan.<Integer>named("q").buffered(1);
        ch.send(1);
        var sender = new Running(() -> ch.send(2));
        Until.until("the wait has begun", () -> ch.snapshot().longestWait().compareTo(Duration.ZERO) > 0);
        var s = ch.snapshot();
        assertEquals("q", s.name());
        assertEquals(1, s.length());
        assertEquals(1, s.capacity());
        assertEquals(1, s.blockedSenders());
        assertFalse(s.closed());
        assertEquals("channel \"q\" (1 of 1)", ch.toString());
        ch.receive();
        sender.join();
        assertEquals(Duration.ZERO, ch.snapshot().longestWait());
    }

    /// Barging: many on both sides, half of them impatient; everything ends and nothing is lost or doubled.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 16})
    void manyImpatientOnes_loseNothing(int capacity) throws Exception {
        var ch = Chan.<Integer>buffered(capacity);
        var sent = new AtomicInteger();
        var received = new AtomicInteger();
        var senders = new ArrayList<Running>();
        var receivers = new ArrayList<Running>();
        for (int g = 0; g < 20; g++) {
            boolean impatient = g % 2 == 0;
            senders.add(new Running(() -> {
                for (int i = 0; i < 1_000; i++) {
                    if (!impatient) {
                        ch.send(i);
                        sent.incrementAndGet();
                        continue;
                    }
                    try (var ctx = Context.background().withTimeout(Duration.ofNanos(1_000 * (i % 50)))) {
                        ch.send(ctx, i);
                        sent.incrementAndGet();
                    } catch (ContextException e) {
                        Thread.yield();
                    }
                }
            }));
            receivers.add(new Running(() -> {
                for (;;) {
                    if (!impatient) {
                        if (ch.next() instanceof Received.Closed) {
                            return;
                        }
                        received.incrementAndGet();
                        continue;
                    }
                    var got = Select.<Integer>first()
                            .next(ch, r -> r instanceof Received.Value ? 1 : -1)
                            .timeout(Duration.ofNanos(20_000), () -> 0)
                            .run();
                    if (got < 0) {
                        return;
                    }
                    received.addAndGet(got);
                }
            }));
        }
        for (var s : senders) {
            s.join();
        }
        ch.close();
        for (var r : receivers) {
            r.join();
        }
        assertEquals(sent.get(), received.get());
        blocked(ch, 0, 0);
    }

    /// Nobody can wake it any more. It is not collected, and is listed with what it waits for.
    @Test
    @Item("CH-26")
    void receive_channelNobodyElseKnows_isListedWithWhatItWaitsFor() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Go.go(ctx, c -> Chan.<Integer>named("forgotten").unbuffered().receive(c));
            Until.until("it is listed", () -> Go.goroutines().stream()
                    .anyMatch(g -> g.waitsFor().contains("chan receive on channel \"forgotten\"")));
            System.gc();
            assertTrue(Go.goroutines().stream().anyMatch(g -> g.waitsFor().contains("\"forgotten\"")));
        }
        Until.until("its context has ended it", () -> Go.goroutines().stream()
                .noneMatch(g -> g.waitsFor().contains("\"forgotten\"")));
    }
}
