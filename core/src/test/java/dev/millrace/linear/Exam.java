package dev.millrace.linear;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.linear.Linear.Call;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/// Examines objects whose operations do not wait: a few platform threads call random operations on a fresh object, at the same
/// time, again and again; each history must be linearizable.
///
/// Every exam needs a twin: the same exam of a broken object, which must fail. A failure names its seed, `-Dlinear.seed=…`
/// draws the same operations again; when they happen is up to the machine.
///
/// @param make the object under test
/// @param apply one operation; its answer is compared by `equals`
/// @param spec what it should do
/// @param draw the next operation
/// @param threads how many call at once
/// @param calls how many calls each makes
public record Exam<T, S, O>(
        Supplier<? extends T> make,
        BiFunction<? super T, ? super O, ?> apply,
        Spec<S, O> spec,
        Function<Random, O> draw,
        int threads,
        int calls) {
    private static final int BATCH = 200;
    private static final int MOST_DELAY = 60;

    /// So many histories must have overlapped. On a busy machine that takes longer.
    private static final int ENOUGH = 200;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// What came out.
    ///
    /// @param rounds how many histories there were
    /// @param concurrent in how many of them calls of two threads overlapped
    /// @param failure the first history that cannot be explained; null when there is none
    public record Outcome(long rounds, long concurrent, String failure) {}

    /// Passes when no history within about `budget` is wrong, and many were concurrent.
    public void passes(Duration budget) {
        Outcome outcome = run(budget, ENOUGH);
        if (outcome.failure() != null) {
            fail(outcome.failure());
        }
        assertTrue(outcome.concurrent() >= ENOUGH, "the histories must overlap: " + outcome);
    }

    /// Passes when a wrong history is found; looks for it for half a minute.
    public void fails(Duration budget) {
        Outcome outcome = run(budget, Integer.MAX_VALUE);
        assertTrue(outcome.failure() != null, "a broken object was not found: " + outcome);
    }

    public Outcome run(Duration budget) {
        return run(budget, 0);
    }

    private Outcome run(Duration budget, int enough) {
        long seed = Long.getLong("linear.seed", System.nanoTime());
        var random = new Random(seed);
        long began = System.nanoTime();
        long rounds = 0;
        long concurrent = 0;
        do {
            var batch = new Batch(random);
            batch.run();
            for (int round = 0; round < BATCH; round++) {
                List<Call<O>> history = batch.history(round);
                rounds++;
                if (Linear.isConcurrent(history)) {
                    concurrent++;
                }
                if (!Linear.explains(spec, history)) {
                    return new Outcome(rounds, concurrent, "not linearizable, round " + rounds + " of -Dlinear.seed="
                            + seed + ":\n" + Linear.text(history));
                }
            }
        } while (isToGoOn(System.nanoTime() - began, budget, concurrent < enough));
        return new Outcome(rounds, concurrent, null);
    }

    private static boolean isToGoOn(long nanos, Duration budget, boolean tooFew) {
        return nanos < (tooFew ? LIMIT : budget).toNanos();
    }

    /// Some rounds at once, so that threads are started seldom and meet often. Checked when all are over.
    private final class Batch {
        private final List<T> objects = new ArrayList<>();
        private final List<List<O>> ops = new ArrayList<>(); // of thread t in round r: at r * threads + t
        private final int[] delays = new int[BATCH * threads];
        private final Object[] answers = new Object[BATCH * threads * calls];
        private final long[] starts = new long[answers.length];
        private final long[] ends = new long[answers.length];
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicReference<Throwable> wrong = new AtomicReference<>();

        Batch(Random random) {
            for (int round = 0; round < BATCH; round++) {
                objects.add(make.get());
                for (int t = 0; t < threads; t++) {
                    var program = new ArrayList<O>();
                    for (int i = 0; i < calls; i++) {
                        program.add(draw.apply(random));
                    }
                    delays[ops.size()] = random.nextInt(MOST_DELAY);
                    ops.add(program);
                }
            }
        }

        void run() {
            var running = new ArrayList<Thread>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                running.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        calls(number);
                    } catch (Throwable e) {
                        wrong.compareAndSet(null, e);
                    }
                }));
            }
            try {
                for (Thread thread : running) {
                    if (!thread.join(Duration.ofSeconds(30))) {
                        var stuck = new AssertionError(thread + " does not come back", wrong.get());
                        stuck.setStackTrace(thread.getStackTrace());
                        throw stuck;
                    }
                }
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
            if (wrong.get() != null) {
                throw new AssertionError("an operation failed", wrong.get());
            }
        }

        private void calls(int thread) {
            for (int round = 0; round < BATCH; round++) {
                T object = objects.get(round);
                int row = round * threads + thread;
                List<O> program = ops.get(row);
                meet(threads * (round + 1));
                for (int i = delays[row]; i > 0; i--) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < calls; i++) {
                    int at = row * calls + i;
                    starts[at] = System.nanoTime();
                    VarHandle.fullFence(); // nothing of the call comes before its start …
                    answers[at] = apply.apply(object, program.get(i));
                    VarHandle.acquireFence(); // … and its reads not after its end; a write may stay in a buffer: that would be the object's fault
                    VarHandle.releaseFence();
                    ends[at] = System.nanoTime();
                }
            }
        }

        private void meet(int all) {
            arrived.incrementAndGet();
            for (int i = 0; arrived.get() < all && wrong.get() == null; i++) {
                if (i < 2_000) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield(); // the others may have no processor
                }
            }
        }

        List<Call<O>> history(int round) {
            var history = new ArrayList<Call<O>>();
            for (int t = 0; t < threads; t++) {
                int row = round * threads + t;
                for (int i = 0; i < calls; i++) {
                    int at = row * calls + i;
                    history.add(new Call<>(t, ops.get(row).get(i), answers[at], starts[at], ends[at]));
                }
            }
            return history;
        }
    }
}
