package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.Inside;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the tests of the channels' laws share: all kinds of channels, both clocks, goroutines that are joined within a limit,
/// and the check of what went in against what came out.
final class ChanTools {
    static final Duration LIMIT = Duration.ofSeconds(20);

    private ChanTools() {}

    /// What may throw.
    interface Body {
        void run() throws Throwable;
    }

    /// What a channel does when it is full.
    enum Flavour {
        WAITS,
        GROWS,
        DROPS_OLDEST,
        DROPS_NEWEST
    }

    /// A way to make a channel.
    record Kind(String text, Flavour flavour, int places) {
        static final List<Kind> ALL = Stream.concat(
                IntStream.of(0, 1, 2, 7, 8, 16, 128).mapToObj(Kind::waiting),
                Stream.of(
                        new Kind("unlimited", Flavour.GROWS, Integer.MAX_VALUE),
                        new Kind("latest", Flavour.DROPS_OLDEST, 1),
                        new Kind("droppingOldest(1)", Flavour.DROPS_OLDEST, 1),
                        new Kind("droppingOldest(3)", Flavour.DROPS_OLDEST, 3),
                        new Kind("droppingOldest(16)", Flavour.DROPS_OLDEST, 16),
                        new Kind("droppingNewest(1)", Flavour.DROPS_NEWEST, 1),
                        new Kind("droppingNewest(3)", Flavour.DROPS_NEWEST, 3),
                        new Kind("droppingNewest(16)", Flavour.DROPS_NEWEST, 16)))
                .toList();

        static Kind waiting(int capacity) {
            return new Kind(capacity == 0 ? "unbuffered" : "buffered(" + capacity + ")", Flavour.WAITS, capacity);
        }

        Chan<Integer> make(Consumer<Integer> hook) {
            var maker = Chan.<Integer>onUndelivered(hook);
            return switch (flavour) {
                case WAITS -> places == 0 ? maker.unbuffered() : maker.buffered(places);
                case GROWS -> maker.unlimited();
                case DROPS_OLDEST -> text.equals("latest") ? maker.latest() : maker.droppingOldest(places);
                case DROPS_NEWEST -> maker.droppingNewest(places);
            };
        }

        boolean sendsWait() {
            return flavour == Flavour.WAITS;
        }

        /// How many values a test puts into the buffer to call it full; where it grows, so many that it has grown twice.
        int filling() {
            return flavour == Flavour.GROWS ? 40 : places;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// Whose time it is.
    enum Clock {
        REAL,
        VIRTUAL
    }

    /// Lets the test methods that are given [Clock#VIRTUAL] run under it.
    static Inside inside() {
        return new Inside(method -> method.getArguments().contains(Clock.VIRTUAL) ? new ManualScheduler() : null);
    }

    /// A channel, what it has not delivered, and the goroutines that use it, under one clock. Closing it lets no goroutine behind.
    static final class World implements AutoCloseable {
        final Kind kind;
        final Chan<Integer> chan;
        final ConcurrentLinkedQueue<Integer> undelivered = new ConcurrentLinkedQueue<>();
        private final ManualScheduler time;
        private final List<Running> all = new ArrayList<>();
        private Runnable beforeClose = () -> {};

        World(Kind kind, Clock clock) {
            this.kind = kind;
            this.time = clock == Clock.REAL ? null : Scheduler.current() instanceof ManualScheduler here ? here
                    : new ManualScheduler();
            this.chan = make(() -> kind.make(undelivered::add));
        }

        /// Has `action` run before goroutines that have not ended are stopped.
        World beforeClose(Runnable action) {
            beforeClose = action;
            return this;
        }

        /// Makes what takes its clock from the goroutine that makes it.
        <T> T make(Supplier<T> maker) {
            return time == null ? maker.get() : time.<T, RuntimeException>call(maker::get);
        }

        ManualScheduler time() {
            return time;
        }

        CancellableContext cancellable() {
            return make(() -> Context.background().withCancel());
        }

        Running go(Body body) {
            var running = new Running(chan, body);
            all.add(running);
            if (time == null) {
                Thread.startVirtualThread(running);
            } else {
                time.go(running::run);
            }
            return running;
        }

        /// For who looks all the time and never waits: a virtual thread that only yields may keep others from running.
        Running watch(Body body) {
            var running = new Running(chan, body);
            all.add(running);
            Thread.ofPlatform().daemon().start(() -> make(() -> {
                running.run();
                return running;
            }));
            return running;
        }

        /// Starts the sender of each of `values`; in order, so that the first is the first in the queue. All must wait.
        List<Running> blockedSenders(int... values) {
            var senders = new ArrayList<Running>();
            for (int value : values) {
                senders.add(go(() -> chan.send(value)));
                blocked(senders.size(), 0);
            }
            return senders;
        }

        /// Returns when exactly so many stand in the queues.
        void blocked(int senders, int receivers) {
            if (time != null) {
                time.awaitIdle();
            }
            until(chan, senders + " senders and " + receivers + " receivers wait", () -> {
                ChanSnapshot now = chan.snapshot();
                return now.blockedSenders() == senders && now.blockedReceivers() == receivers;
            });
        }

        /// Puts 0, 1, … into the buffer until it is full; the answer is what is in it.
        List<Integer> fill() {
            int n = kind.filling();
            for (int i = 0; i < n; i++) {
                assertTrue(chan.trySend(i));
            }
            assertEquals(n, chan.len());
            return numbers(0, n);
        }

        List<Integer> drain() {
            return ChanTools.drain(chan);
        }

        void nobodyWaits() {
            blocked(0, 0);
        }

        @Override
        public void close() {
            beforeClose.run();
            for (Running running : all) {
                running.stop();
            }
            if (time != null) {
                time.awaitIdle();
                assertEquals(0, time.timers(), "timers were left");
                assertTrue(time.lowest() >= 0, "counted " + time.lowest() + " goroutines that can run");
            }
        }
    }

    /// A goroutine whose end, and failure, reaches the test.
    static final class Running implements Runnable {
        final CompletableFuture<Thread> thread = new CompletableFuture<>();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();
        private final Chan<?> chan;
        private final Body body;
        private volatile boolean flag;

        Running(Chan<?> chan, Body body) {
            this.chan = chan;
            this.body = body;
        }

        @Override
        public void run() {
            thread.complete(Thread.currentThread());
            Throwable failure = null;
            try {
                body.run();
            } catch (Throwable t) {
                failure = t;
            }
            flag = Thread.interrupted();
            if (failure == null) {
                end.complete(true);
            } else {
                end.completeExceptionally(failure);
            }
        }

        boolean hasEnded() {
            return end.isDone();
        }

        /// What it threw, null when nothing. Waits for its end.
        Throwable outcome() {
            try {
                end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                return null;
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (TimeoutException e) {
                var hangs = new AssertionError("hangs, with " + chan.snapshot());
                Thread who = thread.getNow(null);
                if (who != null) {
                    hangs.setStackTrace(who.getStackTrace());
                }
                throw hangs;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        /// Waits for its end, which must be normal.
        void join() {
            Throwable t = outcome();
            if (t != null) {
                throw new AssertionError("a goroutine failed: " + t, t);
            }
        }

        /// Waits for its end by a failure of `type`.
        <X extends Throwable> X failure(Class<X> type) {
            Throwable t = outcome();
            if (!type.isInstance(t)) {
                throw new AssertionError("not a " + type.getSimpleName() + ": " + t, t);
            }
            return type.cast(t);
        }

        /// Whether it ended with its interrupt status set.
        boolean wasFlagged() {
            outcome();
            return flag;
        }

        Thread thread() {
            return thread.join();
        }

        /// Ends it, however it is.
        void stop() {
            if (!end.isDone()) {
                thread.join().interrupt();
                outcome();
            }
        }
    }

    /// Waits until `condition` holds; fails after a while, with what the channel looks like then.
    static void until(Chan<?> chan, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                fail("still not so: " + what + "; " + chan.snapshot());
            }
            if (i < 50) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(50_000);
            }
        }
    }

    /// Waits until nobody waits for what is there: V1 and V2 of the protocol, with nobody on the way.
    static void settled(Chan<?> chan) {
        until(chan, "nobody waits for what is there", () -> {
            ChanSnapshot now = chan.snapshot();
            return (now.blockedReceivers() == 0 || (now.length() == 0 && now.blockedSenders() == 0))
                    && (now.blockedSenders() == 0 || now.length() >= now.capacity());
        });
    }

    /// Two threads that do something in each round, as close together as can be.
    static final class Pair {
        private final AtomicInteger turn = new AtomicInteger(-1);
        private final AtomicInteger done = new AtomicInteger(-1);
        private volatile Runnable right = () -> {};
        private final Running other;

        Pair(Chan<?> chan) {
            other = new Running(chan, () -> {
                for (int i = 0; atLeast(turn, i) != Integer.MAX_VALUE; i++) {
                    right.run();
                    done.set(i);
                }
            });
            Thread.ofPlatform().daemon().start(other);
        }

        private int atLeast(AtomicInteger count, int n) {
            long start = System.nanoTime();
            for (int i = 0; count.get() < n; i++) {
                if (i < 2_000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(20_000);
                    if (System.nanoTime() - start > LIMIT.toNanos()) {
                        throw new AssertionError("the other side of the round does not end");
                    }
                }
            }
            return count.get();
        }

        void together(int round, Runnable left, Runnable right) {
            this.right = right;
            turn.set(round);
            left.run();
            if (other.hasEnded()) {
                other.join();
            }
            atLeast(done, round);
        }

        void over() {
            turn.set(Integer.MAX_VALUE);
            other.join();
        }
    }

    /// Lets the others of a race go first, for so long; orders nothing.
    static void stay(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    static void spin(int n) {
        for (int i = 0; i < n; i++) {
            Thread.onSpinWait();
        }
    }

    static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    static <T> List<T> drain(Chan<T> chan) {
        var all = new ArrayList<T>();
        while (chan.tryReceive() instanceof Received.Value<T>(var v)) {
            all.add(v);
        }
        return all;
    }

    /// What went into a channel, by sender, and what came out. A sender numbers its values upwards.
    static final class History {
        private static final int PER_SENDER = 1_000_000;

        final List<List<Integer>> accepted = new ArrayList<>();
        final List<List<Integer>> received = new ArrayList<>();
        final ConcurrentLinkedQueue<Integer> undelivered = new ConcurrentLinkedQueue<>();

        static int value(int sender, int number) {
            return sender * PER_SENDER + number;
        }

        /// The list of one more sender.
        List<Integer> sender() {
            var list = new ArrayList<Integer>();
            accepted.add(list);
            return list;
        }

        /// The list of one more receiver.
        List<Integer> receiver() {
            var list = new ArrayList<Integer>();
            received.add(list);
            return list;
        }

        int size() {
            return accepted.stream().mapToInt(List::size).sum();
        }

        /// Fails unless each accepted value has come out once, nothing else has, and each receiver saw the values of each sender
        /// in order. To be called when all have ended.
        void check() {
            Map<Integer, Integer> out = new HashMap<>();
            for (List<Integer> list : received) {
                Map<Integer, Integer> last = new HashMap<>();
                for (int value : list) {
                    out.merge(value, 1, Integer::sum);
                    Integer before = last.put(value / PER_SENDER, value);
                    assertTrue(before == null || before < value, () -> "order: " + value + " came after " + before);
                }
            }
            for (int value : undelivered) {
                out.merge(value, 1, Integer::sum);
            }
            for (List<Integer> list : accepted) {
                for (int value : list) {
                    Integer times = out.remove(value);
                    assertEquals(1, times == null ? 0 : times, () -> "lost or doubled: " + value);
                }
            }
            assertTrue(out.isEmpty(), () -> "never accepted, but came out: " + out.keySet());
        }
    }
}
