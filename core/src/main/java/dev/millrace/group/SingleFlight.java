package dev.millrace.group;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Sites;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Does a piece of work once for all who want it at the same time: per key there is one execution, a *flight*, and
/// who comes while it is in the air joins.
///
/// ```java
/// private final SingleFlight<String, Page> pages = new SingleFlight<>();
///
/// Page page(Context ctx, String url) throws Exception {
///     return pages.get(ctx, url, c -> fetch(c, url)); // however many ask for it at once: one fetch
/// }
/// ```
///
/// It is no cache: when a flight has ended, the next caller starts a new one.
///
/// **The flight belongs to nobody.** Its body runs on a goroutine of its own, under a context of its own: with the
/// values of the first caller's context and not its end, and without a deadline. A caller whose context ends leaves
/// with that; the others are not disturbed, whether it was the first or not. When the last one has left, the flight's
/// context is cancelled, with a cause that says so, and the key is free at once. When the body has ended, its context
/// is closed: what it has started under it ends too. A body that needs a limit of time sets one: `c.withTimeout(…)`.
///
/// **Failures.** What the body throws, an [Error] too, is thrown to all callers, as it is: the same object, whose
/// stack is the body's. They share it, with its suppressed exceptions, so add none. A body that calls `Go.exit()`
/// ends its own goroutine only: the callers get an [IllegalStateException]. When everybody has left, a failure goes
/// to the policy for uncaught ones, unless it says that the flight's context has ended.
///
/// **Blocking and cancellation.** [#run] and [#get] wait until the flight has ended, under the caller's context; a
/// foreign interrupt ends the wait too. An interrupted caller leaves as one does whose context ends. [#start] never
/// waits.
///
/// **Within itself.** A body may call for another key. A call for the key of a flight from inside it, that is on its
/// goroutine, under its context, or in a flight that it has started, would wait for itself: it is refused.
///
/// **Keys** need `equals` and `hashCode`, must not change while a flight is in the air, and may not be null. The
/// values may be null when `V` allows that.
///
/// **Memory.** What happens before the call that starts a flight is visible to its body; what the body does is
/// visible to all who get its outcome.
///
/// **Compared with Go.** `x/sync/singleflight`, with types and contexts. There the body runs on the first caller's
/// goroutine, whose end is everybody's, and nobody can leave. A panic is wrapped there, and ends the process when
/// somebody waits by a channel; `Goexit` ends the goroutines of all callers.
///
/// @param <K> the keys
/// @param <V> the values
public final class SingleFlight<K, V extends @Nullable Object> {
    private final String name;
    private final Scheduler scheduler = Scheduler.current();
    private final ConcurrentHashMap<K, Flight<K, V>> flights = new ConcurrentHashMap<>();
    private final @Nullable StackTraceElement made = Sites.ofMaking();

    /// One without a name.
    public SingleFlight() {
        this("");
    }

    /// One called `name`: so are the goroutines and contexts of its flights.
    public SingleFlight(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /// The value of `key`: starts `body` for it, or joins the flight that is in the air, and waits until that has
    /// ended.
    ///
    /// @throws Exception what the body threw
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before, also when a flight is in the air;
    ///     or ends first. Then this caller has left
    /// @throws dev.millrace.context.InterruptedWaitException when the thread is interrupted first; this caller has
    ///     left, and the interrupt status is set again
    /// @throws IllegalStateException when it is called from inside the flight; or the body has left by `Go.exit()`
    public Flown<V> run(Context ctx, K key, ContextCall<? extends V> body) throws Exception {
        ctx.check();
        return board(ctx, key, body, false).await(ctx);
    }

    /// The value only of [#run].
    ///
    /// @throws Exception as [#run] does
    public V get(Context ctx, K key, ContextCall<? extends V> body) throws Exception {
        return run(ctx, key, body).value();
    }

    /// Like [#run], but does not wait: the outcome comes in a channel, which holds it until somebody receives it;
    /// nobody needs to. It gives that one, and is never closed. When `ctx` ends first, this caller has left, and the
    /// outcome is a failure that says so. Abandoning the channel is not leaving.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` has ended before; no flight was started
    /// @throws IllegalStateException when it is called from inside the flight
    public ReceiveChan<Landed<V>> start(Context ctx, K key, ContextCall<? extends V> body) {
        ctx.check();
        return board(ctx, key, body, true).seat(ctx);
    }

    /// The flight of `key`, with the caller counted among those who wait for it.
    private Flight<K, V> board(Context ctx, K key, ContextCall<? extends V> body, boolean seat) {
        Owner.check(scheduler, "call of", this);
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(body, "nil func value");
        for (;;) {
            Flight<K, V> there = flights.get(key);
            if (there == null) {
                Flight<K, V> made = Flight.make(this, ctx, key, body);
                there = flights.putIfAbsent(key, made);
                if (there == null) {
                    made.takeOff();
                    return made;
                }
                made.scrap();
            }
            there.refuseFromOutside(seat);
            there.refuseInside(ctx);
            if (there.join()) {
                return there;
            }
            flights.remove(key, there); // it has ended, or is deserted, and is about to be taken out
        }
    }

    /// Takes `flight` out, if it is still the one of its key.
    void free(K key, Flight<K, V> flight) {
        flights.remove(key, flight);
    }

    /// Lets the next caller for `key` start anew, whatever is in the air; that goes on for those who wait for it.
    /// Never waits.
    public void forget(K key) {
        flights.remove(Objects.requireNonNull(key, "key"));
    }

    /// The end of a message about it; empty outside debug mode.
    String madeAt() {
        return Sites.madeAt(made, false);
    }

    /// How many flights are in the air that a caller with the right key would join.
    public int flights() {
        return snapshot().flights();
    }

    /// The name; empty when it has none.
    public String name() {
        return name;
    }

    /// What is in the air. Takes as long as there are flights.
    public SingleFlightSnapshot snapshot() {
        int open = 0;
        int waiting = 0;
        long longest = 0;
        for (Flight<K, V> flight : flights.values()) {
            int n = flight.waiting();
            if (n > 0) {
                open++;
                waiting += n;
                longest = Math.max(longest, flight.nanosInTheAir());
            }
        }
        return new SingleFlightSnapshot(name, open, waiting, Duration.ofNanos(longest));
    }

    /// `singleflight "pages" (2 flights, 5 waiting)`.
    @Override
    public String toString() {
        SingleFlightSnapshot now = snapshot();
        return "singleflight" + (name.isEmpty() ? "" : " \"" + name + "\"") + " (" + now.flights()
                + (now.flights() == 1 ? " flight, " : " flights, ") + now.waiting() + " waiting)";
    }
}
