package dev.millrace.time;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.internal.Deadlines;
import java.time.Duration;
import java.time.Instant;

/// Something that comes after a span of time: a value in a channel, or a call.
///
/// ```java
/// import static dev.millrace.time.After.after;
///
/// var answer = Select.<String>first()
///         .receive(replies, reply -> reply)
///         .receive(after(ofSeconds(1)), _ -> "no answer")
///         .run();
/// ```
///
/// **Compared with Go.** `time.After` and `time.AfterFunc`.
public final class After {
    private After() {}

    /// A channel that gives one value, the instant at which `span` was over; with zero or less that is now. It is never closed.
    ///
    /// It costs nothing while nobody waits for it, and needs no stop: a channel that everybody has forgotten is garbage. For a
    /// select there is also [dev.millrace.chan.Select#timeout], which makes no channel.
    ///
    /// @throws NullPointerException when `span` is null
    public static ReceiveChan<Instant> after(Duration span) {
        return Alarm.in(span).fired();
    }

    /// Calls `body` on a new goroutine when `span` is over, with the context that is current here. With zero or less, at once.
    ///
    /// What `body` throws goes to the policy for uncaught failures, as with every goroutine without a handle. Never waits.
    ///
    /// @throws NullPointerException when an argument is null
    public static DelayedCall afterFunc(Duration span, Runnable body) {
        return DelayedCall.start(Deadlines.nanos(span), body);
    }
}
