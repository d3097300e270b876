package dev.millrace.exec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.PairedTimes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static final Redirect NULL_DEVICE = Redirect.from(new File("/dev/null"));

    @SuppressWarnings("unused") // so that what is made escapes
    private static volatile Object blackHole;

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
        Callable<?> byHand =
                () -> new ProcessBuilder("true").redirectInput(NULL_DEVICE).redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD).start().waitFor();
        Callable<?> ours = () -> {
            try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
                Exec.command(ctx, "true").run();
                return 0;
            }
        };
        Callable<?> outByHand = () -> {
            Process p =
                    new ProcessBuilder("echo", "x").redirectInput(NULL_DEVICE).redirectError(Redirect.DISCARD).start();
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
        Process p = builder.redirectInput(NULL_DEVICE).redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD).start();
        try {
            assertTrue(p.waitFor(60, TimeUnit.SECONDS));
            return p.exitValue();
        } finally {
            p.destroy();
        }
    }

    /// What both do around a process, without one: one that has ended at once, so that the machine's scatter is not in it and the compiler is done.
    @Test
    void own_work_against_by_hand_with_a_process_that_has_ended() throws Exception {
        var ended = new FakeProcess();
        ended.root.end(0);
        int rounds = 20;
        int size = 20_000;
        String[] names = {"by hand", "by hand, one variable more", "Millrace"};
        double[][] took = new double[names.length][rounds];
        for (int round = -5; round < rounds; round++) {
            for (int k = 0; k < names.length; k++) {
                long from = System.nanoTime();
                for (int i = 0; i < size; i++) {
                    blackHole = k == 2 ? ownWork(ended) : ownWorkByHand(ended, k == 1);
                }
                if (round >= 0) {
                    took[k][round] = (System.nanoTime() - from) / 1e3 / size;
                }
            }
        }
        System.out.println("| around a process | p50 of 20 rounds, us |\n|---|---|");
        for (int k = 0; k < names.length; k++) {
            Arrays.sort(took[k]);
            System.out.printf("| %s | %.2f |%n", names[k], took[k][rounds / 2]);
        }
    }

    private static Object ownWorkByHand(FakeProcess ended, boolean variable) throws InterruptedException {
        var builder = new ProcessBuilder("/bin/true").redirectInput(NULL_DEVICE).redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD);
        if (variable) {
            new Mark().into(builder.environment());
        }
        try {
            assertTrue(ended.waitFor(60, TimeUnit.SECONDS));
            return ended.exitValue() == 0 ? builder : ended;
        } finally {
            ended.destroy();
        }
    }

    private static Object ownWork(FakeProcess ended) {
        try (var ctx = Context.background().withTimeout(Duration.ofMinutes(1))) {
            Command command = Exec.command(ctx, "/bin/true");
            command.ctx.check();
            var mark = new Mark();
            Object builder = Launch.builder(command, mark);
            Running.of(command, ended, mark).await();
            return builder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
