package dev.millrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar on the terminal for work that takes long enough to wonder. Any thread may report.
final class Progress implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(400);
    private static final int REFRESH_MILLIS = 100;

    private final Console console;
    private final String task;
    private final long patience;
    private final long start = System.nanoTime();
    private final AtomicLong found = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private volatile @Nullable ProgressBar bar;
    private boolean closed; // guarded by this

    /// A bar that shows up when 400 ms have not been enough.
    Progress(Console console, String task) {
        this(console, task, PATIENCE);
    }

    Progress(Console console, String task, long patience) {
        this.console = console;
        this.task = task;
        this.patience = patience;
    }

    /// More work has come to light.
    void found(long bytes) {
        long total = found.addAndGet(bytes);
        ProgressBar shown = bar;
        if (shown != null) {
            shown.maxHint(total);
        }
    }

    /// A part of it is done.
    void done(long bytes) {
        long total = done.addAndGet(bytes);
        if (console.columns() == 0) {
            return;
        }
        ProgressBar shown = bar;
        if (shown != null) {
            shown.stepTo(total);
        } else if (System.nanoTime() - start >= patience) {
            show();
        }
    }

    private synchronized void show() {
        if (bar == null && !closed) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(found.get())
                    .startsFrom(done.get(), Duration.ofNanos(System.nanoTime() - start))
                    .setUnit(" MiB", 1 << 20)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .setConsumer(new Line(console.err(), console.columns() - 1))
                    .clearDisplayOnFinish()
                    .build();
        }
    }

    /// Takes the bar away.
    @Override
    public synchronized void close() {
        closed = true;
        ProgressBar shown = bar;
        if (shown != null) {
            shown.close();
        }
    }

    /// The line on which the bar is drawn again and again.
    private record Line(PrintStream err, int width) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return width;
        }

        @Override
        public void accept(String text) {
            err.print('\r' + text);
            err.flush();
        }

        @Override
        public void clear() {
            err.print('\r' + " ".repeat(width) + '\r');
            err.flush();
        }

        @Override
        public void close() {}
    }
}
