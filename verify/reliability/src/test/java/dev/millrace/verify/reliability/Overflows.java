package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Case 39: the stack overflows at every offset within an operation. No lock stays held, nobody who waits is forgotten, and the next
/// operation works.
///
/// A thread goes down until so much of its stack is left, frame by frame and by parts of a frame, and there does the operation.
final class Overflows {
    private static final long STACK = 320 * 1024;

    /// An operation on objects of its own.
    interface Operation {
        /// Is done where the stack is short.
        void run() throws Exception;

        /// What it works on.
        Object[] objects();

        /// Is done on a thread with a stack, when no lock is held: whether the operation has happened, or not.
        void verify(boolean failed) throws Exception;
    }

    /// What became of one operation at all offsets.
    private static final class Tally {
        int trials;
        int overflows;
        int locked;
        int wrong;
        @Nullable String first;
    }

    private Overflows() {}

    static void run(Run run) throws Exception {
        Map<String, Supplier<Operation>> all = run.broken() ? OverflowOperations.broken() : OverflowOperations.all();
        if (run.isFull()) {
            // For comparison: wake-ups that the JDK itself loses.
            for (var entry : OverflowOperations.jdk().entrySet()) {
                Tally t = sweep(run, entry.getValue());
                figure("39: the JDK alone, %s: %d offsets, overflow at %d; forgotten at %d before it was left",
                        entry.getKey(), t.trials,
                        t.overflows, t.wrong);
            }
        }
        int bad = 0;
        var first = new StringBuilder();
        for (var entry : all.entrySet()) {
            Tally t = sweep(run, entry.getValue());
            figure("39: %s: %d offsets, overflow at %d; a lock left at %d, wrong at %d%s", entry.getKey(), t.trials,
                    t.overflows,
                    t.locked, t.wrong, t.first == null ? "" : " (" + t.first + ")");
            check(t.overflows > 0, "%s never met its overflow", entry.getKey());
            bad += t.locked + t.wrong;
            if (t.first != null && first.length() < 2000) {
                first.append(entry.getKey()).append(": ").append(t.first).append('\n');
            }
        }
        check(bad == 0, "%d offsets with damage\n%s", bad, first);
    }

    private static Tally sweep(Run run, Supplier<Operation> operation) throws Exception {
        var tally = new Tally();
        for (int i = 0; i < 3; i++) { // classes are loaded, handles are linked
            trial(0, 0, operation.get(), null);
        }
        int deepest = deepest();
        for (int again = -1; again != deepest;) { // compiled frames are smaller
            again = deepest;
            deepest = deepest();
        }
        int shifts = run.pick(2, 2, 8);
        int clean = 0;
        for (int left = -4; left < run.pick(100, 400, 2_000) && clean < 12 && tally.wrong + tally.locked < 5;
                left += run.pick(3, 2, 1)) {
            boolean any = false;
            for (int shift = 0; shift < shifts; shift++) {
                any |= trial(deepest - left, shift, operation.get(), tally);
            }
            clean = any || left < 40 ? 0 : clean + 1;
        }
        return tally;
    }

    /// How far down nothing at all can be done: in frames of [#down].
    private static int deepest() throws Exception {
        int low = 1;
        int high = 100_000;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (onShortStack(() -> down(middle, 0, () -> {})) == null) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static @Nullable Throwable onShortStack(Body body) throws Exception {
        var outcome = new CompletableFuture<Boolean>();
        var thread = new Thread(null, () -> {
            try {
                body.run();
                outcome.complete(true);
            } catch (Throwable t) {
                outcome.completeExceptionally(t);
            }
        }, "short", STACK);
        thread.setDaemon(true);
        thread.start();
        try {
            outcome.get(20, TimeUnit.SECONDS);
            return null;
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause();
        }
    }

    /// {@return whether it overflowed}
    private static boolean trial(int depth, int shift, Operation operation, @Nullable Tally tally) throws Exception {
        Throwable thrown = onShortStack(() -> down(Math.max(0, depth), shift, operation::run));
        boolean overflow = thrown instanceof StackOverflowError || (thrown != null && hasOverflow(thrown));
        if (tally == null) {
            check(thrown == null, "fails without an overflow: %s", thrown);
            operation.verify(false);
            return false;
        }
        tally.trials++;
        tally.overflows += overflow ? 1 : 0;
        String what = null;
        Object held = held(operation);
        if (held != null) {
            tally.locked++;
            what = held + " is locked, " + (overflow ? top(thrown) : thrown);
        } else {
            try {
                check(thrown == null || overflow, "%s", thrown);
                operation.verify(overflow);
            } catch (Throwable t) {
                tally.wrong++;
                what = t + " " + (overflow ? top(thrown) : thrown);
            }
        }
        if (what != null && tally.first == null) {
            tally.first = what;
        }
        return overflow;
    }

    /// Whoever was woken may just hold it: only a lock that stays is one that was left.
    private static @Nullable Object held(Operation operation) throws Exception {
        Object held = Locks.held(operation.objects());
        for (int i = 0; held != null && i < 200; i++) {
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
            held = Locks.held(operation.objects());
        }
        return held;
    }

    private static boolean hasOverflow(Throwable t) {
        for (Throwable c = t; c != null; c = c.getCause()) {
            if (c instanceof StackOverflowError) {
                return true;
            }
        }
        return false;
    }

    private static String top(Throwable thrown) {
        var out = new StringBuilder("overflow in");
        for (int i = 0; i < Math.min(12, thrown.getStackTrace().length); i++) {
            StackTraceElement e = thrown.getStackTrace()[i];
            if (e.getMethodName().equals("down")) {
                break;
            }
            out.append(i == 0 ? " " : " < ").append(e.getClassName().replaceAll(".*\\.", "")).append('.')
                    .append(e.getMethodName())
                    .append(':').append(e.getLineNumber());
        }
        return out.toString();
    }

    /// What may throw.
    interface Body {
        void run() throws Exception;
    }

    /// Frames, and in the end one that is larger by as many words as `shift` says.
    private static void down(int frames, int shift, Body body) throws Exception {
        if (frames > 0) {
            down(frames - 1, shift, body);
            return;
        }
        switch (shift) {
            case 0 -> body.run();
            case 1 -> shift1(body, 1, 1);
            case 2 -> shift2(body, 1, 1, 1, 1);
            case 3 -> shift3(body, 1, 1, 1, 1, 1, 1);
            case 4 -> shift4(body, 1, 1, 1, 1, 1, 1, 1, 1);
            case 5 -> shift1(() -> shift1(body, 1, 1), 1, 1);
            case 6 -> shift1(() -> shift2(body, 1, 1, 1, 1), 1, 1);
            default -> shift1(() -> shift3(body, 1, 1, 1, 1, 1, 1), 1, 1);
        }
    }

    private static long shift1(Body body, long a, long b) throws Exception {
        body.run();
        return a + b;
    }

    private static long shift2(Body body, long a, long b, long c, long d) throws Exception {
        body.run();
        return a + b + c + d;
    }

    private static long shift3(Body body, long a, long b, long c, long d, long e, long f) throws Exception {
        body.run();
        return a + b + c + d + e + f;
    }

    private static long shift4(Body body, long a, long b, long c, long d, long e, long f, long g, long h)
            throws Exception {
        body.run();
        return a + b + c + d + e + f + g + h;
    }
}
