package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Interruptible;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// Case 43: goroutines do every operation that waits, and a stranger interrupts them at random. Nothing is corrupted, each interrupt is seen at
/// most once, and a wait that one ended leaves the flag set.
final class InterruptSoak {
    private final Chan<Integer> plain = Chan.unbuffered();
    private final Chan<Integer> buffered = Chan.buffered(8);
    private final Mutex mutex = new Mutex();
    private final RWMutex rw = new RWMutex();
    private final WeightedSemaphore tokens = new WeightedSemaphore(3);
    private final Mutex condMutex = new Mutex();
    private final Cond cond = new Cond(condMutex);
    private final SingleFlight<Integer, Integer> flight = new SingleFlight<>();
    private final Broadcast<Integer> broadcast = new Broadcast<>();
    private long guarded; // by mutex
    private long pairA; // by rw
    private long pairB; // by rw
    private final AtomicLong locked = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicReference<Throwable> wrong = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean planted = new AtomicBoolean();
    private final Run run;

    private InterruptSoak(Run run) {
        this.run = run;
    }

    static void run(Run run) throws Exception {
        new InterruptSoak(run).soak();
    }

    /// Somebody who is interrupted.
    private final class Victim implements Runnable {
        private final AtomicInteger marked = new AtomicInteger(); // how often it was interrupted; counted before
        private int seen;
        private final LongAdder operations = new LongAdder();
        private final LongAdder ended = new LongAdder();
        private final Random random;
        private volatile Thread thread;

        Victim(int seed) {
            random = new Random(seed);
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            try {
                while (!over.get()) {
                    try (var ctx =
                            Context.background().withTimeout(Duration.ofNanos(200_000 + random.nextInt(2_000_000)))) {
                        operate(ctx, random.nextInt(19));
                        operations.increment();
                    } catch (InterruptedWaitException e) {
                        ended.increment();
                        if (InterruptSoak.this.run.planted("clears")) {
                            Thread.interrupted();
                        }
                        check(Thread.currentThread().isInterrupted(), "a wait was ended, and the flag is not set");
                    } catch (ContextException e) {
                        operations.increment();
                    }
                    look();
                }
                look();
            } catch (Throwable t) {
                wrong.compareAndSet(null, t);
            }
        }

        /// Each interrupt may be seen once. Two that come before a look are one.
        private void look() {
            if (Thread.interrupted()) {
                seen++;
            }
            check(seen <= marked.get(), "%d interrupts seen, %d sent", seen, marked.get());
        }

        private void operate(Context ctx, int what) throws Exception {
            switch (what) {
                case 0 -> {
                    plain.send(ctx, 1);
                    sent.getAndIncrement();
                }
                case 1 -> take(plain.next(ctx));
                case 2 -> {
                    buffered.send(ctx, 1);
                    sent.getAndIncrement();
                }
                case 3 -> {
                    var got = buffered.next(ctx);
                    if (plantedOnce("loses")) {
                        return;
                    }
                    take(got);
                }
                case 4 -> {
                    var select = Selector.random();
                    var a = select.receive(plain);
                    var b = select.receive(buffered);
                    Selector.Case got = select.await(ctx);
                    check(got == a ? a.value() == 1 : b.value() == 1, "a select's value");
                    received.getAndIncrement();
                }
                case 5 -> {
                    mutex.lock(ctx);
                    guarded++;
                    locked.getAndIncrement();
                    if (!plantedOnce("holds")) {
                        mutex.unlock();
                    }
                }
                case 6 -> {
                    if (random.nextBoolean()) {
                        rw.lock(ctx);
                        pairA++;
                        pairB++;
                        rw.unlock();
                    } else {
                        rw.rLock(ctx);
                        check(pairA == pairB, "%d and %d under the reader's lock", pairA, pairB);
                        rw.rUnlock();
                    }
                }
                case 7 -> {
                    try (var permit = tokens.permit(ctx, 1)) {
                        check(permit != null && holders.incrementAndGet() <= 3, "more than 3 hold");
                        holders.getAndDecrement();
                    }
                }
                case 8 -> {
                    condMutex.lock(ctx);
                    try {
                        cond.await(ctx);
                    } finally {
                        check(condMutex.isLocked(), "a wait came back without the lock");
                        condMutex.unlock();
                    }
                }
                case 9 -> {
                    cond.signal();
                    ctx.sleep(Duration.ofNanos(50_000));
                }
                case 10 -> {
                    var inner = ctx.withCancel();
                    try {
                        Interruptible.run(inner, () -> {
                            if (random.nextBoolean()) {
                                inner.cancel();
                            }
                            Thread.sleep(Duration.ofNanos(50_000));
                        });
                    } catch (InterruptedException e) {
                        seen++; // it came as it was, and cleared the flag
                    } catch (CancelledException e) {
                        check(inner.isDone(), "a cancel that nobody has made");
                    }
                }
                case 11 -> {
                    var ran = new AtomicInteger();
                    var group = TaskGroup.open(ctx);
                    group.go(_ -> ran.getAndIncrement());
                    new Once().run(ran::getAndIncrement);
                    try {
                        group.join(ctx);
                    } finally {
                        group.close();
                    }
                    check(ran.get() == 2, "ran %d times", ran.get());
                }
                default -> more(ctx, what);
            }
        }

        private void more(Context ctx, int what) throws Exception {
            var soon = Duration.ofNanos(50_000);
            switch (what) {
                case 12 -> {
                    var wg = new WaitGroup();
                    wg.go(ctx, c -> c.sleep(soon));
                    wg.await(ctx);
                }
                case 13 -> check(flight.get(ctx, random.nextInt(2), c -> {
                    c.sleep(soon);
                    return 7;
                }) == 7, "the flight's value");
                case 14 -> {
                    var mine = broadcast.subscribe(m -> m.buffered(1));
                    try {
                        broadcast.send(ctx, 1);
                        check(mine.receive(ctx) == 1, "the broadcast's value");
                    } finally {
                        if (!plantedOnce("stays")) {
                            mine.abandon("");
                        }
                    }
                }
                case 15 -> {
                    try (var ticker = Ticker.every(soon); var alarm = Alarm.in(soon)) {
                        ticker.ticks().receive(ctx);
                        alarm.fired().receive(ctx);
                    }
                }
                case 16 -> {
                    try (var inner = ctx.withTimeout(soon)) {
                        inner.done().await();
                        check(inner.isDone(), "not done");
                    }
                }
                case 17 -> {
                    var select = Selector.random();
                    select.send(plain, 1);
                    select.send(buffered, 1);
                    select.await(ctx);
                    sent.getAndIncrement();
                }
                default -> check(Select.<Boolean>first().lock(mutex, () -> {
                    guarded++;
                    locked.getAndIncrement();
                    mutex.unlock();
                    return true;
                }).lock(rw.readLocker(), () -> {
                    boolean same = pairA == pairB;
                    rw.rUnlock();
                    return same;
                }).acquire(tokens, 1, () -> {
                    boolean few = holders.incrementAndGet() <= 3;
                    holders.getAndDecrement();
                    tokens.release(1);
                    return few;
                }).run(ctx), "what a lock in a select guards");
            }
        }

        private void take(Received<Integer> got) {
            check(got instanceof Received.Value<Integer>(var v) && v == 1, "received %s", got);
            received.getAndIncrement();
        }
    }

    /// True once, in the twin with this fault.
    private boolean plantedOnce(String fault) {
        return run.planted(fault) && planted.compareAndSet(false, true);
    }

    /// In a broken twin also: until its fault has happened.
    private boolean hasDoneEnough(List<Victim> victims) {
        boolean once = Set.of("loses", "holds", "stays").contains(run.fault());
        return sum(victims, v -> v.operations) > 100 && sum(victims, v -> v.ended) > 10
                && (!run.broken() || (once && planted.get()));
    }

    private static long sum(List<Victim> victims, Function<Victim, LongAdder> what) {
        return victims.stream().mapToLong(v -> what.apply(v).sum()).sum();
    }

    private void soak() throws Exception {
        Duration span = run.soak(Duration.ofSeconds(2), Duration.ofMinutes(10));
        var victims = new ArrayList<Victim>();
        var wg = new WaitGroup();
        for (int i = 0; i < 24; i++) {
            var victim = new Victim(i);
            victims.add(victim);
            wg.go(victim::run);
        }
        long start = System.nanoTime();
        long interrupts = 0;
        // For so long, and until enough has happened: a busy machine may let next to nothing happen for a while.
        long most = span.toNanos() + Duration.ofSeconds(30).toNanos();
        while (wrong.get() == null
                && (since(start) < span.toNanos() || (!hasDoneEnough(victims) && since(start) < most))) {
            var random = ThreadLocalRandom.current();
            Victim victim = victims.get(random.nextInt(victims.size()));
            Thread thread = victim.thread;
            if (thread != null) {
                if (!run.planted("leaks") || random.nextBoolean()) {
                    victim.marked.getAndIncrement(); // else: one that was meant for somebody else
                }
                thread.interrupt();
                interrupts++;
            }
            LockSupport.parkNanos(30_000);
        }
        over.set(true);
        run.await(wg, "victims");
        if (wrong.get() != null) {
            throw new AssertionError("a victim failed: " + wrong.get(), wrong.get());
        }
        long left = buffered.len();
        check(sent.get() == received.get() + left, "%d sent, %d received, %d left", sent.get(), received.get(), left);
        check(guarded == locked.get(), "%d and %d under the lock", guarded, locked.get());
        check(pairA == pairB && tokens.available() == 3 && holders.get() == 0, "%d, %d; %d tokens", pairA, pairB,
                tokens.available());
        check(mutex.tryLock() && rw.tryLock() && condMutex.tryLock(), "a lock is left");
        check(plain.snapshot().blockedReceivers() + plain.snapshot().blockedSenders() + cond.waiting() == 0,
                "somebody is left");
        check(broadcast.subscribers() == 0, "%d subscribers are left", broadcast.subscribers());
        run.until("no flight is in the air", () -> flight.flights() == 0);
        Object held = Locks.held(List.of(plain, buffered, mutex, rw, tokens, cond).toArray());
        check(held == null, "%s is held", held);
        long operations = sum(victims, v -> v.operations);
        long ended = sum(victims, v -> v.ended);
        figure("43: %s: %,d operations, %,d interrupts, %,d waits ended by one", span, operations, interrupts, ended);
        check(hasDoneEnough(victims), "%d operations, %d ended", operations, ended);
    }
}
