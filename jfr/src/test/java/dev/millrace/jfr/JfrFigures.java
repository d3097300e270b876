package dev.millrace.jfr;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.go.Labels;
import dev.millrace.jfr.internal.TaskEvent;
import dev.millrace.sync.WaitGroup;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/// Prints a table of what the module costs, in Markdown: nanoseconds per operation, in batches of 2,000, off and on. `-Djfr.batches=200`.
/// The machine should be idle.
final class JfrFigures {
    private static final int BATCHES = Integer.getInteger("jfr.batches", 200);
    private static final int BATCH = 2_000;
    private static final Context CTX = Labels.of("tenant", "7").with(Context.background());

    private static final Context.Key<Object> KEY = Context.Key.named("a value");
    private static final Object VALUE = "value";

    @SuppressWarnings("unused") // so that what is made escapes, as in a program
    private static volatile @Nullable Object kept;

    private JfrFigures() {}

    private interface Op {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        System.out.println("| operation | recording | p50 ns | p99 ns | bytes |");
        System.out.println("|---|---|---|---|---|");
        table("never used");
        try (var recording = new Recording()) {
            Recorded.only(List.of()).accept(recording);
            recording.start();
            table("of other things");
        }
        try (var recording = new Recording()) {
            Recorded.only(Recorded.ALL).accept(recording);
            recording.start();
            table("of all");
        }
        table("over");
    }

    private static void table(String state) throws Exception {
        line("nothing", state, () -> {});
        line("withValue", state, () -> kept = CTX.withValue(KEY, VALUE));
        line("a view and withValue", state, () -> kept = CTX.view().withValue(KEY, VALUE));
        line("whether a task is recorded", state, () -> kept = TaskEvent.begun());
        line("withRegion", state, () -> Trace.withRegion(CTX, "r", () -> {}));
        line("startRegion, close", state, () -> Trace.startRegion(CTX, "r").close());
        line("log", state, () -> Trace.log(CTX, "c", "m"));
        line("newTask, close", state, () -> Trace.newTask(CTX, "t").close());
        line("Labels.run", state, () -> Labels.of("k", "v").run(CTX, _ -> {}));
        line("go, await", state, () -> {
            var wg = new WaitGroup();
            wg.go(() -> {});
            wg.await();
        });
        var there = Chan.<Integer>unbuffered();
        var back = Chan.<Integer>unbuffered();
        var wg = new WaitGroup();
        wg.go(() -> {
            for (int n : there) {
                back.send(n);
            }
        });
        line("there and back by channels", state, () -> {
            there.send(1);
            back.receive();
        });
        there.close();
        wg.await();
    }

    private static void line(String what, String state, Op op) throws Exception {
        double[] nanos = new double[BATCHES];
        long bytes = 0;
        for (int i = -50; i < BATCHES; i++) {
            long start = System.nanoTime();
            for (int n = 0; n < BATCH; n++) {
                op.run();
            }
            if (i == 0) {
                bytes = allocated();
            }
            if (i >= 0) {
                nanos[i] = (System.nanoTime() - start) / (double) BATCH;
            }
        }
        // From the end of the first batch on; what other threads allocate is not in it.
        double each = (allocated() - bytes) / ((BATCHES - 1.0) * BATCH);
        Arrays.sort(nanos);
        System.out.printf(Locale.ROOT, "| %s | %s | %.1f | %.1f | %.1f |%n", what, state, nanos[BATCHES / 2],
                nanos[BATCHES * 99 / 100], each);
    }

    /// What this thread has allocated. By reflection: the module does not require the JDK's management.
    private static long allocated() throws ReflectiveOperationException {
        Object threads =
                Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes")
                .invoke(threads);
    }
}
