package dev.millrace.chan;

import static dev.millrace.chan.ChanTools.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Clock;
import dev.millrace.chan.ChanTools.Flavour;
import dev.millrace.chan.ChanTools.History;
import dev.millrace.chan.ChanTools.Kind;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.chan.ChanTools.World;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.internal.Inside;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The laws of every channel: each kind, with real and with virtual time.
@Timeout(60)
class ChanLawsTest {
    @RegisterExtension
    static final Inside INSIDE = ChanTools.inside();

    static Stream<Arguments> all() {
        return Kind.ALL.stream().flatMap(kind -> Stream.of(Clock.values()).map(clock -> Arguments.of(kind, clock)));
    }

    /// Those whose senders may have to wait.
    static Stream<Arguments> waiting() {
        return all().filter(arguments -> ((Kind) arguments.get()[0]).sendsWait());
    }

    private static void increasing(Iterable<Integer> values) {
        int last = -1;
        for (int value : values) {
            assertTrue(last < value, value + " came after " + last);
            last = value;
        }
    }

    private static Received<Integer> closed(Throwable cause) {
        return new Received.Closed<>(cause);
    }

    // What goes in comes out.

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item("CH-03")
    void values_oneSenderAndOneReceiver_comeOutOnceAndInOrder(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            int n = 400;
            var got = new ArrayList<Integer>();
            var receiver = w.go(() -> {
                for (int value : w.chan) {
                    got.add(value);
                }
            });
            var sender = w.go(() -> {
                for (int i = 0; i < n; i++) {
                    w.chan.send(i);
                }
                w.chan.close();
            });
            sender.join();
            receiver.join();
            increasing(got);
            increasing(w.undelivered);
            var out = new ArrayList<>(got);
            out.addAll(w.undelivered);
            out.sort(null);
            assertEquals(numbers(0, n), out);
            boolean drops = kind.flavour() == Flavour.DROPS_OLDEST || kind.flavour() == Flavour.DROPS_NEWEST;
            assertTrue(drops || w.undelivered.isEmpty(), "nothing is dropped but where it is said");
            assertEquals(w.undelivered.size(), w.chan.snapshot().undelivered());
            assertEquals(0, w.chan.len());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-04", "CH-05"})
    @Hazard(2)
    void values_manySendersAndReceivers_comeOutOnce(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var history = new History();
            var senders = new ArrayList<Running>();
            var receivers = new ArrayList<Running>();
            var over = new AtomicBoolean();
            var lengths = w.watch(() -> {
                while (!over.get()) {
                    int len = w.chan.len();
                    assertTrue(len >= 0 && len <= w.chan.cap(), "len " + len);
                    ChanSnapshot now = w.chan.snapshot();
                    assertTrue(now.length() >= 0 && now.length() <= now.capacity(), now::toString);
                    assertTrue(kind.places() > 0 || now.blockedSenders() == 0 || now.blockedReceivers() == 0,
                            now::toString);
                    Thread.yield();
                }
            });
            for (int r = 0; r < 3; r++) {
                var got = history.receiver();
                receivers.add(w.go(() -> {
                    for (int value : w.chan) {
                        got.add(value);
                    }
                }));
            }
            for (int s = 0; s < 3; s++) {
                int sender = s;
                var sent = history.sender();
                senders.add(w.go(() -> {
                    for (int i = 0; i < 150; i++) {
                        int value = History.value(sender, i);
                        w.chan.send(value);
                        sent.add(value);
                    }
                }));
            }
            senders.forEach(Running::join);
            w.chan.close();
            receivers.forEach(Running::join);
            over.set(true);
            lengths.join();
            history.undelivered.addAll(w.undelivered);
            history.check();
            assertEquals(450, history.size());
            assertEquals(w.undelivered.size(), w.chan.snapshot().undelivered());
            w.nobodyWaits();
        }
    }

    // What does not wait.

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-02", "CH-05"})
    void tryForms_nobodyElse_areExact(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            int cap = kind.places();
            assertEquals(cap, w.chan.cap());
            for (int turn = 0; turn < 3; turn++) { // so that the ring goes round
                assertNull(w.chan.tryReceive());
                assertEquals(0, w.chan.len());
                int fits = kind.filling();
                for (int i = 0; i < fits; i++) {
                    assertTrue(w.chan.trySend(i));
                    assertEquals(i + 1, w.chan.len());
                }
                int first = 0;
                switch (kind.flavour()) {
                    case WAITS, DROPS_NEWEST -> {
                        assertFalse(w.chan.trySend(99));
                        assertEquals(List.of(), List.copyOf(w.undelivered));
                    }
                    case DROPS_OLDEST -> {
                        assertTrue(w.chan.trySend(fits));
                        assertEquals(List.of(0), List.copyOf(w.undelivered));
                        first = 1;
                        fits++;
                    }
                    case GROWS -> assertEquals(List.of(), List.copyOf(w.undelivered));
                }
                for (int i = first; i < fits; i++) {
                    assertEquals(fits - i, w.chan.len());
                    assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                    if (i == first && cap > 1) { // a turn of the ring by one, so that it starts elsewhere next time
                        assertTrue(w.chan.trySend(fits++));
                    }
                }
                w.undelivered.clear();
            }
            assertNull(w.chan.tryReceive());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-05", "CH-16"})
    void trySend_receiverWaits_reachesIt(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var got = new ConcurrentLinkedQueue<Integer>();
            var receiver = w.go(() -> got.add(w.chan.receive()));
            w.blocked(0, 1);
            assertTrue(w.chan.trySend(5));
            assertEquals(0, w.chan.len(), "to the only one who waits it is handed directly");
            receiver.join();
            assertEquals(List.of(5), List.copyOf(got));
            assertNull(w.chan.tryReceive());
            assertEquals(List.of(), List.copyOf(w.undelivered));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("waiting")
    @Item({"CH-05", "CH-15"})
    void tryReceive_senderWaits_makesRoomForIt(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            int cap = kind.places();
            w.fill();
            var sender = w.blockedSenders(cap).getFirst();
            assertEquals(cap, w.chan.len());
            assertFalse(w.chan.trySend(99));
            assertEquals(new Received.Value<>(0), w.chan.tryReceive());
            assertEquals(cap, w.chan.len(), "the only one who waits has its value put there directly");
            sender.join();
            assertEquals(numbers(1, cap + 1), w.drain());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("waiting")
    @Item({"CH-05", "CH-14", "CH-15"})
    void len_sendersWait_isExactAfterEachReceive(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            int cap = kind.places();
            w.fill();
            var senders = w.blockedSenders(cap, cap + 1, cap + 2, cap + 3);
            for (int i = 0; i < cap + 4; i++) {
                int waits = Math.max(0, 3 - i);
                assertEquals(i, w.chan.receive());
                w.blocked(waits, 0);
                int left = Math.min(cap, cap + 3 - i);
                ChanTools.until(w.chan, "len is " + left, () -> w.chan.len() == left);
            }
            senders.forEach(Running::join);
            assertNull(w.chan.tryReceive());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item("CH-14")
    void receivers_severalWait_eachIsServedOnceForAValue(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var got = new ConcurrentLinkedQueue<Integer>();
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 5; i++) {
                receivers.add(w.go(() -> got.add(w.chan.receive())));
                w.blocked(0, i + 1);
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(w.chan.trySend(i));
                w.blocked(0, 4 - i);
                ChanTools.until(w.chan, "it is taken", () -> w.chan.len() == 0);
                receivers.get(i).join();
            }
            w.chan.close();
            for (var r : receivers.subList(3, 5)) {
                r.failure(ChanClosedException.class);
            }
            assertEquals(numbers(0, 3), List.copyOf(got));
            assertEquals(List.of(), List.copyOf(w.undelivered));
        }
    }

    /// All at once, and only then a look: with barging one wakes the next.
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item("CH-14")
    void receivers_asManyValuesAtOnce_allAreServed(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var got = new ConcurrentLinkedQueue<Integer>();
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 6; i++) {
                receivers.add(w.go(() -> got.add(w.chan.receive())));
                w.blocked(0, i + 1);
            }
            for (int i = 0; i < 6; i++) {
                assertTrue(w.chan.trySend(i));
            }
            receivers.forEach(Running::join);
            assertEquals(numbers(0, 6), got.stream().sorted().toList());
            assertEquals(0, w.chan.len());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("waiting")
    @Item("CH-15")
    void senders_asMuchRoomAtOnce_allAreServed(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            int cap = kind.places();
            w.fill();
            var senders = w.blockedSenders(cap, cap + 1, cap + 2, cap + 3, cap + 4, cap + 5);
            var got = new ArrayList<Integer>();
            for (int i = 0; i < 6; i++) {
                got.add(w.chan.receive());
            }
            got.addAll(w.drain());
            ChanTools.settled(w.chan);
            senders.forEach(Running::join);
            got.addAll(w.drain());
            if (cap < 8) {
                assertEquals(numbers(0, cap + 6), got, "in the order of arrival");
            } else {
                assertEquals(numbers(0, cap), got.subList(0, cap));
                got.sort(null);
                assertEquals(numbers(0, cap + 6), got);
            }
            w.nobodyWaits();
        }
    }

    // The end.

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-08", "CH-13"})
    @Hazard(3)
    void close_receiversWait_allLearnOfIt(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var got = new ConcurrentLinkedQueue<Received<Integer>>();
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 5; i++) {
                receivers.add(w.go(() -> got.add(w.chan.next())));
                w.blocked(0, i + 1);
            }
            w.chan.close();
            receivers.forEach(Running::join);
            assertEquals(List.of(closed(null), closed(null), closed(null), closed(null), closed(null)),
                    List.copyOf(got));
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-07", "CH-09", "CH-10", "CH-11"})
    void close_buffered_isReceivedFirstAndSendersFail(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var inside = w.fill();
            var senders = kind.sendsWait() ? w.blockedSenders(97, 98, 99) : List.<Running>of();
            w.chan.close();
            for (var sender : senders) {
                assertFalse(sender.failure(ChanClosedException.class).isAbandoned());
            }
            w.nobodyWaits();
            assertEquals(inside.size(), w.chan.len());
            assertThrows(ChanClosedException.class, () -> w.chan.send(1));
            assertThrows(ChanClosedException.class, () -> w.chan.trySend(1));
            assertThrows(ChanClosedException.class, w.chan::close);
            assertFalse(w.chan.tryClose(new IllegalStateException("late")));
            for (int value : inside) {
                assertEquals(new Received.Value<>(value), w.chan.next());
            }
            for (int i = 0; i < 3; i++) {
                assertEquals(closed(null), w.chan.next());
                assertEquals(closed(null), w.chan.tryReceive());
                assertThrows(ChanClosedException.class, w.chan::receive);
            }
            assertEquals(List.of(), List.copyOf(w.undelivered));
            w.chan.abandon("nothing is left");
            assertEquals(List.of(), List.copyOf(w.undelivered));
            assertTrue(w.chan.snapshot().closed());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item({"CH-09", "CH-10"})
    void closeWithACause_buffered_goesToTheHookAndReceiversLearnTheCause(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var inside = w.fill();
            var senders = kind.sendsWait() ? w.blockedSenders(97, 98) : List.<Running>of();
            var cause = new IllegalStateException("disk");
            w.chan.close(cause);
            assertEquals(inside, List.copyOf(w.undelivered), "and none of a sender that failed");
            assertEquals(0, w.chan.len());
            for (var sender : senders) {
                assertSame(cause, sender.failure(ChanClosedException.class).getCause());
            }
            assertEquals(closed(cause), w.chan.next());
            assertEquals(closed(cause), w.chan.tryReceive());
            assertSame(cause, assertThrows(ChanClosedException.class, () -> w.chan.trySend(1)).getCause());
            ChanSnapshot now = w.chan.snapshot();
            assertEquals(inside.size(), now.undelivered());
            assertTrue(now.closed());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void closeWithACause_receiversWait_allLearnTheCause(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var got = new ConcurrentLinkedQueue<Received<Integer>>();
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 3; i++) {
                receivers.add(w.go(() -> got.add(w.chan.next())));
                w.blocked(0, i + 1);
            }
            var cause = new IllegalStateException("disk");
            w.chan.close(cause);
            receivers.forEach(Running::join);
            assertEquals(List.of(closed(cause), closed(cause), closed(cause)), List.copyOf(got));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void abandon_buffered_goesToTheHookAndSendersKeepTheirs(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var inside = w.fill();
            var senders = kind.sendsWait() ? w.blockedSenders(97, 98, 99) : List.<Running>of();
            w.chan.abandon("enough");
            for (var sender : senders) {
                assertTrue(sender.failure(ChanClosedException.class).isAbandoned());
            }
            assertEquals(inside, List.copyOf(w.undelivered));
            assertEquals(0, w.chan.len());
            assertTrue(assertThrows(ChanClosedException.class, () -> w.chan.send(1)).isAbandoned());
            assertTrue(assertThrows(ChanClosedException.class, () -> w.chan.trySend(1)).isAbandoned());
            assertEquals(closed(null), w.chan.next());
            assertEquals(closed(null), w.chan.tryReceive());
            w.chan.abandon("again");
            assertTrue(w.chan.tryClose(), "whose duty it is may do it once");
            assertFalse(w.chan.tryClose());
            assertEquals(
                    "send on abandoned channel: enough",
                    assertThrows(ChanClosedException.class, () -> w.chan.trySend(1)).getMessage());
            assertEquals(inside, List.copyOf(w.undelivered));
            assertEquals(inside.size(), w.chan.snapshot().undelivered());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Hazard(4)
    void abandon_closedBeforeWithValues_handsThemToTheHook(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var inside = w.fill();
            w.chan.close();
            if (inside.size() > 1) {
                assertEquals(0, w.chan.receive());
            }
            w.chan.abandon("enough");
            int gone = inside.size() > 1 ? 1 : 0;
            assertEquals(inside.subList(gone, inside.size()), List.copyOf(w.undelivered));
            assertEquals(closed(null), w.chan.next());
            assertThrows(ChanClosedException.class, w.chan::close);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void abandon_receiversWait_allLearnOfIt(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 3; i++) {
                receivers.add(w.go(w.chan::receive));
                w.blocked(0, i + 1);
            }
            w.chan.abandon("another of us");
            for (var r : receivers) {
                assertTrue(r.failure(ChanClosedException.class).isAbandoned());
            }
            w.nobodyWaits();
        }
    }

    /// The ring may start anywhere when what is left in it goes.
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void hook_ringHasTurned_getsWhatIsLeftInOrder(Kind kind, Clock clock) {
        for (int turn = 0; turn <= Math.min(kind.filling(), 17); turn++) {
            try (var w = new World(kind, clock)) {
                int n = kind.filling();
                for (int i = 0; i < turn; i++) {
                    w.chan.trySend(i);
                    assertEquals(new Received.Value<>(i), w.chan.tryReceive());
                }
                w.fill();
                if (turn % 2 == 1) {
                    assertEquals(new Received.Value<>(0), w.chan.tryReceive());
                }
                w.chan.abandon("");
                assertEquals(numbers(Math.min(n, turn % 2), n), List.copyOf(w.undelivered));
            }
        }
    }

    /// The hook is called outside the lock: whatever the channel can do it can do there.
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void hook_usesTheChannel_isServed(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var here = new AtomicReference<Chan<Integer>>();
            var seen = new ConcurrentLinkedQueue<Integer>();
            var chan = w.make(() -> kind.make(value -> {
                ChanSnapshot now = here.get().snapshot();
                assertTrue(here.get().len() <= now.capacity());
                if (!now.closed()) {
                    here.get().tryReceive();
                }
                seen.add(value);
            }));
            here.set(chan);
            var user = w.go(() -> {
                int n = kind.filling();
                for (int i = 0; i < n; i++) {
                    chan.trySend(i);
                }
                if (!kind.sendsWait()) {
                    chan.send(n);
                }
                chan.abandon("");
            });
            user.join();
            int taken = kind.flavour() == Flavour.DROPS_OLDEST || kind.flavour() == Flavour.DROPS_NEWEST ? 1 : 0;
            int given = kind.filling() + (kind.sendsWait() ? 0 : 1);
            assertEquals(given - taken, seen.size(), "but for the one that the hook received");
        }
    }

    /// What has left the channel is nobody's business there: the ring keeps no reference.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8})
    void values_receivedOrDropped_areNotKept(int capacity) throws Exception {
        for (var chan : List.of(Chan.<Object>buffered(capacity), Chan.<Object>unlimited(), Chan.<Object>latest())) {
            var refs = new ArrayList<WeakReference<Object>>();
            var sender = new Running(chan, () -> {
                for (int i = 0; i < 3; i++) {
                    var value = new Object();
                    refs.add(new WeakReference<>(value));
                    chan.send(value);
                }
                chan.close();
            });
            Thread.startVirtualThread(sender);
            while (chan.next() instanceof Received.Value) {
                Thread.yield();
            }
            sender.join();
            for (var ref : refs) {
                ChanTools.until(chan, "the value is collected", () -> {
                    System.gc();
                    return ref.refersTo(null);
                });
            }
            Reference.reachabilityFence(chan);
        }
    }

    // Cancellation.

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item("CH-27")
    void cancel_receiversWait_leavesNoneOfThemAndMovesNothing(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var ctx = w.cancellable();
            var got = new ConcurrentLinkedQueue<Integer>();
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 5; i++) {
                boolean stays = i == 2;
                receivers.add(w.go(() -> got.add(stays ? w.chan.receive() : w.chan.receive(ctx))));
                w.blocked(0, i + 1);
            }
            ctx.cancel();
            for (int i = 0; i < 5; i++) {
                if (i != 2) {
                    receivers.get(i).failure(CancelledException.class);
                }
            }
            w.blocked(0, 1);
            assertEquals(List.of(), List.copyOf(got));
            assertTrue(w.chan.trySend(7));
            receivers.get(2).join();
            assertEquals(List.of(7), List.copyOf(got));
            assertEquals(kind.places() > 0, w.chan.trySend(8), "nobody is left who would take it");
            assertEquals(kind.places() > 0 ? List.of(8) : List.of(), w.drain());
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("waiting")
    @Item("CH-27")
    void cancel_sendersWait_leavesNoneOfThemAndMovesNothing(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var ctx = w.cancellable();
            int cap = kind.places();
            w.fill();
            var senders = new ArrayList<Running>();
            for (int i = 0; i < 5; i++) {
                boolean stays = i == 2;
                int value = 1_000 + i;
                senders.add(w.go(() -> {
                    if (stays) {
                        w.chan.send(value);
                    } else {
                        w.chan.send(ctx, value);
                    }
                }));
                w.blocked(i + 1, 0);
            }
            ctx.cancel();
            for (int i = 0; i < 5; i++) {
                if (i != 2) {
                    senders.get(i).failure(CancelledException.class);
                }
            }
            w.blocked(1, 0);
            assertEquals(cap, w.chan.len());
            var all = new ArrayList<>(numbers(0, cap));
            all.add(1_002);
            for (int value : all) {
                assertEquals(new Received.Value<>(value), w.chan.tryReceive());
            }
            senders.get(2).join();
            assertNull(w.chan.tryReceive());
            assertEquals(List.of(), List.copyOf(w.undelivered));
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void deadline_passes_endsTheWaitAndMovesNothing(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            Duration soon = clock == Clock.REAL ? Duration.ofMillis(2) : Duration.ofMinutes(1);
            var receiver = w.go(() -> {
                try (var ctx = Context.background().withTimeout(soon)) {
                    w.chan.receive(ctx);
                }
            });
            if (clock == Clock.VIRTUAL) {
                w.blocked(0, 1);
                w.time().advance(soon.minusNanos(1));
                assertFalse(receiver.hasEnded());
                w.time().advance(1);
            }
            receiver.failure(DeadlineExceededException.class);
            w.nobodyWaits();
            var inside = w.fill();
            if (kind.sendsWait()) {
                var sender = w.go(() -> {
                    try (var ctx = Context.background().withTimeout(soon)) {
                        w.chan.send(ctx, 99);
                    }
                });
                if (clock == Clock.VIRTUAL) {
                    w.blocked(1, 0);
                    w.time().advance(soon);
                }
                sender.failure(DeadlineExceededException.class);
                w.nobodyWaits();
            }
            assertEquals(inside, w.drain());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void endedContext_somethingIsReady_failsAndMovesNothing(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            var ctx = w.cancellable();
            ctx.cancel();
            assertThrows(CancelledException.class, () -> w.chan.send(ctx, 1));
            assertEquals(0, w.chan.len());
            var inside = w.fill();
            assertThrows(CancelledException.class, () -> w.chan.receive(ctx));
            assertThrows(CancelledException.class, () -> w.chan.next(ctx));
            assertEquals(inside, w.drain());
            assertEquals(List.of(), List.copyOf(w.undelivered));
            w.chan.close();
            assertThrows(CancelledException.class, () -> w.chan.next(ctx), "the context is looked at first");
            w.nobodyWaits();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Item("CH-27")
    @Hazard(8)
    void receive_committedAndThenCancelled_returnsTheValue(Kind kind, Clock clock) {
        for (int round = 0; round < 20; round++) {
            try (var w = new World(kind, clock)) {
                var got = new ConcurrentLinkedQueue<Integer>();
                var mine = w.cancellable();
                var others = w.cancellable();
                var first = w.go(() -> got.add(w.chan.receive(mine)));
                w.blocked(0, 1);
                var second = w.go(() -> got.add(w.chan.receive(others)));
                w.blocked(0, 2);
                assertTrue(w.chan.trySend(round));
                mine.cancel();
                first.join();
                assertEquals(List.of(round), List.copyOf(got));
                w.blocked(0, 1);
                others.cancel();
                second.failure(CancelledException.class);
                assertEquals(0, w.chan.len());
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("waiting")
    @Item("CH-27")
    void send_committedAndThenCancelled_returns(Kind kind, Clock clock) {
        for (int round = 0; round < 20; round++) {
            try (var w = new World(kind, clock)) {
                int cap = kind.places();
                w.fill();
                var mine = w.cancellable();
                var others = w.cancellable();
                var first = w.go(() -> w.chan.send(mine, cap));
                w.blocked(1, 0);
                var second = w.go(() -> w.chan.send(others, 999));
                w.blocked(2, 0);
                assertEquals(new Received.Value<>(0), w.chan.tryReceive());
                mine.cancel();
                first.join();
                w.blocked(1, 0);
                others.cancel();
                second.failure(CancelledException.class);
                assertEquals(numbers(1, cap + 1), w.drain());
            }
        }
    }

    // Looking.

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void snapshot_somebodyWaits_countsThemAndTheirTime(Kind kind, Clock clock) {
        try (var w = new World(kind, clock)) {
            assertEquals(
                    new ChanSnapshot("", 0, kind.places(), false, 0, 0, Duration.ZERO, 0), w.chan.snapshot());
            var receivers = new ArrayList<Running>();
            for (int i = 0; i < 3; i++) {
                receivers.add(w.go(w.chan::next));
                w.blocked(0, i + 1);
                longest(w, Duration.ofSeconds(5L * i + 5));
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(w.chan.trySend(i));
                w.blocked(0, 2 - i);
                receivers.get(i).join();
            }
            assertEquals(Duration.ZERO, w.chan.snapshot().longestWait());
            if (kind.sendsWait()) {
                w.fill();
                var senders = new ArrayList<Running>();
                for (int i = 0; i < 3; i++) {
                    senders.add(w.go(() -> w.chan.send(99)));
                    w.blocked(i + 1, 0);
                    longest(w, Duration.ofSeconds(5L * i + 5));
                }
                w.chan.abandon("");
                senders.forEach(s -> s.failure(ChanClosedException.class));
                assertEquals(
                        new ChanSnapshot("", 0, kind.places(), true, 0, 0, Duration.ZERO, kind.places()),
                        w.chan.snapshot());
            }
        }
    }

    private static void longest(World w, Duration exact) {
        if (w.time() == null) {
            ChanTools.until(w.chan, "the wait has begun", () -> w.chan.snapshot().longestWait().isPositive());
        } else {
            w.time().advance(Duration.ofSeconds(5));
            assertEquals(exact, w.chan.snapshot().longestWait());
        }
    }
}
