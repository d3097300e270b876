package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Body;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Spell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BroadcastStressTest {
    private static final long MILLIS = 1_000;
    private static final int SENDERS = 4;
    private static final int PER_SENDER = 1_000_000_000 / SENDERS;

    private static Running virtual(Body body) {
        var running = new Running(Chan.never(), body);
        Thread.startVirtualThread(running);
        return running;
    }

    private static Running platform(Body body) {
        var running = new Running(Chan.never(), body);
        Thread.ofPlatform().daemon().start(running);
        return running;
    }

    private static long end() {
        return System.nanoTime() + MILLIS * 1_000_000;
    }

    private static List<Running> senders(Broadcast<Integer> bus, long end, int[] sent) {
        return IntStream.range(0, SENDERS)
                .mapToObj(s -> virtual(() -> {
                    int n = 0;
                    while (n < 100_000 && System.nanoTime() - end < 0) {
                        bus.send(s * PER_SENDER + n++);
                    }
                    sent[s] = n;
                }))
                .toList();
    }

    /// Fails unless each sender's numbers are there in order, without a gap.
    private static void checkComplete(List<Integer> got, int[] sent) {
        var next = new int[SENDERS];
        for (int value : got) {
            int s = value / PER_SENDER;
            assertEquals(next[s]++, value % PER_SENDER, "sender " + s);
        }
        for (int s = 0; s < SENDERS; s++) {
            assertEquals(sent[s], next[s], "sender " + s);
        }
    }

    @Test
    void send_severalSendersAndKinds_allSeeTheSameOrder() {
        var bus = new Broadcast<Integer>();
        var chans = List.of(
                bus.subscribe(m -> m.unbuffered()),
                bus.subscribe(m -> m.buffered(1)),
                bus.subscribe(m -> m.buffered(64)),
                bus.subscribe(m -> m.unlimited()));
        var got = new ArrayList<List<Integer>>();
        var receivers = new ArrayList<Running>();
        for (var chan : chans) {
            var list = new ArrayList<Integer>();
            got.add(list);
            receivers.add(virtual(() -> chan.forEach(list::add)));
        }
        var sent = new int[SENDERS];
        senders(bus, end(), sent).forEach(Running::join);
        bus.close();
        receivers.forEach(Running::join);
        checkComplete(got.get(0), sent);
        for (var list : got) {
            assertEquals(got.get(0), list);
        }
    }

    @Test
    void subscribers_comingAndGoing_seeOnePieceOfTheOrder() {
        var bus = new Broadcast<Integer>();
        var whole = bus.subscribe(m -> m.unlimited());
        var end = end();
        var over = new AtomicBoolean();
        var pieces = new ArrayList<List<List<Integer>>>();
        var comers = new ArrayList<Running>();
        for (int i = 0; i < 3; i++) {
            int kind = i;
            var mine = new ArrayList<List<Integer>>();
            pieces.add(mine);
            comers.add(virtual(() -> {
                while (!over.get()) {
                    var chan = bus.subscribe(
                            m -> switch (kind) {
                                case 0 -> m.unbuffered();
                                case 1 -> m.buffered(2);
                                default -> m.unlimited();
                            });
                    var piece = new ArrayList<Integer>();
                    int n = ThreadLocalRandom.current().nextInt(20);
                    while (piece.size() < n && chan.next() instanceof Received.Value<Integer>(var v)) {
                        piece.add(v);
                    }
                    chan.abandon("enough");
                    if (mine.size() < 5_000) {
                        mine.add(piece);
                    }
                }
            }));
        }
        var sent = new int[SENDERS];
        senders(bus, end, sent).forEach(Running::join);
        over.set(true);
        bus.close();
        comers.forEach(Running::join);
        assertEquals(0, bus.subscribers());
        var order = whole.stream().toList();
        checkComplete(order, sent);
        var places = new java.util.HashMap<Integer, Integer>();
        for (int i = 0; i < order.size(); i++) {
            places.put(order.get(i), i);
        }
        int seen = 0;
        for (var mine : pieces) {
            int from = 0; // a later piece of one subscriber begins after the earlier one
            for (var piece : mine) {
                for (int i = 0; i < piece.size(); i++) {
                    int place = places.get(piece.get(i));
                    assertTrue(i == 0 ? place >= from : place == from, () -> "not in one piece: " + piece);
                    from = place + 1;
                    seen++;
                }
            }
        }
        assertTrue(seen > 0);
    }

    @Test
    void send_cutShortAgainAndAgain_leavesTheOrderAndNobodyBehind() {
        var bus = new Broadcast<Integer>();
        var whole = bus.subscribe(m -> m.unlimited());
        var slow = bus.subscribe(m -> m.buffered(1));
        var got = new ArrayList<Integer>();
        var receiver = virtual(() -> slow.forEach(v -> {
            got.add(v);
            ChanTools.spin(v % 7 * 20);
        }));
        var end = end();
        var accepted = new ArrayList<List<Integer>>();
        var senders = new ArrayList<Running>();
        for (int i = 0; i < SENDERS; i++) {
            int s = i;
            var mine = new ArrayList<Integer>();
            accepted.add(mine);
            senders.add(platform(() -> {
                for (int n = 0; System.nanoTime() - end < 0; n++) {
                    var ctx = Context.background().withCancel();
                    var cancel = virtual(() -> ctx.cancel());
                    try {
                        bus.send(ctx, s * PER_SENDER + n);
                        mine.add(s * PER_SENDER + n);
                    } catch (ContextException e) {
                        // somebody may have it
                    }
                    cancel.join();
                }
            }));
        }
        senders.forEach(Running::join);
        bus.send(-1);
        bus.close();
        receiver.join();
        var order = whole.stream().toList();
        assertEquals(order.size(), new HashSet<>(order).size(), "twice");
        int at = 0;
        for (int value : got) { // what the slow one has is in the order of all
            while (order.get(at) != value) {
                at++;
            }
            at++;
        }
        var slowHas = new HashSet<>(got);
        for (var mine : accepted) {
            assertTrue(slowHas.containsAll(mine), "a send that returned did not reach all");
        }
        assertEquals(-1, got.getLast());
    }

    @Test
    void close_againstSends_aSendThatReturnsHasReachedAll() {
        var pair = new ChanTools.Pair(Chan.never());
        var count = new int[2]; // cut short, and not
        var spell = Spell.of(Duration.ofMillis(MILLIS), () -> Math.min(count[0], count[1]) >= 10);
        long head = 0; // nanoseconds that the close is given, negative for the send: towards the outcome that comes too seldom
        for (int round = 0; spell.lasts(); round++) {
            var bus = new Broadcast<Integer>();
            var a = bus.subscribe(m -> m.buffered(1));
            var b = bus.subscribe(m -> m.unlimited());
            var c = bus.subscribe(m -> m.buffered(2));
            int lag = round % 40;
            long ahead = head;
            var sent = new boolean[2];
            pair.together(
                    round,
                    () -> {
                        ChanTools.stay(ahead);
                        try {
                            bus.send(1);
                            sent[0] = true;
                            bus.send(2); // a is full: only the close ends this
                            sent[1] = true;
                        } catch (ChanClosedException e) {
                            // as it must be
                        }
                    },
                    () -> {
                        ChanTools.stay(-ahead);
                        ChanTools.spin(lag * 4);
                        bus.close();
                    });
            assertEquals(false, sent[1]);
            assertEquals(0, bus.subscribers());
            for (var chan : List.of(a, b, c)) {
                var got = chan.stream().toList(); // ends: all are closed
                assertTrue(!sent[0] || (!got.isEmpty() && got.get(0) == 1), () -> "got " + got);
            }
            count[sent[0] ? 1 : 0]++;
            head = Math.clamp(head + (sent[0] ? 20_000 : -20_000), -2_000_000, 2_000_000);
        }
        pair.over();
        assertTrue(count[0] > 0 && count[1] > 0,
                "the race must be one: " + count[0] + " cut short, " + count[1] + " not");
    }

    @Test
    void abandon_againstASendThatWaits_neverHoldsItUp() {
        long end = end();
        var pair = new ChanTools.Pair(Chan.never());
        var bus = new Broadcast<Integer>();
        var whole = bus.subscribe(m -> m.unlimited());
        int round = 0;
        for (; System.nanoTime() - end < 0; round++) {
            int n = round;
            var a = bus.subscribe(m -> m.unbuffered());
            var b = bus.subscribe(m -> m.unbuffered());
            pair.together(round, () -> bus.send(n), () -> {
                ChanTools.spin(n % 40 * 4);
                b.abandon("enough");
                a.abandon("enough");
            });
            assertEquals(1, bus.subscribers());
            assertEquals(n, whole.receive());
        }
        pair.over();
        bus.close();
    }
}
