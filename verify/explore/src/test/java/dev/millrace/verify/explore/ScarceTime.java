package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.listen;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Scarcity.reported;
import static dev.millrace.verify.explore.Suite.check;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Detach;
import dev.millrace.time.After;
import dev.millrace.time.Alarm;
import dev.millrace.time.RateLimiter;
import dev.millrace.time.Retry;
import dev.millrace.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Timers, and what waits for time, for which there is no memory, also when they fire. A second passes at once when nobody can run.
final class ScarceTime {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private ScarceTime() {}

    static void sleep() throws Exception {
        done(() -> Context.background().sleep(SECOND));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        done(() -> ctx.sleep(SECOND));
        check(!made(() -> ctx.awaitDone(SECOND)), "done");
    }

    static void deadline() throws Exception {
        CancellableContext ctx = made(() -> Context.background().withTimeout(SECOND));
        CancellableContext below = made(ctx::withCancel);
        done(below::awaitDone);
        check(below.isDone() && ctx.isDone(), "alive");
    }

    static void lingering() throws Exception {
        CancellableContext root = made(() -> Context.background().withCancel());
        CancellableContext lingers = made(() -> root.detach(Detach.lingering(SECOND)));
        done(root::cancel);
        done(lingers::awaitDone);
        check(lingers.isDone(), "alive");
    }

    static void after() throws Exception {
        var chan = made(() -> After.after(SECOND));
        check(made(chan::receive) != null, "nothing");
    }

    static void afterFunc() throws Exception {
        listen();
        var ran = made(AtomicInteger::new);
        var call = made(() -> After.afterFunc(SECOND, ran::incrementAndGet));
        check(made(() -> call.reset(SECOND)), "it has run");
        done(() -> Context.background().sleep(SECOND.multipliedBy(3)));
        done(call::await);
        check(ran.get() + reported() >= 1, "ran " + ran.get());
    }

    static void alarm() throws Exception {
        Alarm alarm = made(() -> Alarm.in(SECOND));
        check(made(alarm.fired()::receive) != null, "nothing");
        check(!made(() -> alarm.reset(SECOND)), "it was set");
        check(made(alarm::stop), "not set");
        check(!made(() -> alarm.reset(SECOND)), "it was set");
        check(made(alarm.fired()::receive) != null, "nothing");
        done(alarm::close);
    }

    static void ticker() throws Exception {
        Ticker ticker = made(() -> Ticker.every(SECOND));
        check(made(ticker.ticks()::receive) != null, "nothing");
        done(() -> ticker.reset(SECOND));
        check(made(ticker.ticks()::receive) != null, "nothing");
        done(ticker::stop);
        done(ticker::close);
    }

    static void rate() throws Exception {
        RateLimiter limiter = made(() -> RateLimiter.every(SECOND, 1));
        check(made(limiter::allow), "not one");
        check(!made(limiter::allow), "two");
        done(() -> limiter.await(Context.background()));
        var reserved = made(() -> limiter.reserve(1));
        check(made(reserved::delay).compareTo(SECOND) <= 0, "too late");
        done(reserved::cancel);
        done(() -> limiter.setEvery(SECOND, 2));
        check(limiter.burst() == 2, "burst " + limiter.burst());
        done(() -> limiter.await(Context.background(), 2));
    }

    static void retry() throws Exception {
        var tries = made(AtomicInteger::new);
        Retry retry = made(() -> Retry.exponential(SECOND, SECOND).attempts(3));
        int got = made(() -> retry.call(Context.background(), c -> {
            if (tries.incrementAndGet() < 2) {
                throw new IOException("again");
            }
            return tries.get();
        }));
        check(got >= 2, "got " + got);
    }
}
