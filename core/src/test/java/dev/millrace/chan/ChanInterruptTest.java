package dev.millrace.chan;

import static dev.millrace.chan.ChanTools.numbers;
import static dev.millrace.chan.ChanTools.spin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Body;
import dev.millrace.chan.ChanTools.History;
import dev.millrace.chan.ChanTools.Kind;
import dev.millrace.chan.ChanTools.Pair;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// What an interrupt, and the end of a context, do to an operation of a channel; before it, while it waits, and at the same
/// moment as its partner.
@Timeout(60)
class ChanInterruptTest {
    private static final int[] CAPACITIES = {0, 1, 2, 8, 16};

    /// A thread of either sort.
    private enum Sort {
        VIRTUAL,
        PLATFORM;

        Running start(Chan<?> chan, Body body) {
            var running = new Running(chan, body);
            if (this == VIRTUAL) {
                Thread.startVirtualThread(running);
            } else {
                Thread.ofPlatform().daemon().start(running);
            }
            return running;
        }
    }

    /// A form of an operation that may wait.
    private enum Form {
        SEND(true) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.send(99);
            }
        },
        SEND_UNDER_CONTEXT(true) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.send(ctx, 99);
            }
        },
        RECEIVE(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.receive();
            }
        },
        RECEIVE_UNDER_CONTEXT(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.receive(ctx);
            }
        },
        NEXT(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.next();
            }
        },
        NEXT_UNDER_CONTEXT(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.next(ctx);
            }
        },
        LOOP(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.iterator().next();
            }
        },
        LOOP_UNDER_CONTEXT(false) {
            @Override
            void run(Chan<Integer> chan, Context ctx) {
                chan.each(ctx).iterator().next();
            }
        };

        final boolean sends;

        Form(boolean sends) {
            this.sends = sends;
        }

        abstract void run(Chan<Integer> chan, Context ctx);

        boolean underContext() {
            return name().endsWith("CONTEXT");
        }
    }

    private interface Law {
        void check(Form form, Sort sort, int capacity) throws Exception;
    }

    private static Stream<DynamicTest> eachForm(Law law) {
        return Stream.of(Form.values())
                .flatMap(form -> Stream.of(Sort.values())
                        .flatMap(sort -> Stream.of(0, 1, 8)
                                .map(capacity -> DynamicTest.dynamicTest(
                                        form + ", " + sort + ", capacity " + capacity,
                                        () -> law.check(form, sort, capacity)))));
    }

    private static void blocked(Chan<?> chan, int senders, int receivers) {
        ChanTools.until(chan, senders + " senders and " + receivers + " receivers wait", () -> {
            ChanSnapshot now = chan.snapshot();
            return now.blockedSenders() == senders && now.blockedReceivers() == receivers;
        });
    }

    /// A channel at which `form` must wait: full for a sender, empty for a receiver.
    private static Chan<Integer> silent(Form form, int capacity) {
        var chan = Chan.<Integer>buffered(capacity);
        for (int i = 0; form.sends && i < capacity; i++) {
            chan.send(i);
        }
        return chan;
    }

    private static void untouched(Form form, Chan<Integer> chan) {
        blocked(chan, 0, 0);
        assertEquals(form.sends ? numbers(0, chan.cap()) : List.of(), ChanTools.drain(chan));
        assertNull(chan.tryReceive());
    }

    private static Running waiting(Form form, Sort sort, Chan<Integer> chan, Context ctx) {
        var running = sort.start(chan, () -> form.run(chan, ctx));
        blocked(chan, form.sends ? 1 : 0, form.sends ? 0 : 1);
        return running;
    }

    /// The partner that `form` waits for.
    private static void meet(Form form, Chan<Integer> chan) {
        if (form.sends) {
            chan.receive();
        } else {
            chan.send(1);
        }
    }

    // The rules.

    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> interrupt_whileItWaits_endsItAndTheFlagStays() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            var running = waiting(form, sort, chan, Context.background().withCancel());
            running.thread().interrupt();
            running.failure(InterruptedWaitException.class);
            assertTrue(running.wasFlagged());
            untouched(form, chan);
        });
    }

    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> flagSetBefore_mustWait_failsAndTheFlagStays() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            var running = sort.start(chan, () -> {
                Thread.currentThread().interrupt();
                form.run(chan, Context.background().withCancel());
            });
            running.failure(InterruptedWaitException.class);
            assertTrue(running.wasFlagged());
            untouched(form, chan);
        });
    }

    /// An operation that need not wait does not look at the flag.
    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> flagSetBefore_partnerIsThere_happensAndTheFlagStays() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            Running partner = null;
            if (capacity == 0) {
                partner = Sort.VIRTUAL.start(chan, () -> meet(form, chan));
                blocked(chan, form.sends ? 0 : 1, form.sends ? 1 : 0);
            } else {
                meet(form, chan);
            }
            var running = sort.start(chan, () -> {
                Thread.currentThread().interrupt();
                form.run(chan, Context.background().withCancel());
            });
            running.join();
            assertTrue(running.wasFlagged());
            if (partner != null) {
                partner.join();
            }
            blocked(chan, 0, 0);
            assertEquals(form.sends ? capacity : 0, chan.len());
        });
    }

    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> partnerFirst_thenInterrupted_hasHappened() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            var go = new AtomicInteger();
            var running = sort.start(chan, () -> {
                form.run(chan, Context.background().withCancel());
                while (go.get() == 0) {
                    Thread.yield(); // until the interrupt has come
                }
            });
            blocked(chan, form.sends ? 1 : 0, form.sends ? 0 : 1);
            meet(form, chan);
            running.thread().interrupt();
            go.set(1);
            running.join();
            assertTrue(running.wasFlagged());
            blocked(chan, 0, 0);
            assertEquals(form.sends ? capacity : 0, chan.len());
        });
    }

    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> contextEnd_whileItWaits_endsThoseUnderItWithoutFlag() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            var ctx = Context.background().withCancel();
            var running = waiting(form, sort, chan, ctx);
            ctx.cancel();
            if (form.underContext()) {
                running.failure(CancelledException.class);
                assertFalse(running.wasFlagged());
                untouched(form, chan);
            } else {
                meet(form, chan);
                running.join();
                assertFalse(running.wasFlagged());
            }
        });
    }

    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> contextEndAndInterrupt_together_endItByOneOfThem() {
        return eachForm((form, sort, capacity) -> {
            var chan = silent(form, capacity);
            var ctx = Context.background().withCancel();
            var running = waiting(form, sort, chan, ctx);
            ctx.cancel();
            running.thread().interrupt();
            Throwable t = running.outcome();
            assertTrue(
                    t instanceof InterruptedWaitException
                            || (form.underContext() && t instanceof ContextException),
                    String.valueOf(t));
            assertTrue(running.wasFlagged() || running.outcome() instanceof CancelledException);
            untouched(form, chan);
        });
    }

    /// Nobody waits: they look neither at the flag nor change it.
    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> tryForms_flagIsSet_happenAndTheFlagStays() {
        return Kind.ALL.stream().map(kind -> DynamicTest.dynamicTest(kind.text(), () -> {
            var chan = kind.make(_ -> {});
            Sort.VIRTUAL.start(chan, () -> {
                Thread.currentThread().interrupt();
                assertEquals(kind.places() > 0, chan.trySend(1));
                assertEquals(kind.places() > 0 ? new Received.Value<>(1) : null, chan.tryReceive());
                if (!kind.sendsWait()) {
                    chan.send(2);
                    assertEquals(2, chan.receive());
                }
                chan.close();
                assertEquals(new Received.Closed<Integer>(null), chan.next());
                assertThrows(ChanClosedException.class, () -> chan.send(3));
                assertTrue(Thread.currentThread().isInterrupted());
            })
                    .join();
        }));
    }

    // Races.

    /// What comes at the same moment as the partner.
    private enum Blow {
        INTERRUPT,
        CANCEL,
        BOTH
    }

    private static Stream<DynamicTest> eachRace(RaceLaw law) {
        return Stream.of(Blow.values())
                .flatMap(blow -> IntStream.of(CAPACITIES).mapToObj(capacity -> DynamicTest.dynamicTest(
                        blow + ", capacity " + capacity, () -> {
                            long seed = Long.getLong("chan.seed", System.nanoTime());
                            try {
                                law.check(blow, capacity, new Random(seed));
                            } catch (Throwable t) {
                                throw new AssertionError("with -Dchan.seed=" + seed, t);
                            }
                        })));
    }

    private interface RaceLaw {
        void check(Blow blow, int capacity, Random random);
    }

    private static final int ROUNDS = 1_500;
    private static final long ROUNDS_NANOS = 60_000_000;

    /// Several receivers wait; one of them is struck while values are sent. Each value is received once or still there, those
    /// that were not struck are served, and nobody waits for what is there.
    @TestFactory
    @Item("CH-27")
    @Hazard(10)
    Stream<DynamicTest> receive_struckWhileValuesCome_losesNothing() {
        return eachRace((blow, capacity, random) -> {
            var chan = Chan.<Integer>buffered(capacity);
            var pair = new Pair(chan);
            long end = System.nanoTime() + ROUNDS_NANOS;
            for (int round = 0; round < ROUNDS && (round < 100 || System.nanoTime() < end); round++) {
                var history = new History();
                int waiters = 1 + random.nextInt(3);
                int victim = random.nextInt(waiters);
                int values = 1 + random.nextInt(waiters);
                var ctx = Context.background().withCancel();
                var receivers = new ArrayList<Running>();
                for (int i = 0; i < waiters; i++) {
                    var got = history.receiver();
                    boolean struck = i == victim;
                    receivers.add(Sort.VIRTUAL.start(
                            chan, () -> got.add(struck ? chan.receive(ctx) : chan.receive())));
                    if (random.nextInt(8) > 0) {
                        blocked(chan, 0, i + 1);
                    }
                }
                var sent = history.sender();
                int before = random.nextInt(60);
                int after = random.nextInt(60);
                Thread target = receivers.get(victim).thread();
                pair.together(
                        round,
                        () -> {
                            spin(before);
                            for (int i = 0; i < values; i++) {
                                int value = History.value(0, i);
                                if (chan.trySend(value)) {
                                    sent.add(value);
                                }
                            }
                        },
                        () -> {
                            spin(after);
                            strike(blow, ctx, target);
                        });
                Throwable failure = receivers.get(victim).outcome();
                assertEquals(failure == null, !history.received.get(victim).isEmpty());
                permitted(blow, failure, receivers.get(victim).wasFlagged());
                ChanTools.settled(chan);
                int next = values;
                while (chan.snapshot().blockedReceivers() > 0
                        || receivers.stream().anyMatch(r -> !r.hasEnded())) { // and those who were too late for a trySend
                    int value = History.value(0, next);
                    if (chan.trySend(value)) {
                        sent.add(value);
                        next++;
                    }
                    ChanTools.settled(chan);
                    Thread.yield();
                }
                for (int i = 0; i < waiters; i++) {
                    if (i != victim) {
                        receivers.get(i).join();
                    }
                }
                history.undelivered.addAll(ChanTools.drain(chan));
                history.check();
                blocked(chan, 0, 0);
            }
            pair.over();
        });
    }

    /// The same for senders, one of which is struck while values are taken.
    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> send_struckWhileValuesAreTaken_losesNothing() {
        return eachRace((blow, capacity, random) -> {
            var chan = Chan.<Integer>buffered(capacity);
            var pair = new Pair(chan);
            long end = System.nanoTime() + ROUNDS_NANOS;
            for (int round = 0; round < ROUNDS && (round < 100 || System.nanoTime() < end); round++) {
                var history = new History();
                var first = history.sender();
                for (int i = 0; i < capacity; i++) {
                    chan.send(History.value(0, i));
                    first.add(History.value(0, i));
                }
                int waiters = 1 + random.nextInt(3);
                int victim = random.nextInt(waiters);
                int places = 1 + random.nextInt(waiters);
                var ctx = Context.background().withCancel();
                var senders = new ArrayList<Running>();
                for (int i = 0; i < waiters; i++) {
                    int value = History.value(i + 1, 0);
                    var sent = history.sender();
                    boolean struck = i == victim;
                    senders.add(Sort.VIRTUAL.start(chan, () -> {
                        if (struck) {
                            chan.send(ctx, value);
                        } else {
                            chan.send(value);
                        }
                        sent.add(value);
                    }));
                    if (random.nextInt(8) > 0) {
                        blocked(chan, i + 1, 0);
                    }
                }
                var got = history.receiver();
                int before = random.nextInt(60);
                int after = random.nextInt(60);
                Thread target = senders.get(victim).thread();
                pair.together(
                        round,
                        () -> {
                            spin(before);
                            for (int i = 0; i < places; i++) {
                                if (chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
                                    got.add(v);
                                }
                            }
                        },
                        () -> {
                            spin(after);
                            strike(blow, ctx, target);
                        });
                Throwable failure = senders.get(victim).outcome();
                permitted(blow, failure, senders.get(victim).wasFlagged());
                ChanTools.settled(chan);
                while (senders.stream().anyMatch(s -> !s.hasEnded())) {
                    got.addAll(ChanTools.drain(chan));
                    ChanTools.settled(chan);
                    Thread.yield();
                }
                for (int i = 0; i < waiters; i++) {
                    if (i != victim) {
                        senders.get(i).join();
                    }
                }
                got.addAll(ChanTools.drain(chan));
                history.check();
                blocked(chan, 0, 0);
            }
            pair.over();
        });
    }

    /// Everybody is struck, and the channel ends at the same moment: each operation ends in one way, and values are where
    /// that says.
    @TestFactory
    @Item("CH-27")
    Stream<DynamicTest> sendAndReceive_struckWhileTheChannelEnds_losesNothing() {
        return eachRace((blow, capacity, random) -> {
            var current = new ConcurrentLinkedQueue<Chan<Integer>>();
            current.add(Chan.buffered(capacity));
            var pair = new Pair(current.element());
            long end = System.nanoTime() + ROUNDS_NANOS;
            for (int round = 0; round < ROUNDS && (round < 100 || System.nanoTime() < end); round++) {
                var history = new History();
                Chan<Integer> chan = Chan.<Integer>onUndelivered(history.undelivered::add).buffered(capacity);
                var ctx = Context.background().withCancel();
                int many = 1 + random.nextInt(3);
                boolean receiving = random.nextBoolean();
                if (!receiving) {
                    var first = history.sender();
                    for (int i = 0; i < capacity; i++) {
                        chan.send(History.value(0, i));
                        first.add(History.value(0, i));
                    }
                }
                var all = new ArrayList<Running>();
                for (int i = 0; i < many; i++) {
                    if (receiving) {
                        var got = history.receiver();
                        all.add(Sort.VIRTUAL.start(chan, () -> got.add(chan.receive(ctx))));
                    } else {
                        int value = History.value(i + 1, 0);
                        var sent = history.sender();
                        all.add(Sort.VIRTUAL.start(chan, () -> {
                            chan.send(ctx, value);
                            sent.add(value);
                        }));
                    }
                }
                if (random.nextInt(8) > 0) {
                    blocked(chan, receiving ? 0 : many, receiving ? many : 0);
                }
                int how = random.nextInt(3);
                int before = random.nextInt(60);
                int after = random.nextInt(60);
                boolean partner = random.nextBoolean();
                var last = receiving ? history.sender() : history.receiver();
                var targets = all.stream().map(Running::thread).toList();
                pair.together(
                        round,
                        () -> {
                            spin(before);
                            if (partner && receiving && chan.trySend(History.value(9, 0))) {
                                last.add(History.value(9, 0));
                            }
                            if (partner && !receiving && chan.tryReceive() instanceof Received.Value<Integer>(var v)) {
                                last.add(v);
                            }
                            switch (how) {
                                case 0 -> chan.close();
                                case 1 -> chan.close(new IllegalStateException("planted"));
                                default -> chan.abandon("planted");
                            }
                        },
                        () -> {
                            spin(after);
                            targets.forEach(t -> strike(blow, ctx, t));
                        });
                for (var running : all) {
                    Throwable t = running.outcome();
                    if (!(t instanceof ChanClosedException)) {
                        permitted(blow, t, running.wasFlagged());
                    }
                }
                history.undelivered.addAll(ChanTools.drain(chan));
                history.check();
                blocked(chan, 0, 0);
            }
            pair.over();
        });
    }

    private static void strike(Blow blow, CancellableContext ctx, Thread target) {
        if (blow != Blow.CANCEL) {
            target.interrupt();
        }
        if (blow != Blow.INTERRUPT) {
            ctx.cancel();
        }
    }

    /// A failure must be one of the blow, and an interrupt leaves its flag.
    private static void permitted(Blow blow, Throwable failure, boolean flag) {
        if (failure == null) {
            return;
        }
        boolean interrupted = failure instanceof InterruptedWaitException;
        boolean cancelled = failure instanceof CancelledException;
        assertTrue(interrupted || cancelled, () -> String.valueOf(failure));
        assertTrue(!interrupted || (flag && blow != Blow.CANCEL), () -> "an interrupt without its flag: " + failure);
        assertTrue(!cancelled || blow != Blow.INTERRUPT, () -> "a cancel that nobody made: " + failure);
        assertTrue(blow != Blow.CANCEL || !flag, "a flag that nobody set");
    }
}
