package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Body;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.Uncaught;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BroadcastTest {
    private final Broadcast<Integer> bus = Broadcast.named("bus");
    private final List<Running> all = new ArrayList<>();

    private Running go(Body body) {
        var running = new Running(Chan.never(), body);
        all.add(running);
        Thread.startVirtualThread(running);
        return running;
    }

    @AfterEach
    void nothingIsLeft() {
        all.forEach(Running::stop);
        bus.tryClose();
        assertEquals(0, bus.subscribers());
        assertEquals(0, bus.snapshot().waitingSenders());
    }

    /// A subscriber's channel that is full of `values`, as the sender sees it.
    private ReceiveChan<Integer> slow(int... values) {
        var chan = bus.subscribe(m -> m.buffered(values.length));
        for (int value : values) {
            bus.send(value);
        }
        return chan;
    }

    private static void senderWaitsIn(ReceiveChan<?> chan) throws Exception {
        Until.until("a sender waits in " + chan, () -> chan.snapshot().blockedSenders() == 1);
    }

    private void sendersWaitForTheirTurn(int n) throws Exception {
        Until.until(n + " wait for their turn", () -> bus.snapshot().waitingSenders() == n);
    }

    private static List<Integer> taken(ReceiveChan<Integer> chan) {
        var got = new ArrayList<Integer>();
        while (chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
            got.add(v);
        }
        return got;
    }

    // Who gets what.

    @Test
    void send_everyKind_givesEachItsShareInOrder() {
        var dropped = new ArrayList<Integer>();
        var buffered = bus.subscribe(m -> m.buffered(10));
        var unlimited = bus.subscribe(m -> m.unlimited());
        var latest = bus.subscribe(m -> m.latest());
        var last = bus.subscribe(m -> m.onUndelivered(dropped::add).droppingOldest(3));
        var early = bus.subscribe(m -> m.droppingNewest(3));
        var met = bus.subscribe(m -> m.unbuffered());
        var meets = go(() -> assertEquals(List.of(0, 1, 2, 3, 4), met.stream().toList()));
        IntStream.range(0, 5).forEach(bus::send);
        bus.close();
        meets.join();
        assertEquals(List.of(0, 1, 2, 3, 4), buffered.stream().toList());
        assertEquals(List.of(0, 1, 2, 3, 4), unlimited.stream().toList());
        assertEquals(List.of(4), latest.stream().toList());
        assertEquals(List.of(2, 3, 4), last.stream().toList());
        assertEquals(List.of(0, 1), dropped);
        assertEquals(List.of(0, 1, 2), early.stream().toList());
    }

    @Test
    void send_nobodySubscribed_goesNowhere() {
        bus.send(1);
        bus.send(Context.background(), 2);
        var chan = bus.subscribe(m -> m.unlimited());
        assertEquals(0, chan.len());
        bus.send(3);
        assertEquals(List.of(3), taken(chan));
        assertEquals(3, bus.snapshot().sent());
    }

    @Test
    void send_slowSubscriber_waitsForItWhenTheOthersHaveTheValue() throws Exception {
        var before = bus.subscribe(m -> m.unlimited());
        var slow = slow(1);
        var after = bus.subscribe(m -> m.unlimited());
        var sender = go(() -> bus.send(2));
        senderWaitsIn(slow);
        assertEquals(List.of(1, 2), taken(before));
        assertEquals(List.of(2), taken(after));
        var next = go(() -> bus.send(3));
        sendersWaitForTheirTurn(1);
        assertEquals(0, before.len(), "a later value overtook");
        assertEquals(1, slow.receive());
        sender.join();
        assertEquals(2, slow.receive());
        next.join();
        assertEquals(3, slow.receive());
        assertEquals(List.of(3), taken(before));
        assertEquals(List.of(3), taken(after));
    }

    @Test
    void send_severalSlowSubscribers_waitsForEachAndGivesEachOnce() throws Exception {
        var slows = IntStream.range(0, 3).mapToObj(_ -> bus.subscribe(m -> m.buffered(1))).toList();
        var fast = bus.subscribe(m -> m.unlimited());
        bus.send(1);
        var sender = go(() -> bus.send(2));
        for (var slow : slows) {
            senderWaitsIn(slow);
            assertEquals(1, slow.receive());
        }
        sender.join();
        for (var slow : slows) {
            assertEquals(List.of(2), taken(slow));
        }
        assertEquals(List.of(1, 2), taken(fast));
    }

    @Test
    void senders_waitingForTheirTurn_areServedInOrder() throws Exception {
        var slow = slow(0);
        var first = go(() -> bus.send(1));
        senderWaitsIn(slow);
        for (int i = 2; i < 6; i++) {
            int value = i;
            go(() -> bus.send(value));
            sendersWaitForTheirTurn(i - 1);
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(i, slow.receive());
        }
        first.join();
    }

    // A send that is cut short.

    @Test
    void send_contextEndedBefore_givesNobodyTheValue() {
        var chan = bus.subscribe(m -> m.unlimited());
        var ctx = Context.background().withCancel();
        ctx.cancel();
        assertThrows(CancelledException.class, () -> bus.send(ctx, 1));
        assertEquals(0, chan.len());
        assertEquals(0, bus.snapshot().sent());
    }

    @Test
    void send_contextEndsInTheMiddle_theQuickHaveItAndTheSlowGoOnWithTheNext() throws Exception {
        var fast = bus.subscribe(m -> m.unlimited());
        var first = bus.subscribe(m -> m.buffered(1));
        var second = bus.subscribe(m -> m.buffered(1));
        bus.send(1);
        var ctx = Context.background().withCancel();
        var sender = go(() -> bus.send(ctx, 2));
        senderWaitsIn(first);
        assertEquals(1, first.receive());
        senderWaitsIn(second);
        ctx.cancel();
        sender.failure(CancelledException.class);
        assertEquals(0, second.snapshot().blockedSenders());
        assertEquals(List.of(1), taken(second));
        assertEquals(List.of(2), taken(first));
        bus.send(3);
        assertEquals(List.of(1, 2, 3), taken(fast));
        assertEquals(List.of(3), taken(first));
        assertEquals(List.of(3), taken(second));
    }

    @Test
    void send_interruptedInTheMiddle_endsWithTheStatusSet() throws Exception {
        var slow = slow(1);
        var fast = bus.subscribe(m -> m.unlimited());
        for (Body body : List.<Body>of(() -> bus.send(2), () -> bus.send(Context.background(), 2))) {
            var sender = go(body);
            senderWaitsIn(slow);
            sender.thread().interrupt();
            sender.failure(InterruptedWaitException.class);
            assertTrue(sender.wasFlagged());
        }
        assertEquals(List.of(1), taken(slow));
        assertEquals(List.of(2, 2), taken(fast));
        bus.send(3);
        assertEquals(List.of(3), taken(slow));
    }

    @Test
    void send_interruptedBeforeButNoNeedToWait_isSent() {
        var chan = bus.subscribe(m -> m.buffered(1));
        Thread.currentThread().interrupt();
        bus.send(1);
        assertTrue(Thread.interrupted());
        assertEquals(List.of(1), taken(chan));
    }

    @Test
    void send_cutShortWhileItWaitsForItsTurn_givesNobodyTheValue() throws Exception {
        var slow = slow(1);
        var fast = bus.subscribe(m -> m.unlimited());
        var holder = go(() -> bus.send(2));
        senderWaitsIn(slow);
        var ctx = Context.background().withCancel();
        var cancelled = go(() -> bus.send(ctx, 8));
        var interrupted = go(() -> bus.send(9));
        sendersWaitForTheirTurn(2);
        ctx.cancel();
        interrupted.thread().interrupt();
        cancelled.failure(CancelledException.class);
        interrupted.failure(InterruptedWaitException.class);
        assertEquals(1, slow.receive());
        holder.join();
        assertEquals(2, slow.receive());
        bus.send(3);
        assertEquals(3, slow.receive());
        assertEquals(List.of(2, 3), taken(fast));
    }

    // Coming and going.

    @Test
    void subscribe_duringASend_getsTheNextOneAndNotThis() throws Exception {
        var slow = bus.subscribe(m -> m.buffered(1));
        var last = slow(1); // so that the sender has not come to the end of the list when they subscribe
        var sender = go(() -> bus.send(2));
        senderWaitsIn(slow);
        var quick = bus.subscribe(m -> m.unlimited());
        var alsoSlow = bus.subscribe(m -> m.buffered(1));
        assertEquals(1, slow.receive());
        assertEquals(1, last.receive());
        sender.join();
        assertEquals(2, last.receive());
        assertEquals(0, quick.len());
        assertEquals(0, alsoSlow.len());
        assertEquals(2, slow.receive());
        bus.send(3);
        assertEquals(List.of(3), taken(quick));
        assertEquals(List.of(3), taken(alsoSlow));
        assertEquals(List.of(3), taken(slow));
    }

    @Test
    void abandon_whileASenderWaitsForIt_theSenderGoesOn() throws Exception {
        var slow = slow(1);
        var other = bus.subscribe(m -> m.buffered(1));
        var sender = go(() -> {
            bus.send(2);
            bus.send(3);
        });
        senderWaitsIn(slow);
        slow.abandon("enough");
        senderWaitsIn(other);
        assertEquals(1, bus.subscribers());
        assertEquals(2, other.receive());
        sender.join();
        assertEquals(3, other.receive());
        slow.abandon("again");
        assertEquals(1, bus.subscribers());
    }

    @Test
    void abandon_ofTheOneThatIsNext_passesToTheOneAfterIt() throws Exception {
        var slows = IntStream.range(0, 4)
                .mapToObj(_ -> bus.subscribe(m -> m.buffered(1)))
                .toList();
        bus.send(1);
        var sender = go(() -> bus.send(2));
        senderWaitsIn(slows.get(0));
        slows.get(1).abandon("next in the list");
        slows.get(3).abandon("last in the list");
        assertEquals(1, slows.get(0).receive());
        senderWaitsIn(slows.get(2));
        assertEquals(1, slows.get(2).receive());
        sender.join();
        assertEquals(List.of(2), taken(slows.get(0)));
        assertEquals(List.of(2), taken(slows.get(2)));
        assertEquals(2, bus.subscribers());
    }

    @Test
    void abandon_bufferWithValues_goesToTheHookOfThatSubscriber() {
        var undelivered = new ArrayList<Integer>();
        var one = bus.subscribe(m -> m.onUndelivered(undelivered::add).unlimited());
        var other = bus.subscribe(m -> m.unlimited());
        bus.send(1);
        bus.send(2);
        one.abandon("enough");
        bus.send(3);
        assertEquals(List.of(1, 2), undelivered);
        assertEquals(List.of(1, 2, 3), taken(other));
    }

    @Test
    void abandon_throughTheChannelThatWasHandedOver_leavesWithTheNextSend() {
        var own = new AtomicReference<Chan<Integer>>();
        bus.subscribe(m -> {
            own.set(m.buffered(1));
            return own.get();
        });
        var after = bus.subscribe(m -> m.unlimited());
        own.get().abandon("by another way");
        bus.send(1);
        bus.send(2);
        assertEquals(1, bus.subscribers());
        assertEquals(List.of(1, 2), taken(after));
    }

    @Test
    void abandon_manySubscribers_leaveNothingBehind() throws Exception {
        var stays = bus.subscribe(m -> m.unlimited());
        WeakReference<?> gone = null;
        for (int i = 0; i < 100_000; i++) {
            var comes = bus.subscribe(m -> m.buffered(1));
            comes.abandon("and goes");
            gone = new WeakReference<>(comes);
        }
        assertEquals(1, bus.subscribers());
        assertEquals(1, bus.snapshot().subscribers().size());
        var ref = gone;
        Until.until("the last one is collected", () -> {
            System.gc();
            return ref.get() == null;
        });
        bus.send(1);
        bus.send(2);
        assertEquals(List.of(1, 2), taken(stays));
    }

    @Test
    void subscribe_badKinds_areRefusedAndLeaveNothing() {
        assertThrows(IllegalArgumentException.class, () -> bus.subscribe(_ -> Chan.never()));
        assertThrows(NullPointerException.class, () -> bus.subscribe(_ -> null));
        assertThrows(NullPointerException.class, () -> bus.subscribe(null));
        assertThrows(NullPointerException.class, () -> bus.send(null));
        assertThrows(NullPointerException.class, () -> Broadcast.named(null));
        assertThrows(NullPointerException.class, () -> bus.close(null));
        assertEquals(0, bus.subscribers());
        bus.send(1);
    }

    // Values are shared.

    @Test
    void values_droppedBySeveral_areClosedByNobody() {
        var closed = new AtomicInteger();
        var shared = new Broadcast<AutoCloseable>();
        var one = shared.subscribe(m -> m.latest());
        var two = shared.subscribe(m -> m.droppingNewest(1));
        var three = shared.subscribe(m -> m.unlimited());
        for (int i = 0; i < 3; i++) {
            shared.send(closed::incrementAndGet);
        }
        one.abandon("enough");
        two.abandon("enough");
        assertEquals(3, three.len());
        shared.close(new IllegalStateException("broken"));
        assertEquals(0, closed.get());
    }

    // Closing.

    @Test
    void close_letsSubscribersReceiveWhatTheyHave() {
        var chan = slow(1, 2);
        bus.close();
        assertEquals(0, bus.subscribers());
        assertEquals(List.of(1, 2), chan.stream().toList());
        assertTrue(bus.isClosed());
        assertEquals(
                "send on closed broadcast \"bus\"",
                assertThrows(ChanClosedException.class, () -> bus.send(3)).getMessage());
        assertThrows(ChanClosedException.class, () -> bus.send(Context.background(), 3));
        assertEquals(
                "close of closed broadcast \"bus\"",
                assertThrows(ChanClosedException.class, bus::close).getMessage());
        assertFalse(bus.tryClose());
        var late = new IllegalStateException("late");
        assertFalse(bus.tryClose(late));
        assertSame(
                late, assertThrows(ChanClosedException.class, () -> bus.close(late)).getSuppressed()[0]);
    }

    @Test
    void close_withAFailure_isWhatSubscribersSendersAndLaterOnesLearn() {
        var chan = slow(1, 2);
        var failure = new IllegalStateException("broken");
        bus.close(failure);
        assertSame(failure, assertInstanceOf(Received.Closed.class, chan.next()).cause());
        var late = bus.subscribe(m -> m.unbuffered());
        assertSame(failure, assertInstanceOf(Received.Closed.class, late.next()).cause());
        var e = assertThrows(ChanClosedException.class, () -> bus.send(3));
        assertSame(failure, e.getCause());
        assertEquals("bus", e.channel());
        assertEquals(0, bus.subscribers());
    }

    @Test
    void subscribe_closedInPeace_getsAClosedChannel() {
        bus.close();
        var late = bus.subscribe(m -> m.buffered(3));
        assertNull(assertInstanceOf(Received.Closed.class, late.tryReceive()).cause());
        late.abandon("nothing here");
    }

    @Test
    void close_whileASenderWaits_failsItAndThoseBehindIt() throws Exception {
        var slow = slow(1);
        var fast = bus.subscribe(m -> m.unlimited());
        var sender = go(() -> bus.send(2));
        senderWaitsIn(slow);
        var behind = go(() -> bus.send(3));
        var behindUnder = go(() -> bus.send(Context.background(), 4));
        sendersWaitForTheirTurn(2);
        bus.close();
        assertEquals(
                "send on closed broadcast \"bus\"",
                sender.failure(ChanClosedException.class).getMessage());
        behind.failure(ChanClosedException.class);
        behindUnder.failure(ChanClosedException.class);
        assertEquals(List.of(1), slow.stream().toList());
        assertEquals(List.of(2), fast.stream().toList());
    }

    @Test
    void close_whileASenderWaitsForTheLastSubscriber_failsIt() throws Exception {
        var fast = bus.subscribe(m -> m.unlimited());
        var slow = slow(1);
        var sender = go(() -> bus.send(2));
        senderWaitsIn(slow);
        bus.close();
        sender.failure(ChanClosedException.class);
        assertEquals(List.of(1, 2), fast.stream().toList());
    }

    @Test
    void close_whileAHookTakesItsTime_failsThoseWhoWaitForTheirTurnAtOnce() throws Exception {
        var within = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        bus.subscribe(m -> m.onUndelivered(_ -> {
            within.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        })
                .latest());
        bus.send(1);
        var sender = go(() -> bus.send(2));
        assertTrue(within.await(20, TimeUnit.SECONDS));
        var behind = go(() -> bus.send(3));
        sendersWaitForTheirTurn(1);
        bus.close();
        behind.failure(ChanClosedException.class);
        assertFalse(sender.hasEnded());
        goOn.countDown();
        sender.join(); // it had served everybody
    }

    // Hooks.

    @Test
    void hook_thatSendsToTheSameBroadcast_failsAndHangsNobody() {
        var seen = new AtomicReference<Throwable>();
        bus.subscribe(m -> m.onUndelivered(v -> {
            try {
                bus.send(v);
            } catch (Throwable t) {
                seen.set(t);
            }
        })
                .latest());
        bus.send(1);
        bus.send(2);
        assertTrue(assertInstanceOf(IllegalStateException.class, seen.get()).getMessage().contains("within a send"));
        bus.send(3);
    }

    @Test
    void hook_thatChangesTheBroadcast_isServed() {
        var came = new AtomicReference<ReceiveChan<Integer>>();
        var other = new AtomicReference<ReceiveChan<Integer>>();
        bus.subscribe(m -> m.onUndelivered(_ -> {
            if (came.get() == null) {
                other.get().abandon("by a hook");
                came.set(bus.subscribe(n -> n.unlimited()));
            }
        })
                .latest());
        other.set(bus.subscribe(m -> m.unlimited()));
        var last = bus.subscribe(m -> m.unlimited());
        bus.send(1);
        bus.send(2);
        bus.send(3);
        assertEquals(List.of(1, 2, 3), taken(last));
        assertEquals(List.of(3), taken(came.get()));
        assertEquals(0, other.get().len());
    }

    @Test
    void hook_thatClosesTheBroadcast_cutsTheSendShort() {
        bus.subscribe(m -> m.onUndelivered(_ -> bus.close()).latest());
        var after = bus.subscribe(m -> m.unlimited());
        bus.send(1);
        assertThrows(ChanClosedException.class, () -> bus.send(2));
        assertEquals(List.of(1), after.stream().toList());
    }

    @Test
    void hook_thatThrows_doesNotStopTheSend() throws Exception {
        var failure = new IllegalStateException("for the policy");
        var heard = new CompletableFuture<Throwable>();
        Uncaught before = Uncaught.set((_, t) -> heard.complete(t));
        try {
            bus.subscribe(m -> m.onUndelivered(_ -> {
                throw failure;
            })
                    .latest());
            var after = bus.subscribe(m -> m.unlimited());
            bus.send(1);
            bus.send(2);
            assertEquals(List.of(1, 2), taken(after));
            assertSame(failure, heard.get(20, TimeUnit.SECONDS));
        } finally {
            Uncaught.set(before);
        }
    }

    // Looking.

    @Test
    void texts_andSnapshot_sayWhatThereIs() throws Exception {
        assertEquals("broadcast \"bus\" (0 subscribers)", bus.toString());
        var slow = slow(7);
        assertEquals("broadcast \"bus\" (1 subscriber)", bus.toString());
        bus.subscribe(m -> m.named("screen").droppingOldest(4));
        assertEquals("broadcast (0 subscribers)", new Broadcast<>().toString());
        assertEquals("bus", bus.name());
        go(() -> bus.send(8));
        senderWaitsIn(slow);
        go(() -> bus.send(9));
        sendersWaitForTheirTurn(1);
        var now = bus.snapshot();
        assertEquals("bus", now.name());
        assertFalse(now.closed());
        assertEquals(2, now.sent());
        assertEquals(1, now.waitingSenders());
        assertEquals("bus", now.subscribers().get(0).name());
        assertEquals(1, now.subscribers().get(0).blockedSenders());
        assertEquals("screen", now.subscribers().get(1).name());
        assertEquals(4, now.subscribers().get(1).capacity());
        assertEquals(1, now.subscribers().get(1).length());
        bus.close();
        assertEquals("broadcast \"bus\" (closed)", bus.toString());
        assertTrue(bus.snapshot().closed());
        assertEquals(List.of(), bus.snapshot().subscribers());
    }

    @Test
    void send_underVirtualTime_waitsWhereTheClockCanSeeIt() {
        var time = new ManualScheduler();
        var got = new ArrayList<Integer>();
        time.run(() -> {
            var here = Broadcast.<Integer>named("here");
            var slow = here.subscribe(m -> m.unbuffered());
            time.go(() -> {
                here.send(1);
                here.send(2);
                here.close();
            });
            time.go(() -> slow.forEach(got::add));
        });
        time.awaitIdle();
        assertEquals(List.of(1, 2), got);
    }
}
