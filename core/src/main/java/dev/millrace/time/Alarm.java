package dev.millrace.time;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.internal.Deadlines;
import dev.millrace.internal.TimeSource;
import java.time.Duration;
import java.time.Instant;

/// A single event in the future, as a channel; it can be stopped and set again.
///
/// ```java
/// var silence = Alarm.in(ofSeconds(30));
/// for (;;) {
///     boolean over = Select.<Boolean>first()
///             .receive(messages, message -> {
///                 handle(message);
///                 silence.reset(ofSeconds(30));
///                 return false;
///             })
///             .receive(silence.fired(), _ -> true)
///             .run();
///     if (over) {
///         return;
///     }
/// }
/// ```
///
/// **No value of before.** After [#stop()] or [#reset] has returned nobody receives a value of the time before: one that had come and was
/// not received is withdrawn, and so needs no draining.
///
/// **Cost.** A timer runs only while somebody waits for the channel. One that is not stopped and that everybody has forgotten is
/// garbage.
///
/// Safe for use by all goroutines and threads at once. What happens before `reset` is visible to who receives the value that comes
/// of it.
///
/// **Compared with Go.** `time.NewTimer`, with the rules of Go 1.23. The channel is `timer.C`.
public final class Alarm implements AutoCloseable {
    private final TimeSource source;
    private final ReceiveChan<Instant> fired;

    private Alarm(long nanos) {
        this.source = TimeSource.start("alarm", nanos, 0);
        this.fired = Times.face(source.chan());
    }

    /// Sets an alarm that fires in `span`; at once when that is zero or less.
    ///
    /// @throws NullPointerException when `span` is null
    public static Alarm in(Duration span) {
        return new Alarm(Deadlines.nanos(span));
    }

    /// Gives one value for each time it was set: the instant at which it was due. Its `len` and `cap` are 0, also when the value is
    /// there, as in Go. It is never closed: after a stop, who receives waits for ever or for the next `reset`.
    public ReceiveChan<Instant> fired() {
        return fired;
    }

    /// Prevents it from firing. True when that succeeded: it was set, and its value has not been received (also when it was due
    /// already). False when the value was received, or it was stopped before. Never waits.
    public boolean stop() {
        return source.stop();
    }

    /// Sets it again, to fire in `span` from now; at once when that is zero or less. Answers what [#stop()] would have answered.
    ///
    /// @throws NullPointerException when `span` is null; nothing has changed then
    public boolean reset(Duration span) {
        return source.reset(Deadlines.nanos(span), 0);
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
