package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.After;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// A random program, with the time at which each step of each goroutine must be over.
///
/// The steps stand in one list. Each belongs to one goroutine, or to two that meet in it; each goroutine takes its steps in the order of the list. So the first step that
/// is not over can always go on: no deadlock. A sleep takes its span, a meeting is over when the later of the two is there, and nothing else takes
/// time: so the list tells when each step is over. Main comes by at some instants, waits until all rest, and counts the steps that are over.
final class RandomBubble {
    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");
    private static final int KINDS = 10;

    private final List<List<Step>> scripts = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final AtomicInteger over = new AtomicInteger();
    private final SplittableRandom random;
    private final Thread[] threads;

    private record Step(Act act, long end) {}

    private interface Act {
        void run() throws Exception;
    }

    /// What is planted, to see whether it would be noticed.
    enum Fault {
        NONE,
        SLEEPS_TOO_SHORT,
        DOES_NOT_COME
    }

    private final Fault fault;

    private RandomBubble(SplittableRandom random, int goroutines, int steps, Fault fault) {
        this.random = random;
        this.fault = fault;
        this.threads = new Thread[goroutines];
        long[] now = new long[goroutines];
        for (int g = 0; g < goroutines; g++) {
            scripts.add(new ArrayList<>());
        }
        for (int i = 0; i < steps; i++) {
            int g = random.nextInt(goroutines);
            int other = (g + 1 + random.nextInt(goroutines - 1)) % goroutines;
            int kind = random.nextInt(KINDS);
            switch (kind) {
                case 0, 1, 2 -> {
                    long span = random.nextInt(4) * (random.nextBoolean() ? 1 : 1_000_000);
                    now[g] += span;
                    add(g, sleep(span), now[g]);
                }
                case 3 -> add(g, Go::yield, now[g]);
                default -> {
                    boolean both = kind < 7;
                    now[other] = Math.max(now[g], now[other]);
                    now[g] = both ? now[other] : now[g];
                    meet(kind, g, other, now[g], now[other]);
                }
            }
        }
    }

    private void add(int g, Act act, long end) {
        scripts.get(g).add(new Step(act, end));
        ends.add(end);
    }

    private Act sleep(long right) {
        long span = fault == Fault.SLEEPS_TOO_SHORT && right > 0 ? right - 1 : right;
        return switch (random.nextInt(3)) {
            case 0 -> () -> Context.background().sleep(Duration.ofNanos(span));
            case 1 -> () -> After.after(Duration.ofNanos(span)).receive();
            default -> () -> {
                try (var ctx = Context.background().withTimeout(Duration.ofNanos(span))) {
                    ctx.awaitDone();
                }
            };
        };
    }

    /// `g` and `other` wait for each other (kinds 4 to 6), or `other` for `g`.
    private void meet(int kind, int g, int other, long ends, long otherEnds) {
        switch (kind) {
            case 4 -> {
                var ch = Chan.<Integer>unbuffered();
                add(g, fault == Fault.DOES_NOT_COME ? () -> {} : () -> ch.send(1), ends);
                add(other, ch::receive, otherEnds);
            }
            case 5 -> {
                var ch = Chan.<Integer>unbuffered();
                var quiet = Chan.<Integer>unbuffered();
                add(g, () -> Select.first()
                        .send(ch, 1, () -> "")
                        .receive(quiet, v -> "")
                        .timeout(Duration.ofHours(1), () -> {
                            throw new IllegalStateException("timed out");
                        })
                        .run(), ends);
                add(other, () -> Select.first().receive(quiet, v -> "").receive(ch, v -> "").run(), otherEnds);
            }
            case 6 -> {
                var here = Chan.<Integer>unbuffered();
                add(g, () -> {
                    here.send(1);
                    threads[other].interrupt();
                }, ends);
                add(other, () -> {
                    here.receive();
                    assertThrows(InterruptedWaitException.class, () -> Context.background().sleep(Duration.ofDays(1)));
                    Thread.interrupted();
                }, otherEnds);
            }
            case 7 -> {
                var wg = new WaitGroup();
                wg.add(1);
                add(g, wg::done, ends);
                add(other, wg::await, otherEnds);
            }
            case 8 -> {
                CancellableContext ctx = Context.background().withCancel();
                add(g, ctx::cancel, ends);
                add(other, () -> ctx.awaitDone(), otherEnds);
            }
            default -> {
                var mu = new Mutex();
                var semaphore = new WeightedSemaphore(1);
                mu.lock();
                semaphore.acquire(1);
                add(g, () -> {
                    mu.unlock();
                    semaphore.release(1);
                }, ends);
                add(other, () -> {
                    mu.lock();
                    semaphore.acquire(1);
                }, otherEnds);
            }
        }
    }

    /// Runs the bubble of `seed`. Throws what was wrong with it.
    static void run(long seed) {
        run(seed, Fault.NONE);
    }

    static void run(long seed, Fault fault) {
        var choice = new SplittableRandom(seed);
        int goroutines = 2 + choice.nextInt(4);
        int steps = 1 + choice.nextInt(20);
        boolean manual = choice.nextInt(4) == 0;
        Bubble.Options options = choice.nextBoolean() ? Bubble.options() : Bubble.options().serial(seed);
        try {
            (manual ? options.manual() : options)
                    .run(b -> new RandomBubble(choice, goroutines, steps, fault).play(b, manual));
        } catch (Throwable t) {
            throw new AssertionError("random bubble of seed " + seed, t);
        }
    }

    private void play(Bubble b, boolean manual) {
        for (int g = 0; g < threads.length; g++) {
            int me = g;
            go("goroutine " + g, () -> {
                threads[me] = Thread.currentThread();
                for (Step step : scripts.get(me)) {
                    step.act.run();
                    assertEquals(START.plusNanos(step.end), b.now());
                    over.incrementAndGet();
                    assertEquals(START.plusNanos(step.end), b.now());
                }
            });
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Duration span = Duration.ofNanos(random.nextInt(5) * (random.nextBoolean() ? 1 : 500_000));
            if (manual) {
                b.advance(span);
            } else {
                b.sleep(span);
            }
            assertEquals(due(b), over.get());
        }
        if (manual) {
            b.advance(Duration.ofHours(2));
        } else {
            b.sleep(Duration.ofHours(2));
        }
        assertEquals(ends.size(), over.get());
    }

    private long due(Bubble b) {
        return ends.stream().filter(end -> !START.plusNanos(end).isAfter(b.now())).count();
    }
}
