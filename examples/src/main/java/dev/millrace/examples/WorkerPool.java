package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A pool of workers that is stopped in peace: what was accepted is done.
final class WorkerPool extends Example {
    WorkerPool() {
        super("worker-pool");
    }

    // region worker-pool
    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        int workers = options.number("--workers", 4, 1, 10_000);
        int offered = options.number("--jobs", 1_000, 1, 100_000_000);
        var work = options.duration("--work", ofMillis(1));
        var stopAfter = options.duration("--stop-after", ofMillis(50));
        options.end();

        var jobs = Chan.<Integer>buffered(16);
        var accepted = new Tally();
        var done = new Tally();
        try (var group = TaskGroup.open(ctx)) {
            for (int i = 0; i < workers; i++) {
                group.go("worker", c -> {
                    for (int job : jobs.each(c)) { // until the channel is closed and empty
                        doJob(c, work);
                        done.add(job);
                    }
                });
            }
            // The stop ends this context, and only those who offer jobs hear it. The workers' context lives on.
            try (var stop = ctx.withTimeout(stopAfter)) {
                for (int job = 1; job <= offered; job++) {
                    jobs.send(stop, job);
                    accepted.add(job);
                }
            } catch (ContextException e) {
                ctx.check(); // not the stop, but the end of everything
            }
            jobs.close();
            group.join();
        }
        out.println("offered:  " + offered + " jobs");
        out.println("accepted: " + accepted);
        out.println("done:     " + done);
        return 0;
    }
    // endregion

    private static void doJob(Context ctx, Duration work) {
        if (!work.isZero()) {
            ctx.sleep(work);
        }
    }

    /// How many jobs, and the sum of their numbers.
    private static final class Tally {
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong sum = new AtomicLong();

        void add(int job) {
            count.incrementAndGet();
            sum.addAndGet(job);
        }

        @Override
        public String toString() {
            return count + " jobs, sum " + sum;
        }
    }
}
