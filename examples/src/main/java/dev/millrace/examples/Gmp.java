package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// Many goroutines, few threads: what each costs.
final class Gmp extends Example {
    Gmp() {
        super("gmp");
    }

    // region gmp
    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 10_000, 1, 10_000_000);
        options.end();
        out.println("P: " + Go.maxProcs() + " goroutines can run at once, on " + Go.numCpu() + " processors");
        Facts before = Facts.now();
        print(out, "before:", before);
        try (var gate = ctx.withCancel()) {
            var started = new WaitGroup();
            var ended = new WaitGroup();
            started.add(goroutines);
            for (int i = 0; i < goroutines; i++) {
                ended.go(() -> {
                    started.done();
                    gate.awaitDone();
                });
            }
            started.await(ctx);
            awaitRest();
            Facts during = Facts.now();
            print(out, "waiting:", during);
            out.printf(Locale.ROOT, "bytes for each goroutine: %,d of the heap%s%n",
                    (during.heap - before.heap) / goroutines,
                    during.resident < 0 ? ""
                            : String.format(Locale.ROOT, ", %,d of the process",
                                    (during.resident - before.resident) / goroutines));
            gate.cancel();
            ended.await(ctx);
        }
        print(out, "after:", Facts.now());
        return 0;
    }
    // endregion

    private static void print(PrintStream out, String when, Facts facts) {
        out.printf(Locale.ROOT, "%-8s G %,d goroutines; M %d threads%s; heap %,d KiB%s%n", when, facts.goroutines,
                facts.threads,
                facts.mounted < 0 ? ""
                        : ", " + facts.carriers + " for goroutines, " + facts.mounted + " of them at work",
                facts.heap >> 10,
                facts.resident < 0 ? "" : String.format(Locale.ROOT, ", process %,d KiB", facts.resident >> 10));
    }

    /// The last goroutines are still on their way to the gate.
    private static void awaitRest() {
        for (int i = 0; i < 1_000 && (Go.scheduler().mounted() > 0 || Go.scheduler().queued() > 0); i++) {
            sleep(Duration.ofMillis(1));
        }
    }

    /// What can be seen from within the process.
    ///
    /// @param carriers threads that run goroutines, -1 when not known
    /// @param mounted how many of them do so now, -1 when not known
    /// @param heap bytes that are in use after a collection
    /// @param resident bytes of memory that the process has, -1 when not known
    private record Facts(long goroutines, int threads, int carriers, int mounted, long heap, long resident) {
        static Facts now() {
            System.gc();
            return new Facts(
                    Go.numGoroutine(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    Go.scheduler().poolSize(),
                    Go.scheduler().mounted(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    residentBytes());
        }

        /// Linux only.
        private static long residentBytes() {
            Path status = Path.of("/proc/self/status");
            if (!Files.isReadable(status)) {
                return -1;
            }
            try (var lines = Files.lines(status)) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                        .findFirst()
                        .orElse(-1);
            } catch (IOException e) {
                return -1;
            }
        }
    }
}
