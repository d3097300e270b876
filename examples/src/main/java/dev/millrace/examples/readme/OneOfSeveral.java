package dev.millrace.examples.readme;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.RateLimiter;
import dev.millrace.time.Reservation;
import java.util.function.Supplier;

/// What is no channel, as a case of a select.
final class OneOfSeveral {
    private final OnceValue<String> banner;
    private final RateLimiter limiter;

    OneOfSeveral(Supplier<String> banner, RateLimiter limiter) {
        this.banner = OnceValue.of(banner);
        this.limiter = limiter;
    }

    // region alldone
    static boolean drained(Context ctx, WaitGroup requests) {
        return Select.<Boolean>first()
                .event(requests.allDone(), () -> true)
                .timeout(ofSeconds(5), () -> false)
                .run(ctx); // when ctx ends, it throws
    }
    // endregion

    // region oncevalue
    String banner(Context ctx) {
        return Select.<String>first()
                .event(banner.done(), () -> banner.get()) // does not wait: it is there
                .timeout(ofMillis(50), () -> "welcome")
                .run(ctx);
    }
    // endregion

    // region turn
    String ask(Context ctx, ReceiveChan<String> stop) {
        Reservation turn = limiter.reserve(1); // may be still to come
        return Select.<String>first()
                .timeout(turn.delay(), () -> "asked")
                .receive(stop, why -> {
                    turn.cancel(); // somebody else may have it
                    return "not asked: " + why;
                })
                .done(ctx, cause -> {
                    turn.cancel();
                    return "not asked: " + cause.getMessage();
                })
                .run();
    }
    // endregion

    OnceValue<String> load() {
        return banner;
    }
}
