package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
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
