package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Case 41: pairs exchange values, with deadlines, while the heap is exhausted again and again. No value is received that was not sent, none twice,
/// none out of order. The JVM loses virtual threads then: it has made them runnable, and never runs them. How many is said, for the library and for the
/// JDK's own queues. One that sleeps still was forgotten by whoever should have woken it.
final class Exhausted {
    /// How many threads are added that sleep for ever: a planted loss.
    static final String PLANTED = "reliability.planted";

    private static final Duration PATIENCE = Duration.ofMillis(20);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);
    private static final Duration CONTROLS_PATIENCE = Duration.ofSeconds(20);

    /// Moves values from one to the other.
    private interface Pipe {
        /// False when nobody took it in time.
        boolean send(int value) throws Exception;

        /// -1 when nothing came in time.
        int receive() throws Exception;

        void close();
    }

    private Exhausted() {}

    static void library(Run run) throws Exception {
        exhaust(run, true, Exhausted::channel);
    }

    static void jdk(Run run) throws Exception {
        exhaust(run, false, Exhausted::queue);
    }

    private static Pipe channel() {
        Chan<Integer> chan = Chan.unbuffered();
        return new Pipe() {
            @Override
            public boolean send(int value) {
                try (var ctx = Context.background().withTimeout(PATIENCE)) {
                    chan.send(ctx, value);
                    return true;
                } catch (ContextException | ChanClosedException e) {
                    return false;
                }
            }

            @Override
            public int receive() {
                try (var ctx = Context.background().withTimeout(PATIENCE)) {
                    return chan.next(ctx) instanceof Received.Value<Integer>(var v) ? v : -1;
                } catch (ContextException e) {
                    return -1;
                }
            }

            @Override
            public void close() {
                chan.tryClose();
            }
        };
    }

    private static Pipe queue() {
        var queue = new SynchronousQueue<Integer>();
        return new Pipe() {
            @Override
            public boolean send(int value) throws InterruptedException {
                return queue.offer(value, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            }

            @Override
            public int receive() throws InterruptedException {
                Integer value = queue.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
                return value == null ? -1 : value;
            }

            @Override
            public void close() {}
        };
    }

    /// What the pairs have done.
    private static final class Tally {
        final AtomicInteger moved = new AtomicInteger();
        final AtomicInteger noMemory = new AtomicInteger();
        final AtomicInteger otherwise = new AtomicInteger();
        final AtomicReference<Throwable> other = new AtomicReference<>();
        final AtomicReference<String> wrong = new AtomicReference<>();

        /// Makes nothing: there is no memory.
        void failed(Throwable t) {
            if (t instanceof OutOfMemoryError) {
                noMemory.getAndIncrement();
            } else {
                otherwise.getAndIncrement();
                other.compareAndSet(null, t);
            }
        }
    }

    private static Thread sender(Pipe pipe, AtomicInteger sent, boolean faulty, AtomicBoolean over, Tally tally) {
        return Thread.ofVirtual().unstarted(() -> {
            int next = 1;
            while (!over.get()) {
                try {
                    sent.set(next);
                    pipe.send(faulty && next % 20 == 0 ? next - 2 : next);
                } catch (Throwable t) {
                    tally.failed(t);
                }
                next++; // whether it was taken or not: none is sent twice
            }
        });
    }

    private static Thread receiver(Pipe pipe, AtomicInteger sent, AtomicBoolean over, Tally tally) {
        return Thread.ofVirtual().unstarted(() -> {
            int last = 0;
            while (!over.get()) {
                try {
                    int value = pipe.receive();
                    if (value > 0) {
                        if (value <= last || value > sent.get()) {
                            tally.wrong.compareAndSet(null,
                                    "after " + last + " came " + value + ", sent was " + sent.get());
                        }
                        last = value;
                        tally.moved.getAndIncrement();
                    }
                } catch (Throwable t) {
                    tally.failed(t);
                }
            }
        });
    }

    private static void exhaust(Run run, boolean ours, Supplier<Pipe> pipes) throws Exception {
        String what = ours ? "the library" : "the JDK alone";
        int pairs = run.pick(20, 1_000, 1_000);
        long span = Duration.ofMillis(run.pick(300, 3_000, 12_000)).toNanos();
        var over = new AtomicBoolean();
        var tally = new Tally();
        var threads = new ArrayList<Thread>();
        var all = new ArrayList<Pipe>();
        for (int i = 0; i < pairs; i++) {
            Pipe pipe = pipes.get();
            all.add(pipe);
            var sent = new AtomicInteger();
            threads.add(sender(pipe, sent, run.broken() && i == 0, over, tally));
            threads.add(receiver(pipe, sent, over, tally));
        }
        for (int i = 0; i < Integer.getInteger(PLANTED, 0); i++) {
            threads.add(Thread.ofVirtual().unstarted(Exhausted::sleepForEver));
        }
        threads.forEach(Thread::start);
        var sleepers = new ArrayList<Thread>(); // the JVM loses no platform thread
        for (int i = 0; ours && i < 8; i++) {
            var ctx = Context.background().withTimeout(Duration.ofNanos(span / 8 * (i + 1)));
            sleepers.add(Thread.ofPlatform().daemon().start(ctx::awaitDone));
        }
        int exhausted = exhaust(run.pick(0, 2, 6), span);
        int enough = tally.moved.get() + (run.size() == Run.Size.TINY ? 0 : pairs / 2);
        boolean goesOn = run.comesTrue(() -> tally.moved.get() > enough, ours ? run.patience() : CONTROLS_PATIENCE);
        int forgotten = 0;
        for (Thread sleeper : sleepers) {
            forgotten += run.comesTrue(() -> !sleeper.isAlive()) ? 0 : 1;
        }
        if (run.broken()) { // other pairs may have kept the one that forges from its turn
            run.comesTrue(() -> tally.wrong.get() != null);
        }
        over.set(true);
        all.forEach(Pipe::close);
        List<Thread> lost = thoseWhoStay(threads);
        figure("41: %s: heap exhausted %d times, %,d values moved, %,d operations had no memory, %,d failed otherwise",
                what, exhausted, tally.moved.get(), tally.noMemory.get(), tally.otherwise.get());
        if (tally.other.get() != null) {
            figure("41: %s: failed otherwise first: %s", what, tally.other.get());
        }
        long asleep = lost.stream().filter(t -> t.getState() != Thread.State.RUNNABLE).count();
        figure("41: %s: lost %d of %d threads: %d could run and never do, %d are asleep", what, lost.size(),
                threads.size(), lost.size() - asleep, asleep);
        if (ours) {
            lost.stream().filter(t -> t.getState() != Thread.State.RUNNABLE).limit(3).forEach(Exhausted::show);
            figure("41: %s: %d of %d deadlines of platform threads forgotten", what, forgotten, sleepers.size());
            check(forgotten == 0, "%d deadlines forgotten", forgotten);
            check(goesOn, "values move no more");
        } else {
            figure("41: %s: values %s", what, goesOn ? "move again" : "move no more");
        }
        check(tally.wrong.get() == null, "%s", tally.wrong.get());
        check(run.size() == Run.Size.TINY || exhausted > 0, "the heap was never exhausted");
        check(tally.moved.get() > 0, "nothing moved");
    }

    /// As often for each of the two, and over the same time at least: whose operations make more waits longer for the collector.
    private static int exhaust(int times, long span) {
        long start = System.nanoTime();
        int exhausted = 0;
        for (int i = 1; i <= times; i++) {
            exhausted += hog() ? 1 : 0;
            do {
                LockSupport.parkNanos(20_000_000);
            } while (since(start) < span / times * i);
        }
        LockSupport.parkNanos(Math.max(1, span - since(start)));
        return exhausted;
    }

    /// Stands for a thread that the library forgets.
    private static void sleepForEver() {
        for (;;) {
            LockSupport.park();
        }
    }

    /// Those who have not ended when none has for long.
    private static List<Thread> thoseWhoStay(List<Thread> threads) {
        List<Thread> alive = threads;
        long last = System.nanoTime();
        while (!alive.isEmpty() && since(last) < ENDS_WITHIN.toNanos()) {
            LockSupport.parkNanos(10_000_000);
            List<Thread> now = alive.stream().filter(Thread::isAlive).toList();
            last = now.size() < alive.size() ? System.nanoTime() : last;
            alive = now;
        }
        return alive;
    }

    /// A thread that sleeps; what for, and whether that has come, if it waits by our means.
    @SuppressWarnings("SystemOut")
    private static void show(Thread thread) {
        Object blocker = LockSupport.getBlocker(thread);
        System.out.println(thread + " waits for " + blocker + ", which has "
                + (blocker instanceof Waiter waiter && waiter.outcome() != null ? "come: " + waiter.outcome()
                        : "not come"));
        for (StackTraceElement frame : thread.getStackTrace()) {
            System.out.println("    " + frame);
        }
    }

    /// Takes all of the heap for a moment.
    private static boolean hog() {
        List<byte[]> taken = new ArrayList<>(4096);
        try {
            for (int size = 65_536; size >= 64; size /= 4) {
                try {
                    while (taken.size() < 4096) {
                        taken.add(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    if (size == 64) {
                        break;
                    }
                }
            }
            LockSupport.parkNanos(50_000_000);
            return true;
        } catch (OutOfMemoryError e) {
            return true;
        } finally {
            taken.clear();
        }
    }
}
