package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.PairedTimes;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Measures, and prints tables: `-Dtest=ExecTimes -Dmillrace.exec.times=200`, the number of runs; with
/// `-Dmillrace.watchdog.seconds=600`, since 200 take longer than a test may.
@EnabledIfSystemProperty(named = "millrace.exec.times", matches = "\\d+", disabledReason = "measures; takes minutes")
class ExecTimes {
    private static final String TREE = "sh -c 'sleep 300 & echo $!; wait' & sh -c 'sleep 300 & echo $!; wait' & wait";

    private final int runs = Integer.getInteger("millrace.exec.times", 200);

    private interface Ending {
        void end(CancellableContext parent, CancellableContext ctx);
    }

    @Test
    void act_to_tree_gone() throws Exception {
        System.out.println("| act | p50 | p99 | largest |\n|---|---|---|---|");
        times("cancel", (_, ctx) -> ctx.cancel(), null);
        times("cancel of the parent", (parent, _) -> parent.cancel(), null);
    }

    @Test
    void deadline_to_tree_gone() throws Exception {
        System.out.println("| act | p50 | p99 | largest |\n|---|---|---|---|");
        times("timeout (from the deadline)", (_, _) -> {}, Duration.ofMillis(400));
    }

    private void times(String name, Ending ending, Duration timeout) throws Exception {
        for (boolean timed : new boolean[] {false, true}) {
            long[] nanos = new long[timed ? runs : Math.min(runs, 20)];
            for (int i = 0; i < nanos.length; i++) {
                try {
                    nanos[i] = one(ending, timeout);
                } catch (ChanClosedException e) { // the tree did not stand in time
                    i--;
                }
            }
            if (timed) {
                print(name, nanos);
            }
        }
    }

    private static long one(Ending ending, Duration timeout) throws Exception {
        try (var parent = Context.background().withCancel();
                var ctx = timeout == null ? parent.withCancel() : parent.withTimeout(timeout)) {
            long deadline = System.nanoTime() + (timeout == null ? 0 : timeout.toNanos());
            var lines = Chan.<String>buffered(2);
            Running running = Exec.command(ctx, "sh", "-c", TREE).stdout(lines).start();
            long first = Long.parseLong(lines.receive());
            long second = Long.parseLong(lines.receive());
            long from = timeout == null ? System.nanoTime() : deadline;
            ending.end(parent, ctx);
            assertThrows(ContextException.class, running::await);
            long took = System.nanoTime() - from;
            assertTrue(!Processes.isAlive(first) && !Processes.isAlive(second));
            return took;
        }
    }

    private static void print(String name, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf("| %s | %.1f ms | %.1f ms | %.1f ms |%n", name, nanos[nanos.length / 2] / 1e6,
                nanos[(int) Math.ceil(nanos.length * 0.99) - 1] / 1e6, nanos[nanos.length - 1] / 1e6);
    }

    @Test
    void run_beside_process_builder() throws Exception {
        var devNull = Redirect.from(new java.io.File("/dev/null"));
        Callable<?> byHand = () -> new ProcessBuilder("true").redirectInput(devNull).redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD).start().waitFor();
        Callable<?> ours = () -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
                Exec.command(ctx, "true").run();
                return 0;
            }
        };
        Callable<?> outByHand = () -> {
            Process p = new ProcessBuilder("echo", "x").redirectInput(devNull).redirectError(Redirect.DISCARD).start();
            byte[] out = p.getInputStream().readAllBytes();
            p.waitFor();
            return out;
        };
        Callable<?> outOurs = () -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
                return Exec.command(ctx, "echo", "x").stderr(Redirect.DISCARD).output();
            }
        };
        System.out.println("| per run | p50 | p99 | largest |\n|---|---|---|---|");
        Callable<?>[] all = {byHand, ours, outByHand, outOurs};
        String[] names =
                {"ProcessBuilder, start and waitFor", "Exec, run()", "ProcessBuilder, readAllBytes and waitFor",
                    "Exec, output()"};
        var nanos = new long[all.length][5 * runs];
        for (int i = -50; i < 5 * runs; i++) { // by turns, so that the machine's load is shared
            for (int k = 0; k < all.length; k++) {
                long from = System.nanoTime();
                all[k].call();
                if (i >= 0) {
                    nanos[k][i] = System.nanoTime() - from;
                }
            }
        }
        for (int k = 0; k < all.length; k++) {
            print(names[k], nanos[k]);
        }
    }

    /// Under a time limit, against the same by hand. The first row shows what the method sees. `-Dpaired.batches=200 -Dpaired.size=10`, since each run
    /// takes milliseconds.
    @Test
    void run_under_a_deadline_beside_wait_for_with_a_timeout() throws Exception {
        Callable<?> byHand = () -> byHand(new ProcessBuilder("/bin/true"));
        Callable<?> byHandAndMarked = () -> {
            var builder = new ProcessBuilder("/bin/true");
            new Mark().into(builder.environment());
            return byHand(builder);
        };
        Callable<?> ours = () -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
                Exec.command(ctx, "/bin/true").run();
                return 0;
            }
        };
        System.out.println("| us | by hand | Millrace | difference | within |\n|---|---|---|---|---|");
        PairedTimes.print("the same twice", byHand, byHand);
        PairedTimes.print("by hand; the same with one variable more in its environment", byHand, byHandAndMarked);
        PairedTimes.print("by hand with that variable; `run()` under a deadline of its own", byHandAndMarked, ours);
        PairedTimes.print("`start`, `waitFor(1 min)`, `destroy`; `run()` under a deadline of its own", byHand, ours);
    }

    private static int byHand(ProcessBuilder builder) throws Exception {
        Process p = builder.redirectInput(Redirect.from(new java.io.File("/dev/null"))).redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD).start();
        try {
            assertTrue(p.waitFor(60, TimeUnit.SECONDS));
            return p.exitValue();
        } finally {
            p.destroy();
        }
    }

    /// The own work again, with a deadline and the mark in the environment: all but the process.
    @Test
    void own_work_with_a_deadline_and_the_mark() throws Exception {
        int rounds = 20;
        int size = 5_000;
        for (String what : new String[] {"nothing", "context and hook", "and the mark"}) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < rounds; round++) {
                long from = System.nanoTime();
                for (int i = 0; i < size; i++) {
                    if (what.equals("nothing")) {
                        blackHole = new ProcessBuilder("true");
                        continue;
                    }
                    try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1));
                            var own = ctx.withName("exec true").withCancel();
                            var _ = own.afterFunc(() -> {})) {
                        own.check();
                        var builder = new ProcessBuilder("true");
                        if (what.equals("and the mark")) {
                            new Mark().into(builder.environment());
                        }
                        blackHole = builder;
                    }
                }
                best = Math.min(best, (System.nanoTime() - from) / size);
            }
            System.out.println(what + ": " + best + " ns, best of " + rounds + " rounds");
        }
    }

    private static volatile Object blackHole;

    /// What is added to a process that has been started and has ended: the context, the hook on it, and the looks.
    @Test
    void own_work_without_a_process() throws Exception {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long from = System.nanoTime();
            for (int i = 0; i < 20_000; i++) {
                try (var own = Context.background().withName("exec true").withCancel();
                        var _ = own.afterFunc(() -> {})) {
                    own.check();
                }
            }
            best = Math.min(best, (System.nanoTime() - from) / 20_000);
        }
        System.out.println("context and hook of a run: " + best + " ns, best of 20 rounds");
    }
}
