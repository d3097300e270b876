package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
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
/// none out of order. The JVM loses virtual threads then, which never run again; how many is said, for the library and for the JDK's own queues.
final class Exhausted {
    private static final Duration PATIENCE = Duration.ofMillis(20);

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

    private static void exhaust(Run run, boolean ours, Supplier<Pipe> pipes) throws Exception {
        String what = ours ? "the library" : "the JDK alone";
        int pairs = run.pick(20, 1_000, 1_000);
        long span = run.soak(Duration.ofSeconds(3), Duration.ofSeconds(12)).toNanos();
        var over = new AtomicBoolean();
        var failures = new AtomicInteger();
        var wrong = new AtomicReference<String>();
        var threads = new ArrayList<Thread>();
        var all = new ArrayList<Pipe>();
        var moved = new AtomicInteger();
        for (int i = 0; i < pairs; i++) {
            Pipe pipe = pipes.get();
            all.add(pipe);
            var sent = new AtomicInteger();
            boolean faulty = run.broken() && i == 0;
            threads.add(Thread.ofVirtual().unstarted(() -> {
                int next = 1;
                while (!over.get()) {
                    try {
                        sent.set(next);
                        pipe.send(faulty && next % 20 == 0 ? next - 2 : next);
                        next++; // whether it was taken or not: none is sent twice
                    } catch (Throwable t) {
                        next++;
                        failures.getAndIncrement();
                    }
                }
            }));
            threads.add(Thread.ofVirtual().unstarted(() -> {
                int last = 0;
                while (!over.get()) {
                    try {
                        int value = pipe.receive();
                        if (value > 0) {
                            if (value <= last || value > sent.get()) {
                                wrong.compareAndSet(null,
                                        "after " + last + " came " + value + ", sent was " + sent.get());
                            }
                            last = value;
                            moved.getAndIncrement();
                        }
                    } catch (Throwable t) {
                        failures.getAndIncrement();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        var sleepers = new ArrayList<Thread>(); // the JVM loses no platform thread
        for (int i = 0; i < 8; i++) {
            var ctx = Context.background().withTimeout(Duration.ofNanos(span / 8 * (i + 1)));
            sleepers.add(Thread.ofPlatform().daemon().start(ctx::awaitDone));
        }
        long start = System.nanoTime();
        int exhausted = 0;
        while (since(start) < span) {
            if (run.size() != Run.Size.TINY && hog()) {
                exhausted++;
            }
            LockSupport.parkNanos(20_000_000);
        }
        int before = moved.get();
        int enough = before + (run.size() == Run.Size.TINY ? 0 : pairs / 2);
        boolean goesOn = run.comesTrue(() -> moved.get() > enough);
        int forgotten = 0;
        for (Thread sleeper : sleepers) {
            forgotten += run.comesTrue(() -> !sleeper.isAlive()) ? 0 : 1;
        }
        check(forgotten == 0, "%d deadlines forgotten", forgotten);
        figure("41: %s: %d of %d deadlines of platform threads forgotten", what, forgotten, sleepers.size());
        over.set(true);
        all.forEach(Pipe::close);
        int lost = 0;
        long end = System.nanoTime();
        for (Thread t : threads) {
            long left = Math.max(1, Duration.ofSeconds(10).toNanos() - since(end));
            lost += t.join(Duration.ofNanos(left)) ? 0 : 1;
        }
        figure("41: %s: heap exhausted %d times, %,d values moved, %,d operations failed, %d of %d threads lost", what,
                exhausted,
                moved.get(), failures.get(), lost, threads.size());
        if (ours) {
            check(goesOn, "values move no more");
        } else {
            figure("41: %s: values %s", what, goesOn ? "move again" : "move no more");
        }
        check(wrong.get() == null, "%s", wrong.get());
        check(run.size() == Run.Size.TINY || exhausted > 0, "the heap was never exhausted");
        check(moved.get() > 0, "nothing moved");
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
