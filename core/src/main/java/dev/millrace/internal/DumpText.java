package dev.millrace.internal;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes goroutines as Go prints them, one after the other: what was written is not kept.
public final class DumpText {
    private static final long WORTH_SAYING = 1_000_000_000;

    private final Appendable out;
    private final @Nullable Stacks stacks;

    /// @param stacks null: only the line of each goroutine
    public DumpText(Appendable out, @Nullable Stacks stacks) {
        this.out = out;
        this.stacks = stacks;
    }

    /// Writes those of `sights` that still live, at most `most`. Answers how many were left out.
    public int write(List<Sight> sights, int most) throws IOException {
        int written = 0;
        int left = 0;
        for (Sight sight : sights) {
            if (sight.isGone()) {
                continue;
            }
            if (written == most) {
                left++;
                continue;
            }
            if (stacks != null && written > 0) {
                out.append('\n');
            }
            write(sight);
            written++;
        }
        if (left > 0) {
            out.append(stacks == null ? "" : "\n").append("… and ").append(String.valueOf(left)).append(" more\n");
        }
        return left;
    }

    private void write(Sight seen) throws IOException {
        StackTraceElement[] stack = stacks == null ? new StackTraceElement[0] : stacks.of(seen.thread());
        Sight sight = seen.again();
        out.append(sight.label()).append(" [").append(state(sight, stack)).append(Shown.text(sight.labels()))
                .append("]:\n");
        if (stacks == null) {
            return;
        }
        int last = stack.length;
        while (last > 0 && isBelowUsers(stack[last - 1])) {
            last--;
        }
        boolean above = sight.waiter() != null; // then the frames of the wait itself say nothing
        for (int i = 0; i < last; i++) {
            above = above && isWait(stack[i]);
            if (!above) {
                out.append("\tat ").append(Sites.frame(stack[i])).append('\n');
            }
        }
        Goroutine g = sight.goroutine();
        StackTraceElement site = g == null ? null : g.site();
        if (g != null && site != null) {
            out.append("created by ").append(site.getClassName()).append('.').append(site.getMethodName())
                    .append(" in goroutine ").append(String.valueOf(Sight.number(g.creator())))
                    .append(" at ").append(Sites.place(site)).append('\n');
        }
    }

    /// `chan receive on channel "jobs" (0 of 4), 3 min`.
    static String state(Sight sight, StackTraceElement[] stack) {
        Waiter waiter = sight.waiter();
        if (waiter != null) {
            long waited = waiter.waited();
            return sight.waitsFor() + (waited < WORTH_SAYING ? "" : ", " + Spans.text(waited));
        }
        Thread.State state = sight.thread().getState();
        if (state == Thread.State.RUNNABLE || state == Thread.State.NEW) {
            String call = Sites.jdkCall(stack);
            return call.isEmpty() ? "running" : "running, in " + call;
        }
        String call = Sites.jdkCall(stack);
        return call.isEmpty() ? "waits, not by the library" : "waits in " + call;
    }

    private static boolean isWait(StackTraceElement frame) {
        String type = frame.getClassName();
        return Sites.isJdk(type) || type.startsWith("dev.millrace.internal.");
    }

    /// Frames that every goroutine or thread has.
    private static boolean isBelowUsers(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.lang.VirtualThread") || type.equals("java.lang.Thread")
                || type.startsWith("java.lang.ScopedValue") || type.startsWith("jdk.internal.vm.")
                || type.equals("dev.millrace.internal.Goroutine");
    }
}
