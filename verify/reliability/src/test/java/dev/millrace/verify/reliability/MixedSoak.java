package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.heap;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.go.Go;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.Scheduler;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Pool;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Case 63: requests of all kinds for a long time. Whenever they rest, goroutines, timers and waiters are as many as in the beginning, and the heap
/// does not grow.
final class MixedSoak {
    private static final int WORKERS = 16;

    private final Run run;
    private final Context server = Context.background().withName("server").withCancel();
    private final Chan<Integer> jobs = Chan.buffered(16);
    private final Chan<Integer> direct = Chan.unbuffered();
    private final WeightedSemaphore tokens = new WeightedSemaphore(4);
    private final Mutex mutex = new Mutex();
    private final SyncMap<Integer, Integer> map = new SyncMap<>();
    private final Pool<StringBuilder> pool = Pool.of(StringBuilder::new);
    private final RWMutex rest = new RWMutex(); // workers read, who measures writes
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicReference<Throwable> wrong = new AtomicReference<>();
    private final List<Object> leaked = new ArrayList<>(); // the broken twin's; guarded by mutex

    /// What there is at rest.
    record Sample(long goroutines, int timers, int waiters, int hearers, long heap) {}

    private MixedSoak(Run run) {
        this.run = run;
    }

    static void run(Run run) throws Exception {
        new MixedSoak(run).soak();
    }

    private void soak() throws Exception {
        long span = run.soak(Duration.ofSeconds(3), Duration.ofMinutes(30)).toNanos();
        int looks = run.pick(4, 10, 60);
        var wg = new WaitGroup();
        for (int i = 0; i < WORKERS; i++) {
            int seed = i;
            wg.go(() -> work(new Random(seed)));
        }
        var samples = new ArrayList<Sample>();
        long start = System.nanoTime();
        try {
            for (int i = 1; i <= looks && wrong.get() == null; i++) {
                while (since(start) < span * i / looks) {
                    LockSupport.parkNanos(5_000_000);
                }
                samples.add(sample());
            }
        } finally {
            over.set(true);
        }
        run.await(wg, "workers");
        if (wrong.get() != null) {
            throw new AssertionError("a worker failed: " + wrong.get(), wrong.get());
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        for (Sample s : samples) {
            atRest("goroutines", s, s.goroutines, first.goroutines);
            atRest("timers", s, s.timers, first.timers);
            atRest("waiters", s, s.waiters, 0);
            atRest("hearers", s, s.hearers, first.hearers);
        }
        double slope = slope(samples.subList(samples.size() / 4, samples.size()));
        long mean = (long) samples.stream().mapToLong(Sample::heap).average().orElseThrow();
        figure("63: %s: %,d requests; at rest %d goroutines, %d timers, %d waiters; heap %,d kB at first, %,d kB at last, slope %+.2f kB a look over"
                + " %d looks", Duration.ofNanos(since(start)), requests.get(), last.goroutines, last.timers,
                last.waiters,
                first.heap / 1024, last.heap / 1024, slope / 1024, samples.size());
        // Noise: a twentieth over the whole time, and half a megabyte for what the JVM itself does.
        check(slope * samples.size() < mean / 20.0 + 500_000, "the heap grows by %.0f bytes a look: %s", slope,
                samples);
        check(requests.get() > 50, "%d requests", requests.get());
    }

    private static void atRest(String what, Sample now, long are, long were) {
        check(are == were, "%s at rest: %d and not %d: %s", what, are, were, now);
    }

    private Sample sample() throws Exception {
        rest.lock();
        try {
            run.until("what requests have started has ended", () -> Go.numGoroutine() <= WORKERS);
            int waiters = waiters(jobs) + waiters(direct) + tokens.snapshot().waiters();
            int timers = Scheduler.real().timersSet().size();
            int hearers = dev.millrace.internal.ContextBase.nodeOf(server).listeners();
            return new Sample(Go.numGoroutine(), timers, waiters, hearers, heap());
        } finally {
            rest.unlock();
        }
    }

    private static int waiters(Chan<?> chan) {
        return chan.snapshot().blockedReceivers() + chan.snapshot().blockedSenders();
    }

    /// The slope of the heap in bytes from look to look: the middle one of the slopes between any two looks (Theil and Sen). A look that finds megabytes less than
    /// all others, as now and then after a collection, does not make a slope of it, as it would by least squares.
    static double slope(List<Sample> samples) {
        var slopes = new ArrayList<Double>();
        for (int i = 0; i < samples.size(); i++) {
            for (int j = i + 1; j < samples.size(); j++) {
                slopes.add((double) (samples.get(j).heap - samples.get(i).heap) / (j - i));
            }
        }
        slopes.sort(null);
        return slopes.get(slopes.size() / 2);
    }

    private void work(Random random) {
        try {
            while (!over.get()) {
                rest.rLock();
                try {
                    request(random);
                    requests.getAndIncrement();
                } finally {
                    rest.rUnlock();
                }
            }
        } catch (Throwable t) {
            wrong.compareAndSet(null, t);
        }
    }

    /// What the broken twins leave behind.
    private void leak() {
        switch (run.fault()) {
            case "heap" -> mutex.holding(() -> leaked.add(new byte[100_000]));
            case "goroutine" -> Go.go(Chan.never()::receive);
            case "timer" -> mutex.holding(() -> {
                var late = Context.background().withTimeout(Duration.ofHours(1));
                leaked.add(late);
                leaked.add(late.afterFunc(() -> {}));
            });
            case "waiter" -> Thread.startVirtualThread(() -> tokens.acquire(1_000));
            case "hearer" -> mutex.holding(() -> leaked.add(server.afterFunc(() -> {})));
            default -> {}
        }
    }

    /// A request: a tree of contexts, a group, and of the rest whatever comes. Many end by their deadline.
    private void request(Random random) throws Exception {
        leak();
        try (var ctx = server.withTimeout(Duration.ofNanos(300_000 + random.nextInt(3_000_000)));
                var group = TaskGroup.open(ctx)) {
            group.go(c -> jobs.send(c, 1));
            group.go(c -> jobs.next(c));
            group.go(c -> {
                try (var permit = tokens.permit(c, 1 + random.nextInt(2))) {
                    check(permit != null, "no permit");
                    c.sleep(Duration.ofNanos(random.nextInt(300_000)));
                }
            });
            group.go(c -> Select.<Boolean>first().send(direct, 1, () -> true).receive(direct, _ -> false)
                    .receive(jobs, _ -> true)
                    .timeout(Duration.ofNanos(100_000), () -> false).run(c));
            if (random.nextInt(8) == 0) {
                try (var ticker = Ticker.every(Duration.ofNanos(100_000))) {
                    ticker.ticks().receive(ctx);
                }
            }
            mutex.lock(ctx);
            mutex.unlock();
            int key = random.nextInt(100);
            map.store(key, key);
            map.delete(random.nextInt(100));
            pool.put(pool.get());
            try (var later = ctx.withCancel(); var call = later.afterFunc(() -> {})) {
                check(call != null, "no callback");
                if (random.nextBoolean()) {
                    later.cancel();
                }
            }
            group.join();
        } catch (ContextException e) {
            // its time was over: as good
        }
    }
}
