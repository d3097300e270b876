package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Body;
import dev.millrace.chan.ChanTools.History;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Many senders and many receivers where waiters are woken to try again, with everything that may come in between.
@Timeout(60)
class ChanStressTest {
    private static final int SIDE = 8;
    private static final int VALUES = 400;

    /// What happens in the middle.
    private enum Ending {
        CLOSE,
        CLOSE_WITH_CAUSE,
        ABANDON,
        CANCEL_ALL
    }

    static Stream<Arguments> storms() {
        return Stream.of(0, 1, 8, 16, 128)
                .flatMap(capacity -> Arrays.stream(Ending.values()).map(ending -> Arguments.of(capacity, ending)));
    }

    private static Running go(Chan<?> chan, Body body) {
        var running = new Running(chan, body);
        Thread.startVirtualThread(running);
        return running;
    }

    /// For those who never wait: threads that only yield would keep virtual ones from running.
    private static Running busy(Chan<?> chan, Body body) {
        var running = new Running(chan, body);
        Thread.ofPlatform().daemon().start(running);
        return running;
    }

    private static void nobodyWaits(Chan<?> chan) {
        ChanSnapshot now = chan.snapshot();
        assertEquals(0, now.blockedSenders(), now::toString);
        assertEquals(0, now.blockedReceivers(), now::toString);
    }

    @ParameterizedTest(name = "capacity {0}, {1}")
    @MethodSource("storms")
    void storm_endsInTheMiddle_losesNothingAndLeavesNobody(int capacity, Ending ending) throws Exception {
        long first = Long.getLong("chan.seed", System.nanoTime());
        for (long seed = first; seed < first + 4; seed++) {
            try {
                storm(capacity, ending, new Random(seed));
            } catch (Throwable t) {
                throw new AssertionError("-Dchan.seed=" + seed + ": " + t.getMessage(), t);
            }
        }
    }

    private static void storm(int capacity, Ending ending, Random random) throws Exception {
        var history = new History();
        Chan<Integer> chan = Chan.<Integer>onUndelivered(history.undelivered::add).buffered(capacity);
        var accepted = new AtomicInteger();
        var over = new AtomicBoolean();
        var root = Context.background().withCancel();
        var current = new AtomicReference<>(root.withCancel());
        var all = new ArrayList<Running>();
        for (int i = 0; i < SIDE; i++) {
            boolean impatient = i % 2 == 0;
            var got = history.receiver();
            all.add(go(chan, () -> {
                while (!over.get()) {
                    try {
                        switch (chan.next(impatient ? current.get() : root)) {
                            case Received.Value<Integer>(var v) -> got.add(v);
                            case Received.Closed<Integer> _ -> {
                                return;
                            }
                        }
                    } catch (ContextException e) {
                        Thread.yield();
                    }
                }
            }));
        }
        for (int i = 0; i < SIDE; i++) {
            int sender = i;
            boolean impatient = i % 2 == 0;
            var sent = history.sender();
            all.add(go(chan, () -> {
                for (int k = 0; k < VALUES && !over.get();) {
                    try {
                        int value = History.value(sender, k);
                        chan.send(impatient ? current.get() : root, value);
                        sent.add(value);
                        accepted.incrementAndGet();
                        k++;
                    } catch (ContextException e) {
                        Thread.yield();
                    } catch (ChanClosedException e) {
                        return;
                    }
                }
            }));
        }
        Running canceller = go(chan, () -> {
            while (!over.get()) {
                CancellableContext before = current.getAndSet(root.withCancel());
                before.cancel();
                LockSupport.parkNanos(20_000);
            }
        });
        int middle = random.nextInt(SIDE * VALUES);
        ChanTools.until(chan, middle + " values were accepted", () -> accepted.get() >= middle);
        switch (ending) {
            case CLOSE -> chan.close();
            case CLOSE_WITH_CAUSE -> chan.close(new IllegalStateException("planted"));
            case ABANDON -> chan.abandon("planted");
            case CANCEL_ALL -> {
                over.set(true);
                root.cancel();
            }
        }
        try {
            all.forEach(Running::join);
        } finally {
            over.set(true);
        }
        canceller.join();
        nobodyWaits(chan);
        List<Integer> left = ChanTools.drain(chan);
        assertTrue(left.isEmpty() || ending == Ending.CANCEL_ALL, () -> "left behind: " + left);
        history.undelivered.addAll(left);
        history.check();
        assertEquals(accepted.get(), history.size());
    }

    // What is there all the time is seen at any time, also while others change the channel.

    /// A full channel, and so many senders that it stays full until the last of them was served.
    private static Chan<Integer> crowded(int capacity, List<Running> senders) {
        var chan = Chan.<Integer>buffered(capacity);
        for (int i = 0; i < capacity; i++) {
            chan.send(History.value(i, 0));
        }
        for (int i = 0; i < CROWD; i++) {
            int value = History.value(capacity + i, 0);
            senders.add(go(chan, () -> chan.send(value)));
        }
        ChanTools.until(chan, "all wait", () -> chan.snapshot().blockedSenders() == CROWD);
        return chan;
    }

    private static final int CROWD = 300;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    @Item("CH-05")
    void len_fullAllTheTime_saysSo(int capacity) {
        for (int round = 0; round < 10; round++) {
            var senders = new ArrayList<Running>();
            var chan = crowded(capacity, senders);
            var over = new AtomicBoolean();
            var ready = new CountDownLatch(1);
            var looks = busy(chan, () -> {
                while (!over.get()) {
                    assertEquals(capacity, chan.len());
                    ready.countDown();
                }
            });
            await(ready);
            for (int i = 0; i < CROWD; i++) {
                chan.receive();
            }
            over.set(true);
            looks.join();
            senders.forEach(Running::join);
            assertEquals(capacity, ChanTools.drain(chan).size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    @Item({"CH-04", "CH-17"})
    void tryReceive_valuesAllTheTime_findsOne(int capacity) {
        for (int round = 0; round < 10; round++) {
            var senders = new ArrayList<Running>();
            var chan = crowded(capacity, senders);
            var history = new History();
            for (int i = 0; i < capacity + CROWD; i++) {
                history.sender().add(History.value(i, 0));
            }
            var ready = new CountDownLatch(2);
            var takers = new ArrayList<Running>();
            for (int i = 0; i < 2; i++) {
                var got = history.receiver();
                takers.add(busy(chan, () -> {
                    ready.countDown();
                    await(ready);
                    while (chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
                        got.add(v);
                    }
                    ChanSnapshot now = chan.snapshot(); // nothing comes any more: so this has been so before
                    assertEquals(0, now.length() + now.blockedSenders(), now::toString);
                }));
            }
            takers.forEach(Running::join);
            senders.forEach(Running::join);
            history.check();
        }
    }

    /// Go's TestNonblockRecvRace.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    @Item("CH-17")
    void tryReceive_whileAnotherCloses_doesNotMissTheValue(int capacity) {
        var pair = new ChanTools.Pair(Chan.<Integer>buffered(capacity));
        for (int round = 0; round < 20_000; round++) {
            var chan = Chan.<Integer>buffered(capacity);
            chan.send(1);
            var got = new Object[1];
            nearlyTogether(pair, round, () -> got[0] = chan.tryReceive(), chan::close);
            assertEquals(new Received.Value<>(1), got[0]);
        }
        pair.over();
    }

    /// Two values for two takers: one in the buffer, one of a sender that waits, and takes its place in between.
    @Test
    @Item("CH-17")
    void tryReceive_theLastSenderIsJustAdmitted_findsItsValue() {
        var chan = Chan.<Integer>buffered(1);
        var pair = new ChanTools.Pair(chan);
        long end = System.nanoTime() + 400_000_000;
        for (int round = 0; round < 10_000 && (round < 300 || System.nanoTime() < end); round++) {
            chan.send(1);
            var sender = go(chan, () -> chan.send(2));
            ChanTools.until(chan, "it waits", () -> chan.snapshot().blockedSenders() == 1);
            var got = new Object[2];
            nearlyTogether(pair, round, () -> got[0] = chan.tryReceive(), () -> got[1] = chan.tryReceive());
            assertTrue(got[0] != null && got[1] != null, "missed a value that was there all the time");
            assertNotEquals(got[0], got[1]);
            sender.join();
        }
        pair.over();
    }

    /// Both at once, now one and now the other a little later.
    private static void nearlyTogether(ChanTools.Pair pair, int round, Runnable left, Runnable right) {
        var random = ThreadLocalRandom.current();
        int before = random.nextInt(40);
        int after = random.nextInt(40);
        pair.together(
                round,
                () -> {
                    ChanTools.spin(before);
                    left.run();
                },
                () -> {
                    ChanTools.spin(after);
                    right.run();
                });
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(ChanTools.LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // Nobody starves.

    /// Receivers wait, and others take what comes without ever waiting: each that waits is served all the same.
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void receivers_othersGrab_eachOfThemIsServed(int capacity) {
        for (int round = 0; round < 20; round++) {
            var history = new History();
            var chan = Chan.<Integer>buffered(capacity);
            var waiting = new ArrayList<Running>();
            for (int i = 0; i < 6; i++) {
                var got = history.receiver();
                waiting.add(go(chan, () -> got.add(chan.receive())));
            }
            ChanTools.until(chan, "all wait", () -> chan.snapshot().blockedReceivers() == 6);
            var over = new AtomicBoolean();
            var others = new ArrayList<Running>();
            for (int i = 0; i < 2; i++) {
                var got = history.receiver();
                others.add(busy(chan, () -> {
                    while (!over.get()) {
                        if (chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
                            got.add(v);
                        }
                        Thread.yield();
                    }
                }));
            }
            var sent = history.sender();
            others.add(busy(chan, () -> {
                for (int k = 0; !over.get(); k++) {
                    if (chan.trySend(History.value(0, k))) {
                        sent.add(History.value(0, k));
                    }
                    Thread.yield();
                }
            }));
            try {
                waiting.forEach(Running::join);
            } finally {
                over.set(true);
            }
            others.forEach(Running::join);
            nobodyWaits(chan);
            history.undelivered.addAll(ChanTools.drain(chan));
            history.check();
        }
    }

    /// Senders wait at a full channel, and others put in whatever fits without ever waiting.
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 128})
    void senders_othersGrab_eachOfThemIsServed(int capacity) {
        for (int round = 0; round < 20; round++) {
            var history = new History();
            var chan = Chan.<Integer>buffered(capacity);
            var fill = history.sender();
            for (int i = 0; i < capacity; i++) {
                chan.send(History.value(0, i));
                fill.add(History.value(0, i));
            }
            var waiting = new ArrayList<Running>();
            for (int i = 0; i < 6; i++) {
                int value = History.value(1 + i, 0);
                var sent = history.sender();
                waiting.add(go(chan, () -> {
                    chan.send(value);
                    sent.add(value);
                }));
            }
            ChanTools.until(chan, "all wait", () -> chan.snapshot().blockedSenders() == 6);
            var over = new AtomicBoolean();
            var others = new ArrayList<Running>();
            for (int i = 0; i < 2; i++) {
                int sender = 7 + i;
                var sent = history.sender();
                others.add(busy(chan, () -> {
                    for (int k = 0; !over.get(); k++) {
                        if (chan.trySend(History.value(sender, k))) {
                            sent.add(History.value(sender, k));
                        }
                        Thread.yield();
                    }
                }));
            }
            var got = history.receiver();
            others.add(busy(chan, () -> {
                while (!over.get()) {
                    if (chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
                        got.add(v);
                    }
                    Thread.yield();
                }
            }));
            try {
                waiting.forEach(Running::join);
            } finally {
                over.set(true);
            }
            others.forEach(Running::join);
            nobodyWaits(chan);
            got.addAll(ChanTools.drain(chan));
            history.check();
        }
    }
}
