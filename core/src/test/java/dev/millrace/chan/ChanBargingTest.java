package dev.millrace.chan;

import static dev.millrace.chan.ChanTools.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Clock;
import dev.millrace.chan.ChanTools.Kind;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.chan.ChanTools.World;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Inside;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.RealTimeScheduler;
import dev.millrace.internal.WakeGate;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What happens between the instant at which a waiter's wait is decided and its next step. A gate holds it there, so that
/// each of these meetings, which are rare otherwise, comes about for certain.
@Timeout(60)
class ChanBargingTest {
    @RegisterExtension
    static final Inside INSIDE = new Inside(_ -> new ManualScheduler());

    /// Races that a waiter loses before it is served directly: `Tuning.RACES_BEFORE_HUNGER`.
    private static final int RACES = 4;

    /// Longer than `Tuning.HUNGER_NANOS`.
    private static final Duration HUNGER = Duration.ofMillis(2);

    private final Gate gate = new Gate();

    /// The gate for what this class runs.
    private static final class Gate extends WakeGate {
        Running hold(Running running) {
            hold(running.thread());
            return running;
        }

        void awaitHeld(World w, Running running) {
            ChanTools.until(w.chan, "it was woken", () -> isHeld(running.thread()));
        }

        void pass(Running running) {
            pass(running.thread());
        }
    }

    @BeforeEach
    void install() {
        gate.install();
    }

    @AfterEach
    void remove() {
        gate.remove();
    }

    private World world(int capacity) {
        return new World(Kind.waiting(capacity), Clock.VIRTUAL).beforeClose(gate::open);
    }

    /// What was received, and by whom.
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

    /// A receiver at the end of the queue, held at the end of each wait.
    private Running receiver(World w, Context ctx, String name, int place) {
        var r = w.go(() -> log.add(name + " got " + w.chan.receive(ctx)));
        w.blocked(0, place);
        return gate.hold(r);
    }

    /// A sender at the end of the queue, held at the end of each wait.
    private Running sender(World w, Context ctx, int value, int place) {
        var s = w.go(() -> w.chan.send(ctx, value));
        w.blocked(place, 0);
        return gate.hold(s);
    }

    private static void counts(World w, int len, int senders, int receivers) {
        ChanSnapshot now = w.chan.snapshot();
        assertEquals(
                len + " values, " + senders + " senders, " + receivers + " receivers",
                now.length() + " values, " + now.blockedSenders() + " senders, " + now.blockedReceivers()
                        + " receivers");
    }

    /// What was received; who wrote first does not matter.
    private void logged(String... lines) {
        assertEquals(Stream.of(lines).sorted().toList(), log.stream().sorted().toList());
    }

    private static final Context NONE = Context.background();

    // Who lost too often is served directly.

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void receiver_robbedFourTimes_isHandedTheNextValueDirectly(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            for (int i = 0; i < RACES; i++) {
                assertTrue(w.chan.trySend(i));
                counts(w, 1, 0, 1);
                gate.awaitHeld(w, first);
                assertEquals(new Received.Value<>(i), w.chan.tryReceive(), "who comes may take it");
                gate.pass(first);
                w.blocked(0, 2);
            }
            assertTrue(w.chan.trySend(100));
            counts(w, 0, 0, 1);
            assertNull(w.chan.tryReceive(), "it is no longer to be had by others");
            gate.open();
            first.join();
            assertTrue(w.chan.trySend(101));
            second.join();
            logged("first got 100", "second got 101");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void receiver_robbedOverAMillisecond_isHandedTheNextValueDirectly(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            for (int i = 0; i < 2; i++) {
                assertTrue(w.chan.trySend(i));
                counts(w, 1, 0, 1);
                gate.awaitHeld(w, first);
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                gate.pass(first);
                w.blocked(0, 2);
                w.time().advance(HUNGER);
            }
            assertTrue(w.chan.trySend(100));
            counts(w, 0, 0, 1);
            gate.open();
            first.join();
            assertTrue(w.chan.trySend(101));
            second.join();
            logged("first got 100", "second got 101");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void sender_robbedFourTimes_isGivenTheNextPlaceDirectly(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var first = sender(w, NONE, 1_001, 1);
            var second = sender(w, NONE, 1_002, 2);
            for (int i = 0; i < RACES; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                counts(w, capacity - 1, 1, 0);
                gate.awaitHeld(w, first);
                assertTrue(w.chan.trySend(capacity + i), "who comes may take the place");
                gate.pass(first);
                w.blocked(2, 0);
            }
            assertEquals(new Received.Value<>(RACES), w.chan.tryReceive());
            counts(w, capacity, 1, 0);
            assertFalse(w.chan.trySend(99), "it is no longer to be had by others");
            gate.open();
            first.join();
            for (int i = RACES + 1; i < capacity + RACES; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
            }
            second.join();
            assertEquals(List.of(1_001, 1_002), w.drain());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void sender_robbedOverAMillisecond_isGivenTheNextPlaceDirectly(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var first = sender(w, NONE, 1_001, 1);
            var second = sender(w, NONE, 1_002, 2);
            for (int i = 0; i < 2; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                counts(w, capacity - 1, 1, 0);
                gate.awaitHeld(w, first);
                assertTrue(w.chan.trySend(capacity + i));
                gate.pass(first);
                w.blocked(2, 0);
                w.time().advance(HUNGER);
            }
            assertEquals(new Received.Value<>(2), w.chan.tryReceive());
            counts(w, capacity, 1, 0);
            gate.open();
            first.join();
            assertEquals(new Received.Value<>(3), w.chan.tryReceive());
            second.join();
            assertEquals(capacity, w.drain().size());
        }
    }

    // One on the way at a time, and it sees to the next.

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void receivers_severalValues_oneIsOnItsWayAndSeesToTheNext(int capacity) {
        try (var w = world(capacity)) {
            var a = receiver(w, NONE, "a", 1);
            var b = receiver(w, NONE, "b", 2);
            var c = receiver(w, NONE, "c", 3);
            for (int i = 0; i < 4; i++) {
                assertTrue(w.chan.trySend(i));
                counts(w, i + 1, 0, 2);
            }
            gate.pass(a);
            gate.awaitHeld(w, b);
            a.join();
            counts(w, 3, 0, 1);
            gate.pass(b);
            b.join();
            counts(w, 1, 0, 0); // the last one is alone, and is handed its value
            gate.pass(c);
            c.join();
            assertEquals(numbers(3, 4), w.drain());
            logged("a got 0", "b got 1", "c got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void senders_severalPlaces_oneIsOnItsWayAndSeesToTheNext(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var a = sender(w, NONE, 1_001, 1);
            var b = sender(w, NONE, 1_002, 2);
            var c = sender(w, NONE, 1_003, 3);
            for (int i = 0; i < 4; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                counts(w, capacity - i - 1, 2, 0);
            }
            gate.pass(a);
            gate.awaitHeld(w, b);
            a.join();
            counts(w, capacity - 3, 1, 0);
            gate.pass(b);
            b.join();
            counts(w, capacity - 1, 0, 0); // the last one is alone, and has its value put there
            gate.pass(c);
            c.join();
            var all = new ArrayList<>(numbers(4, capacity));
            all.addAll(List.of(1_001, 1_002, 1_003));
            assertEquals(all, w.drain());
        }
    }

    /// The first in the queue is a case of a select: that is served directly, though others wait behind it.
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void receivers_firstIsASelect_isHandedTheValue(int capacity) {
        try (var w = world(capacity)) {
            var select = gate.hold(w.go(() -> log.add("select got "
                    + Select.<Integer>first().receive(w.chan, v -> v).run())));
            w.blocked(0, 1);
            var second = receiver(w, NONE, "second", 2);
            assertTrue(w.chan.trySend(1));
            counts(w, 0, 0, 1);
            gate.open();
            select.join();
            assertTrue(w.chan.trySend(2));
            second.join();
            logged("select got 1", "second got 2");
        }
    }

    // Who may wait waits for the one on its way, which serves many; who may not is served at once.

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void send_fullAndAReceiverIsOnItsWay_waitsForIt(int capacity) {
        try (var w = world(capacity)) {
            var a = receiver(w, NONE, "a", 1);
            var b = receiver(w, NONE, "b", 2);
            w.fill();
            counts(w, capacity, 0, 1);
            var sender = w.go(() -> w.chan.send(1_000));
            parked(w, sender, 1, 1);
            assertTrue(w.chan.trySend(1_001), "somebody waits for a value");
            counts(w, capacity, 1, 0);
            gate.open();
            b.join();
            a.join();
            sender.join();
            logged("a got 1", "b got 0");
            assertEquals(1_000, w.drain().getLast());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void send_fullAndTheReceiverOnItsWayIsCancelled_isServed(int capacity) {
        try (var w = world(capacity); var ctx = Context.background().withCancel()) {
            var a = receiver(w, ctx, "a", 1);
            var b = receiver(w, NONE, "b", 2);
            w.fill();
            var sender = w.go(() -> w.chan.send(1_000));
            parked(w, sender, 1, 1);
            ctx.cancel();
            gate.open();
            a.join();
            b.join();
            sender.join();
            logged("a got 0", "b got 1");
            assertEquals(1_000, w.drain().getLast());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void receive_emptyAndASenderIsOnItsWay_waitsForIt(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var a = sender(w, NONE, 1_001, 1);
            var b = sender(w, NONE, 1_002, 2);
            var c = sender(w, NONE, 1_003, 3);
            for (int i = 0; i < capacity; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
            }
            counts(w, 0, 2, 0);
            var receiver = w.go(() -> log.add("got " + w.chan.receive()));
            parked(w, receiver, 2, 1);
            assertEquals(new Received.Value<>(1_002), w.chan.tryReceive(), "somebody waits with a value");
            counts(w, 0, 1, 1);
            gate.open();
            a.join();
            b.join();
            c.join();
            receiver.join();
            logged("got 1001");
            assertEquals(List.of(1_003), w.drain());
        }
    }

    // Woken to try again, and something else comes meanwhile.

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void receiver_cancelledOnItsWay_takesTheValueThatIsThere(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, ctx, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            assertTrue(w.chan.trySend(1));
            assertTrue(w.chan.trySend(2));
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.open();
            first.join();
            second.join();
            logged("first got 1", "second got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void receiver_robbedAndCancelledOnItsWay_failsAndOthersAreServed(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, ctx, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            var third = receiver(w, NONE, "third", 3);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            ctx.cancel();
            assertEquals(new Received.Value<>(1), w.chan.tryReceive());
            gate.pass(first);
            first.failure(CancelledException.class);
            w.blocked(0, 2);
            gate.open();
            assertTrue(w.chan.trySend(2));
            second.join();
            assertTrue(w.chan.trySend(3));
            third.join();
            logged("second got 2", "third got 3");
            assertEquals(0, w.chan.len());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void receiver_interruptedOnItsWay_takesTheValueAndKeepsTheFlag(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            first.thread().interrupt();
            gate.open();
            first.join();
            assertTrue(first.wasFlagged());
            assertTrue(w.chan.trySend(2));
            second.join();
            assertFalse(second.wasFlagged());
            logged("first got 1", "second got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void receiver_robbedAndInterruptedOnItsWay_failsAndOthersAreServed(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            first.thread().interrupt();
            assertEquals(new Received.Value<>(1), w.chan.tryReceive());
            gate.open();
            first.failure(InterruptedWaitException.class);
            assertTrue(first.wasFlagged());
            w.blocked(0, 1);
            assertTrue(w.chan.trySend(2));
            second.join();
            logged("second got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void sender_cancelledOnItsWay_takesThePlaceThatIsThere(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var ctx = w.cancellable();
            var first = sender(w, ctx, 1_001, 1);
            var second = sender(w, NONE, 1_002, 2);
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            assertEquals(new Received.Value<>(1), w.chan.tryReceive());
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.open();
            first.join();
            second.join();
            var all = w.drain();
            assertEquals(List.of(1_001, 1_002), all.subList(capacity - 2, capacity));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    @Item("CH-27")
    void sender_robbedAndCancelledOnItsWay_failsAndOthersAreServed(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var ctx = w.cancellable();
            var first = sender(w, ctx, 1_001, 1);
            var second = sender(w, NONE, 1_002, 2);
            var third = sender(w, NONE, 1_003, 3);
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            gate.awaitHeld(w, first);
            ctx.cancel();
            assertTrue(w.chan.trySend(capacity));
            gate.pass(first);
            first.failure(CancelledException.class);
            w.blocked(2, 0);
            gate.open();
            assertEquals(new Received.Value<>(1), w.chan.tryReceive());
            second.join();
            assertEquals(new Received.Value<>(2), w.chan.tryReceive());
            third.join();
            var all = new ArrayList<>(numbers(3, capacity + 1));
            all.addAll(List.of(1_002, 1_003));
            assertEquals(all, w.drain());
        }
    }

    // The end comes while somebody is on its way.

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void close_receiverOnItsWay_theOthersGetWhatIsThere(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            var third = receiver(w, NONE, "third", 3);
            assertTrue(w.chan.trySend(1));
            assertTrue(w.chan.trySend(2));
            assertTrue(w.chan.trySend(3));
            gate.awaitHeld(w, first);
            w.chan.close();
            counts(w, 1, 0, 0);
            gate.open();
            first.join();
            second.join();
            third.join();
            assertEquals(
                    List.of("first got 3", "second got 1", "third got 2"),
                    log.stream().sorted().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void close_receiverOnItsWayAndNothingIsLeft_learnsOfIt(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            var third = receiver(w, NONE, "third", 3);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            w.chan.close();
            gate.open();
            first.failure(ChanClosedException.class);
            second.join();
            third.failure(ChanClosedException.class);
            logged("second got 1");
            w.nobodyWaits();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void closeWithACause_receiverOnItsWay_learnsTheCause(int capacity) {
        try (var w = world(capacity)) {
            var first = receiver(w, NONE, "first", 1);
            var second = receiver(w, NONE, "second", 2);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            var cause = new IllegalStateException("disk");
            w.chan.close(cause);
            assertEquals(numbers(1, 2), List.copyOf(w.undelivered));
            gate.open();
            assertSame(cause, first.failure(ChanClosedException.class).getCause());
            assertSame(cause, second.failure(ChanClosedException.class).getCause());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void abandon_senderOnItsWay_failsAndKeepsItsValue(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var first = sender(w, NONE, 1_001, 1);
            var second = sender(w, NONE, 1_002, 2);
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            gate.awaitHeld(w, first);
            w.chan.abandon("enough");
            gate.open();
            assertTrue(first.failure(ChanClosedException.class).isAbandoned());
            assertTrue(second.failure(ChanClosedException.class).isAbandoned());
            assertEquals(numbers(1, capacity), List.copyOf(w.undelivered));
            w.nobodyWaits();
        }
    }

    // Somebody whose wait is over still stands in the queue.

    /// A receiver that was cancelled, and has not left the queue yet.
    private Running goneReceiver(World w, String name, int place) {
        var ctx = w.cancellable();
        var r = receiver(w, ctx, name, place);
        ctx.cancel();
        gate.awaitHeld(w, r);
        counts(w, w.chan.len(), 0, place);
        return r;
    }

    private Running goneSender(World w, int value) {
        var ctx = w.cancellable();
        var s = sender(w, ctx, value, 1);
        ctx.cancel();
        gate.awaitHeld(w, s);
        return s;
    }

    /// Returns when `running` has parked and so many are in the queues; not everybody is at rest.
    private static void parked(World w, Running running, int senders, int receivers) {
        ChanTools.until(w.chan, "it waits", () -> {
            ChanSnapshot now = w.chan.snapshot();
            return now.blockedSenders() == senders
                    && now.blockedReceivers() == receivers
                    && running.thread().getState() == Thread.State.WAITING;
        });
    }

    private Running lateReceiver(World w, String name, int place) {
        var r = gate.hold(w.go(() -> log.add(name + " got " + w.chan.receive())));
        parked(w, r, 0, place);
        return r;
    }

    private Running lateSender(World w, int value, int place) {
        var s = gate.hold(w.go(() -> w.chan.send(value)));
        parked(w, s, place, 0);
        return s;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 16})
    @Item("CH-27")
    void trySend_firstReceiverHasGone_servesTheNext(int capacity) {
        try (var w = world(capacity)) {
            var gone = goneReceiver(w, "gone", 1);
            var second = lateReceiver(w, "second", 2);
            assertTrue(w.chan.trySend(1));
            counts(w, 0, 0, 0);
            gate.open();
            gone.failure(CancelledException.class);
            second.join();
            logged("second got 1");
            w.nobodyWaits();
            assertEquals(capacity > 0, w.chan.trySend(2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 16})
    @Item("CH-27")
    void trySend_firstOfThreeReceiversHasGone_othersAreServed(int capacity) {
        try (var w = world(capacity)) {
            var gone = goneReceiver(w, "gone", 1);
            var second = lateReceiver(w, "second", 2);
            var third = lateReceiver(w, "third", 3);
            assertTrue(w.chan.trySend(1));
            counts(w, capacity >= 8 ? 1 : 0, 0, 1);
            gate.open();
            second.join();
            assertTrue(w.chan.trySend(2));
            third.join();
            gone.failure(CancelledException.class);
            logged("second got 1", "third got 2");
            w.nobodyWaits();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 16})
    @Item("CH-27")
    void trySend_onlyReceiverHasGone_keepsTheValue(int capacity) {
        try (var w = world(capacity)) {
            var gone = goneReceiver(w, "gone", 1);
            assertEquals(capacity > 0, w.chan.trySend(1));
            counts(w, capacity > 0 ? 1 : 0, 0, 0);
            gate.open();
            gone.failure(CancelledException.class);
            assertEquals(capacity > 0 ? numbers(1, 2) : numbers(0, 0), w.drain());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 16})
    @Item("CH-27")
    void tryReceive_firstSenderHasGone_servesTheNext(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var gone = goneSender(w, 1_001);
            var second = lateSender(w, capacity, 2);
            for (int i = 0; i <= capacity; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                counts(w, capacity - i, 0, 0);
            }
            gate.open();
            gone.failure(CancelledException.class);
            second.join();
            assertNull(w.chan.tryReceive());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 16})
    @Item("CH-27")
    void tryReceive_firstOfThreeSendersHasGone_othersAreServed(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var gone = goneSender(w, 1_001);
            var second = lateSender(w, capacity, 2);
            var third = lateSender(w, capacity + 1, 3);
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            counts(w, capacity >= 8 ? capacity - 1 : capacity, 1, 0);
            gate.open();
            second.join();
            for (int i = 1; i < capacity + 2; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
            }
            third.join();
            gone.failure(CancelledException.class);
            w.nobodyWaits();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @Item("CH-27")
    void close_somebodyHasGone_keepsItsOwnOutcome(int capacity) {
        try (var w = world(capacity)) {
            var gone = goneReceiver(w, "gone", 1);
            var second = lateReceiver(w, "second", 2);
            w.chan.close();
            gate.open();
            gone.failure(CancelledException.class);
            second.failure(ChanClosedException.class);
            w.nobodyWaits();
        }
        try (var w = world(capacity)) {
            w.fill();
            var gone = goneSender(w, 1_001);
            var second = lateSender(w, 1_002, 2);
            w.chan.close();
            gate.open();
            gone.failure(CancelledException.class);
            second.failure(ChanClosedException.class);
            assertEquals(numbers(0, capacity), w.drain());
            w.nobodyWaits();
        }
    }

    /// One is on its way; behind it stands one that has gone, and then one that waits.
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void close_theNextHasGone_valueGoesToWhoWaits(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, NONE, "first", 1);
            var gone = receiver(w, ctx, "gone", 2);
            var third = receiver(w, NONE, "third", 3);
            assertTrue(w.chan.trySend(1));
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.awaitHeld(w, gone);
            w.chan.close();
            counts(w, 0, 0, 0);
            gate.open();
            first.failure(ChanClosedException.class);
            gone.failure(CancelledException.class);
            third.join();
            logged("third got 1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void receiverOnItsWay_theNextHasGone_seesToTheOneAfter(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, NONE, "first", 1);
            var gone = receiver(w, ctx, "gone", 2);
            var third = receiver(w, NONE, "third", 3);
            assertTrue(w.chan.trySend(1));
            assertTrue(w.chan.trySend(2));
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.awaitHeld(w, gone);
            gate.pass(first);
            first.join();
            counts(w, 0, 0, 0);
            gate.open();
            gone.failure(CancelledException.class);
            third.join();
            logged("first got 1", "third got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void receiverOnItsWay_theOnlyOtherHasGone_valueStays(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, NONE, "first", 1);
            var gone = receiver(w, ctx, "gone", 2);
            assertTrue(w.chan.trySend(1));
            assertTrue(w.chan.trySend(2));
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.awaitHeld(w, gone);
            gate.pass(first);
            first.join();
            counts(w, 1, 0, 0);
            gate.open();
            gone.failure(CancelledException.class);
            assertEquals(numbers(2, 3), w.drain());
            logged("first got 1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void senderOnItsWay_theNextHasGone_seesToTheOneAfter(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var ctx = w.cancellable();
            var first = sender(w, NONE, capacity, 1);
            var gone = sender(w, ctx, 1_002, 2);
            var third = sender(w, NONE, capacity + 1, 3);
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            assertEquals(new Received.Value<>(1), w.chan.tryReceive());
            gate.awaitHeld(w, first);
            ctx.cancel();
            gate.awaitHeld(w, gone);
            gate.pass(first);
            first.join();
            counts(w, capacity, 0, 0);
            gate.open();
            gone.failure(CancelledException.class);
            third.join();
            assertEquals(numbers(2, capacity + 2), w.drain());
        }
    }

    /// Behind the one on its way stood one that is gone by now, and then cases of selects: it sees to all of those.
    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void senderOnItsWay_selectsBehindIt_seesToAllOfThem(int capacity) {
        try (var w = world(capacity)) {
            w.fill();
            var ctx = w.cancellable();
            var first = sender(w, NONE, 1_001, 1);
            var leaves = sender(w, ctx, 1_002, 2);
            var selects = new ArrayList<Running>();
            for (int i = 0; i < 2; i++) {
                selects.add(w.go(() -> Select.<Boolean>first().send(w.chan, 1_003, () -> true).run()));
                w.blocked(3 + i, 0);
            }
            for (int i = 0; i < 4; i++) {
                assertEquals(new Received.Value<>(i), w.chan.tryReceive());
            }
            counts(w, capacity - 4, 3, 0);
            ctx.cancel();
            gate.pass(leaves);
            leaves.failure(CancelledException.class);
            gate.pass(first);
            first.join();
            counts(w, capacity - 1, 0, 0);
            selects.forEach(Running::join);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void receiverOnItsWay_selectsBehindIt_seesToAllOfThem(int capacity) {
        try (var w = world(capacity)) {
            var ctx = w.cancellable();
            var first = receiver(w, NONE, "first", 1);
            var leaves = receiver(w, ctx, "leaves", 2);
            var selects = new ArrayList<Running>();
            for (int i = 0; i < 2; i++) {
                selects.add(w.go(
                        () -> Select.<Integer>first().receive(w.chan, v -> v).run()));
                w.blocked(0, 3 + i);
            }
            for (int i = 0; i < 4; i++) {
                assertTrue(w.chan.trySend(i));
            }
            counts(w, 4, 0, 3);
            ctx.cancel();
            gate.pass(leaves);
            leaves.failure(CancelledException.class);
            gate.pass(first);
            first.join();
            counts(w, 1, 0, 0);
            selects.forEach(Running::join);
            logged("first got 0");
        }
    }

    // Between the race that was lost and the place in the queue.

    /// Real time, but for what happens when one thread looks at the clock: as it does when it has lost a race.
    private static final class Interposed extends RealTimeScheduler {
        private volatile Thread who;
        private final AtomicReference<Runnable> what = new AtomicReference<>();

        void whenLooksAtTheClock(Running running, Runnable what) {
            this.what.set(what);
            who = running.thread();
        }

        @Override
        public long nanoTime() {
            if (Thread.currentThread() == who) {
                Runnable now = what.getAndSet(null);
                if (now != null) {
                    now.run();
                }
            }
            return real().nanoTime();
        }

        void go(Runnable body) {
            new Goroutine(this, null, null, "") {
                @Override
                protected void body() {
                    body.run();
                }
            }.spawn();
        }

        /// Calls `body` on this thread as if it were one of this scheduler's.
        void call(Runnable body) {
            Ambient.<Boolean, RuntimeException>callWithin(this, () -> {
                body.run();
                return true;
            });
        }

        Chan<Integer> chan(int capacity) {
            var made = new CompletableFuture<Chan<Integer>>();
            go(() -> made.complete(Chan.buffered(capacity)));
            return made.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    private Running waiting(Interposed scheduler, Chan<Integer> chan, ChanTools.Body body, int place) {
        var running = new Running(chan, body);
        scheduler.go(running);
        ChanTools.until(chan, "it waits", () -> {
            ChanSnapshot now = chan.snapshot();
            return now.blockedSenders() + now.blockedReceivers() == place
                    && running.thread().getState() == Thread.State.WAITING;
        });
        return gate.hold(running);
    }

    private static void waitsAgain(Chan<Integer> chan, Running running, int waiting) {
        ChanTools.until(chan, "it waits again", () -> {
            ChanSnapshot now = chan.snapshot();
            return now.blockedSenders() + now.blockedReceivers() == waiting
                    && running.thread().getState() == Thread.State.WAITING;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void receiver_lostTheRaceAndAnotherIsOnItsWay_stillOnlyOneIs(int capacity) {
        var scheduler = new Interposed();
        scheduler.call(() -> receiverLostTheRace(scheduler, capacity));
    }

    private void receiverLostTheRace(Interposed scheduler, int capacity) {
        Chan<Integer> chan = scheduler.chan(capacity);
        var a = waiting(scheduler, chan, chan::receive, 1);
        var b = waiting(scheduler, chan, chan::receive, 2);
        var c = waiting(scheduler, chan, chan::receive, 3);
        assertTrue(chan.trySend(1));
        ChanTools.until(chan, "a was woken", () -> gate.isHeld(a.thread()));
        assertEquals(new Received.Value<>(1), chan.tryReceive());
        scheduler.whenLooksAtTheClock(a, () -> { // a has come and is no longer on its way; b is next
            assertTrue(chan.trySend(2));
            assertEquals(new Received.Value<>(2), chan.tryReceive());
        });
        gate.pass(a);
        waitsAgain(chan, a, 2);
        assertTrue(chan.trySend(3));
        assertEquals(2, chan.snapshot().blockedReceivers(), "b is on its way");
        assertEquals(1, chan.len());
        assertTrue(chan.trySend(4));
        assertTrue(chan.trySend(5));
        gate.open();
        a.join();
        b.join();
        c.join();
        assertEquals(0, chan.len());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void sender_lostTheRaceAndAnotherIsOnItsWay_stillOnlyOneIs(int capacity) {
        var scheduler = new Interposed();
        scheduler.call(() -> senderLostTheRace(scheduler, capacity));
    }

    private void senderLostTheRace(Interposed scheduler, int capacity) {
        Chan<Integer> chan = scheduler.chan(capacity);
        for (int i = 0; i < capacity; i++) {
            chan.send(i);
        }
        var a = waiting(scheduler, chan, () -> chan.send(1_001), 1);
        var b = waiting(scheduler, chan, () -> chan.send(1_002), 2);
        var c = waiting(scheduler, chan, () -> chan.send(1_003), 3);
        assertEquals(new Received.Value<>(0), chan.tryReceive());
        ChanTools.until(chan, "a was woken", () -> gate.isHeld(a.thread()));
        assertTrue(chan.trySend(capacity));
        scheduler.whenLooksAtTheClock(a, () -> {
            assertEquals(new Received.Value<>(1), chan.tryReceive());
            assertTrue(chan.trySend(capacity + 1));
        });
        gate.pass(a);
        waitsAgain(chan, a, 2);
        assertEquals(new Received.Value<>(2), chan.tryReceive());
        assertEquals(2, chan.snapshot().blockedSenders(), "b is on its way");
        assertEquals(capacity - 1, chan.len());
        assertEquals(new Received.Value<>(3), chan.tryReceive());
        assertEquals(new Received.Value<>(4), chan.tryReceive());
        gate.open();
        a.join();
        b.join();
        c.join();
        assertEquals(capacity, chan.len());
    }
}
