package dev.millrace.time;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.TimeSource;
import java.time.Duration;
import java.time.Instant;

/// A channel that gives a value again and again, at equal distances.
///
/// ```java
/// try (var ticker = Ticker.every(ofSeconds(10))) {
///     for (var _ : ticker.ticks().each(ctx)) { // until the context ends
///         refresh();
///     }
/// }
/// ```
///
/// **Slow receivers.** At most one tick is there at a time. Who comes late gets the one that came first, and those that came since
/// are dropped: there is never a burst. The ticks stay at their distances from the start and do not drift.
///
/// **Cost.** A timer runs only while somebody waits for the channel. A ticker that is not stopped and that everybody has forgotten
/// is garbage.
///
/// Safe for use by all goroutines and threads at once.
///
/// **Compared with Go.** `time.NewTicker`; [#tick] is `time.Tick`.
public final class Ticker implements AutoCloseable {
    private final TimeSource source;
    private final ReceiveChan<Instant> ticks;

    private Ticker(long period) {
        this.source = TimeSource.start("ticker", period, period);
        this.ticks = Times.face(source.chan());
    }

    /// Starts a ticker: the first tick comes one `period` from now.
    ///
    /// @throws NullPointerException when `period` is null
    /// @throws IllegalArgumentException when it is not positive
    public static Ticker every(Duration period) {
        return new Ticker(positive("NewTicker", period));
    }

    /// The ticks of a ticker that nobody can stop or set again; with a period of zero or less, a channel on which nothing ever
    /// happens.
    ///
    /// @throws NullPointerException when `period` is null
    public static ReceiveChan<Instant> tick(Duration period) {
        return period.isPositive() ? every(period).ticks() : Chan.never();
    }

    private static long positive(String what, Duration period) {
        if (!period.isPositive()) {
            throw new IllegalArgumentException(
                    "non-positive interval for " + what + ": a period must be positive, was " + period);
        }
        return Deadlines.nanos(period);
    }

    /// Gives the instants at which it was due to tick. Its `len` and `cap` are 0, also when a tick is there, as in Go. It is never
    /// closed: after a stop, who receives waits for ever or for the next `reset`. So a loop over it needs another end, such as a
    /// context: `ticks().each(ctx)`.
    public ReceiveChan<Instant> ticks() {
        return ticks;
    }

    /// No more ticks, until it is reset; one that had come and was not received is withdrawn. Never waits.
    public void stop() {
        source.stop();
    }

    /// Starts again: the next tick comes one `period` from now. A tick that had come and was not received is withdrawn.
    ///
    /// @throws NullPointerException when `period` is null
    /// @throws IllegalArgumentException when it is not positive; nothing has changed then
    public void reset(Duration period) {
        long nanos = positive("Ticker.Reset", period);
        source.reset(nanos, nanos);
    }

    /// [#stop()].
    @Override
    public void close() {
        stop();
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
