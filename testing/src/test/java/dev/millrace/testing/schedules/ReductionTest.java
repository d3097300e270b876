package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.engine.Entry;
import dev.millrace.testing.explore.engine.Explorer;
import dev.millrace.testing.explore.engine.Outcome;
import dev.millrace.testing.explore.engine.Settings;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/// What the explorer leaves out makes no difference: random programs come to the same outcomes, with the same number of preemptions, as when each act is a point and
/// every schedule is gone through.
class ReductionTest {
    private static final int PROGRAMS = Integer.getInteger("explore.programs", 10);

    interface Program extends Serializable {
        void run() throws Throwable;
    }

    static final class Shared {
        volatile int a;
        volatile int b;
        int guarded;
        int loose;
        final AtomicInteger c = new AtomicInteger();
        final ReentrantLock lock = new ReentrantLock();
        Thread[] threads;
    }

    /// One of so many acts.
    private static void act(Shared s, int what, int me, StringBuilder log) throws InterruptedException {
        switch (what) {
            case 0 -> s.a = me + 1;
            case 1 -> log.append("a").append(s.a);
            case 2 -> s.b = s.a + 1;
            case 3 -> log.append("b").append(s.b);
            case 4 -> log.append("c").append(s.c.incrementAndGet());
            case 5 -> log.append(s.c.compareAndSet(1, 7) ? "+" : "-");
            case 6 -> {
                s.lock.lock();
                s.guarded = s.guarded * 2 + me;
                log.append("g").append(s.guarded);
                s.lock.unlock();
            }
            case 7 -> {
                if (s.lock.tryLock()) {
                    log.append("t").append(s.guarded);
                    s.lock.unlock();
                } else {
                    log.append("f");
                }
            }
            case 8 -> {
                synchronized (s) {
                    log.append("s").append(s.a);
                    s.a = 5;
                }
            }
            case 9 -> Thread.yield();
            case 10 -> log.append("l").append(s.loose++);
            case 11 -> LockSupport.unpark(s.threads[(me + 1) % s.threads.length]);
            case 12 -> {
                LockSupport.parkNanos(5);
                log.append("p").append(s.b);
            }
            case 13 -> s.threads[(me + 1) % s.threads.length].interrupt();
            case 14 -> log.append(Thread.interrupted() ? "I" : "i");
            default -> throw new AssertionError(what);
        }
    }

    static void program(long seed, Set<String> outcomes) throws InterruptedException {
        var random = new SplittableRandom(seed);
        int n = 2 + random.nextInt(2);
        int[][] acts = new int[n][];
        for (int t = 0; t < n; t++) {
            acts[t] = random.ints(n == 2 ? 3 : 2, 0, 15).toArray();
        }
        var s = new Shared();
        var logs = new StringBuilder[n];
        s.threads = new Thread[n];
        for (int t = 0; t < n; t++) {
            int me = t;
            logs[t] = new StringBuilder();
            s.threads[t] = Thread.ofVirtual().name("t" + t).unstarted(() -> {
                try {
                    for (int what : acts[me]) {
                        act(s, what, me, logs[me]);
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        for (Thread t : s.threads) {
            t.start();
        }
        for (Thread t : s.threads) {
            t.join();
        }
        outcomes.add(String.join(" ", logs) + " a" + s.a + " b" + s.b + " c" + s.c + " g" + s.guarded + " l" + s.loose);
    }

    private static Outcome explore(int preemptions, boolean full, Program program) throws InterruptedException {
        var settings = new Settings(
                Settings.Kind.DEPTH_FIRST, preemptions, 3, 1, 100_000, Duration.ofMinutes(1), true, true, 10_000,
                List.of(), List.of(), null, null, null, full);
        return Explorer.explore(settings, Entry.lambda(program));
    }

    /// What was gone through.
    private record Compared(long reduced, long full, boolean same) {}

    /// Explores the program of `seed` as a whole and in the reduced way, and compares.
    private static Compared compare(long seed, int preemptions, int reducedPreemptions) throws InterruptedException {
        var all = new TreeSet<String>();
        var seen = new TreeSet<String>();
        Outcome full = explore(preemptions, true, () -> program(seed, all));
        Outcome reduced = explore(reducedPreemptions, false, () -> program(seed, seen));
        assertNull(full.report(), full.report());
        assertNull(reduced.report(), reduced.report());
        assertTrue(reduced.complete(), "seed " + seed);
        return new Compared(reduced.schedules(), full.schedules(),
                full.complete() ? all.equals(seen) : seen.containsAll(all));
    }

    @Test
    void randomPrograms_reduced_comeToTheSameOutcomes() throws InterruptedException {
        long reducedSchedules = 0;
        long fullSchedules = 0;
        for (long seed = 1; seed <= PROGRAMS; seed++) {
            int preemptions = (int) (seed % 4);
            Compared compared = compare(seed, preemptions, preemptions);
            assertTrue(compared.same, "seed " + seed + ", preemptions " + preemptions);
            reducedSchedules += compared.reduced;
            fullSchedules += compared.full;
        }
        System.out.println(
                PROGRAMS + " random programs: " + reducedSchedules + " schedules in place of " + fullSchedules);
        assertTrue(reducedSchedules < fullSchedules);
    }

    /// What misses orders is found out: here those that need one preemption more.
    @Test
    void randomPrograms_someOrdersLeftOut_areNotTheSame() throws InterruptedException {
        int noticed = 0;
        for (long seed = 1; seed <= 8; seed++) {
            noticed += compare(seed, 1, 0).same ? 0 : 1;
        }
        assertTrue(noticed > 0, "nobody noticed");
    }
}
