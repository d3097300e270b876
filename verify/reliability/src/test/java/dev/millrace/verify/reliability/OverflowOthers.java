package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.OverflowOperations.node;
import static dev.millrace.verify.reliability.OverflowOperations.on;
import static dev.millrace.verify.reliability.Run.check;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Scheduler;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.Alarm;
import dev.millrace.time.RateLimiter;
import dev.millrace.time.Ticker;
import dev.millrace.verify.reliability.OverflowOperations.Partner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// More operations in which the stack overflows: all others that wake somebody, set a timer, or start something.
final class OverflowOthers {
    private static final Duration HOUR = Duration.ofHours(1);

    private OverflowOthers() {}

    static void all(Map<String, Supplier<Overflows.Operation>> all) {
        waking(all);
        groups(all);
        regions(all);
        times(all);
    }

    private static void waking(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("broadcast of a condition", () -> {
            var mutex = new Mutex();
            var cond = new Cond(mutex);
            Overflows.Body wait = () -> mutex.holding(cond::await);
            var one = new Partner(wait);
            var two = new Partner(wait);
            return on(cond, cond::broadcast, failed -> {
                one.ends(failed, cond::broadcast);
                two.ends(failed, cond::broadcast);
                check(cond.waiting() == 0, "%d wait", cond.waiting());
            }, cond, mutex);
        });
        all.put("read unlock with a writer who waits", () -> {
            var mutex = new RWMutex();
            mutex.rLock();
            var partner = new Partner(() -> mutex.holding(() -> {}));
            return on(mutex, mutex::rUnlock, failed -> {
                partner.ends(failed, mutex::rUnlock);
                check(mutex.tryLock(), "cannot be taken");
            }, mutex);
        });
        all.put("resize of a semaphore with one who waits", () -> {
            var semaphore = new WeightedSemaphore(1);
            semaphore.acquire(1);
            var partner = new Partner(() -> semaphore.acquire(1));
            return on(semaphore, () -> semaphore.resize(2), failed -> {
                partner.ends(failed, () -> semaphore.resize(2));
                semaphore.release(2);
                check(semaphore.available() == 2, "%d are free", semaphore.available());
            }, semaphore);
        });
        all.put("abandon with two who wait", () -> {
            Chan<Integer> chan = Chan.unbuffered();
            Overflows.Body send = () -> {
                try {
                    chan.send(1);
                } catch (ChanClosedException e) {
                    check(e.isAbandoned(), "%s", e);
                }
            };
            var one = new Partner(send);
            var two = new Partner(send);
            return on(chan, () -> chan.abandon("over"), failed -> {
                one.ends(failed, () -> chan.abandon("over"));
                two.ends(false, () -> {});
                check(chan.isClosed() && chan.snapshot().blockedSenders() == 0, "not closed");
            }, chan);
        });
        all.put("send of a broadcast to two who wait", () -> {
            var broadcast = new Broadcast<Integer>();
            var first = broadcast.subscribe(m -> m.unbuffered());
            var second = broadcast.subscribe(m -> m.buffered(1));
            var one = new Partner(first::receive);
            var two = new Partner(second::receive);
            return on(broadcast, () -> broadcast.send(1), failed -> {
                // Who has the value leaves, or the next send would wait for it.
                if (one.isOver(failed ? 2 : 3_000)) {
                    first.abandon("");
                }
                if (two.isOver(failed ? 2 : 3_000)) {
                    second.abandon("");
                }
                one.ends(failed, () -> broadcast.send(2));
                two.ends(failed, () -> broadcast.send(2));
                first.abandon("");
                second.abandon("");
                check(broadcast.subscribers() == 0 && broadcast.snapshot().waitingSenders() == 0, "%s", broadcast);
            }, broadcast);
        });
        all.put("subscription and its end", () -> {
            var broadcast = new Broadcast<Integer>();
            var made = new ArrayList<ReceiveChan<Integer>>(1);
            return on(broadcast, () -> {
                made.add(broadcast.subscribe(m -> m.unbuffered()));
                made.getFirst().abandon("");
            }, failed -> {
                if (failed) {
                    made.forEach(it -> it.abandon("")); // it did not get so far
                }
                // One that nobody has would hold this send back for ever.
                try (var ctx = Context.background().withTimeout(Duration.ofSeconds(3))) {
                    broadcast.send(ctx, 1);
                }
            }, broadcast);
        });
    }

    private static void groups(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("fork", () -> {
            var ran = new AtomicInteger();
            return on(ran, () -> {
                try (var group = TaskGroup.open(Context.background())) {
                    var forked = group.fork(_ -> ran.incrementAndGet());
                    group.join();
                    check(forked.get() == 1, "%s", forked);
                }
            }, failed -> check(failed || ran.get() == 1, "ran %d times", ran.get()));
        });
        all.put("fork beyond the limit", () -> {
            var group = TaskGroup.open(Context.background()).limit(1);
            return on(group, () -> group.tryFork(_ -> 1), _ -> {
                // A place that was lost would keep this one waiting for ever.
                var partner = Thread.ofPlatform().daemon().start(() -> group.go(_ -> {}));
                check(partner.join(Duration.ofSeconds(3)), "the place is lost");
                group.join();
            });
        });
        all.put("flight", () -> {
            var flight = new SingleFlight<Integer, Integer>();
            return on(flight, () -> {
                int got = flight.get(Context.background(), 1, _ -> 7);
                check(got == 7, "%d", got);
            }, _ -> {
                eventually("a flight is left", () -> flight.flights() == 0);
                check(flight.get(Context.background(), 1, _ -> 8) == 8, "not 8");
            });
        });
        all.put("flight that another waits for is left", () -> {
            var flight = new SingleFlight<Integer, Integer>();
            var land = Context.background().withCancel();
            var partner = new Partner(() -> check(flight.get(Context.background(), 1, _ -> {
                land.awaitDone();
                return 7;
            }) == 7, "not 7"));
            return on(flight, () -> {
                try (var ctx = Context.background().withTimeout(Duration.ofNanos(100_000))) {
                    flight.get(ctx, 1, _ -> 8);
                    check(false, "has waited");
                } catch (dev.millrace.context.ContextException e) {
                    check(e.isTimeout(), "%s", e);
                }
            }, _ -> {
                check(!partner.isOver(1), "ended early");
                land.cancel();
                partner.ends(false, () -> {});
                eventually("a flight is left", () -> flight.flights() == 0);
            });
        });
    }

    private static void regions(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("interrupted region", () -> {
            var ctx = Context.background().withCancel();
            var child = ctx.withCancel();
            var thread = new Thread[1];
            return on(ctx, () -> {
                thread[0] = Thread.currentThread();
                Interruptible.run(child, () -> {});
            }, _ -> {
                check(listeners(child) == 0, "%d still listen", listeners(child));
                ctx.cancel();
                check(thread[0] == null || !thread[0].isInterrupted(), "interrupted after the region");
            }, node(ctx), node(child));
        });
        all.put("interrupted region whose context ends", () -> {
            var ctx = Context.background().withCancel();
            return on(ctx, () -> Interruptible.run(ctx, ctx::cancel), _ -> {
                ctx.cancel();
                check(ctx.isDone() && listeners(ctx) == 0, "%d still listen", listeners(ctx));
            }, node(ctx));
        });
        all.put("after-func registered and stopped", () -> {
            var ctx = Context.background().withCancel();
            var ran = new AtomicInteger();
            var stopped = new AtomicInteger();
            return on(ctx, () -> {
                if (ctx.afterFunc(ran::getAndIncrement).stop()) {
                    stopped.set(1);
                }
            }, failed -> {
                ctx.cancel();
                check(ctx.isDone(), "not done");
                check(failed || (stopped.get() == 1 && ran.get() == 0), "stopped %d, ran %d", stopped.get(), ran.get());
            }, node(ctx));
        });
    }

    private static void times(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("alarm set, set anew and stopped", () -> {
            int before = timers();
            var made = new Alarm[1];
            return on(made, () -> {
                try (var alarm = Alarm.in(HOUR)) {
                    made[0] = alarm;
                    alarm.reset(HOUR);
                    check(alarm.stop(), "was not set");
                }
            }, failed -> {
                if (failed && made[0] != null) {
                    made[0].close(); // it did not get so far
                }
                check(failed && made[0] == null || timers() <= before, "%d timers, and there were %d", timers(),
                        before);
                Alarm.in(Duration.ofNanos(1_000)).fired().receive();
            }, Scheduler.real());
        });
        all.put("ticker set anew and stopped", () -> {
            var ticker = Ticker.every(HOUR);
            return on(ticker, () -> {
                ticker.reset(Duration.ofMinutes(30));
                ticker.stop();
            }, _ -> {
                ticker.reset(Duration.ofNanos(50_000));
                ticker.ticks().receive();
                ticker.close();
            }, Scheduler.real());
        });
        all.put("wait for a rate limiter", () -> {
            var limiter = RateLimiter.every(Duration.ofNanos(200_000), 1);
            return on(limiter, () -> {
                limiter.await(Context.background());
                limiter.await(Context.background());
            }, _ -> {
                try (var ctx = Context.background().withTimeout(Duration.ofSeconds(3))) {
                    limiter.await(ctx);
                }
                check(limiter.tokens() <= 1, "%s", limiter);
            }, Scheduler.real());
        });
    }

    private static int timers() {
        return Scheduler.real().timersSet().size();
    }

    private static int listeners(Context ctx) {
        return ContextBase.nodeOf(ctx).listeners();
    }

    private static void eventually(String not, java.util.function.BooleanSupplier question) {
        long start = System.nanoTime();
        while (!question.getAsBoolean()) {
            check(Run.since(start) < 3_000_000_000L, "%s", not);
            LockSupport.parkNanos(50_000);
        }
    }
}
