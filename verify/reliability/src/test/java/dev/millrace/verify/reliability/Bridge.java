package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Case 45: very many cancels of regions that are interrupted, while other threads keep all processors busy.
final class Bridge {
    private Bridge() {}

    static void run(Run run) throws Exception {
        var region = Regions.of(run);
        for (int i = 0; i < run.pick(1, 20, 200) && !run.planted("flag"); i++) {
            Regions.leftInTheMiddle(run, region);
        }
        int rounds = run.pick(300, 10_000, 100_000);
        var over = new AtomicBoolean();
        var busy = new Thread[Runtime.getRuntime().availableProcessors()];
        for (int i = 0; i < busy.length; i++) {
            busy[i] = Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        var offers = new SynchronousQueue<CancellableContext>();
        Thread canceller = Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int i = 0; i < rounds; i++) {
                    CancellableContext ctx = offers.take();
                    for (int n = ThreadLocalRandom.current().nextInt(200); n > 0; n--) {
                        Thread.onSpinWait();
                    }
                    ctx.cancel();
                }
            } catch (InterruptedException e) {
                check(over.get(), "interrupted by a stranger");
            }
        });
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        var exits = new long[rounds];
        int polluted = 0;
        int heard = 0;
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        try {
            for (int i = 0; i < rounds; i++) {
                var ctx = Context.background().withCancel();
                var left = new long[1];
                boolean late = i % 2 == 0; // ends about when the cancel comes; else it waits for it
                try {
                    region.run(ctx, () -> {
                        offers.put(ctx);
                        try {
                            if (late) {
                                for (int n = ThreadLocalRandom.current().nextInt(400); n > 0; n--) {
                                    Thread.onSpinWait();
                                }
                            } else {
                                while (!Thread.currentThread().isInterrupted()) {
                                    LockSupport.park();
                                }
                            }
                        } finally {
                            left[0] = System.nanoTime();
                        }
                    });
                } catch (CancelledException | InterruptedException e) {
                    heard++;
                }
                exits[i] = left[0] == 0 ? 0 : since(left[0]);
                polluted += Thread.interrupted() ? 1 : 0;
            }
        } finally {
            over.set(true);
            if (run.broken()) {
                canceller.interrupt();
            }
        }
        long took = since(start);
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        canceller.join();
        Arrays.sort(exits);
        long p99 = exits[(int) (rounds * 0.99)];
        figure("45: %,d cancels beside %d busy threads in %.0f ms, %d threw: exit %.3f ms in the middle, %.3f ms at p99, %.1f ms at worst;"
                + " %.1f us of processor each; flags left: %d", rounds, busy.length, millis(took), heard,
                millis(exits[rounds / 2]),
                millis(p99), millis(exits[rounds - 1]), cpu / 1e3 / rounds, polluted);
        check(polluted == 0, "%d flags are left", polluted);
        // Some 10 us were measured; the few rounds of a cold JVM cost ten times as much.
        check(cpu / rounds < run.pick(2_000_000, 200_000, 200_000), "%.1f us of processor each", cpu / 1e3 / rounds);
        if (run.isFull()) {
            check(p99 < 20_000_000, "p99 %.1f ms", millis(p99));
        }
    }
}
