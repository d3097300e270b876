package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.isScarcity;
import static dev.millrace.verify.explore.Scarcity.listen;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.group.ContextCall;
import dev.millrace.group.Forked;
import dev.millrace.group.Harvest;
import dev.millrace.group.Outcome;
import dev.millrace.group.Race;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.pipeline.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Operations of groups, flights and pipelines for which there is no memory.
final class ScarceGroups {
    private ScarceGroups() {}

    /// One fails, the other waits for the end: whatever memory there was, the join hears of a failure, and ends.
    static void failing() throws Exception {
        listen();
        TaskGroup group = made(() -> TaskGroup.open(Context.background()));
        done(() -> group.go(c -> c.awaitDone()));
        done(() -> group.go("fails", c -> {
            throw new IllegalStateException("planned");
        }));
        boolean failed = false;
        try {
            group.join();
        } catch (IllegalStateException | OutOfMemoryError e) {
            failed = true;
        }
        check(failed, "joined, and nobody has failed");
        try {
            done(group::close);
        } catch (IllegalStateException | OutOfMemoryError e) {
            // what the join did not tell
        }
        check(made(group::failures).stream()
                .anyMatch(f -> f instanceof IllegalStateException || f instanceof OutOfMemoryError), "not among them");
    }

    static void forked() throws Exception {
        listen();
        TaskGroup group = made(() -> TaskGroup.open(Context.background(), TaskGroup.Mode.COLLECT_ALL));
        made(() -> group.limit(1));
        Forked<Integer> one = made(() -> group.fork("one", c -> 1));
        done(() -> one.done().await());
        check(one.isDone(), "not done");
        var tried = made(() -> group.tryFork(c -> 2));
        boolean failed = false;
        try {
            done(group::join);
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        try {
            done(group::close);
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        check(failed || made(one::get) == 1, "not 1");
        check(failed || tried.isEmpty() || made(() -> tried.get().get()) == 2, "not 2");
    }

    /// A group at its limit: who waits for a place gets it.
    static void limited() throws Exception {
        listen();
        TaskGroup group = made(() -> TaskGroup.open(Context.background()));
        made(() -> group.limit(1));
        var ran = made(AtomicInteger::new);
        boolean failed = false;
        for (int i = 0; i < 3; i++) {
            done(() -> group.go(c -> ran.incrementAndGet()));
        }
        try {
            group.join(Context.background());
            group.close();
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        check(failed || ran.get() == 3, "ran " + ran.get());
    }

    static void race() throws Exception {
        listen();
        List<ContextCall<Integer>> tasks = List.of(c -> 1, c -> {
            c.sleep(Duration.ofHours(1));
            return 2;
        });
        try {
            int first = made(() -> Race.first(Context.background(), tasks)); // the second one's when the first had no memory
            check(first == 1 || first == 2, "not 1 or 2");
        } catch (Exception e) {
            check(isScarcity(e) || has(e), "failed for what?");
        }
    }

    private static boolean has(Throwable t) {
        for (Throwable s : t.getSuppressed()) {
            if (isScarcity(s)) {
                return true;
            }
        }
        return false;
    }

    static void harvest() throws Exception {
        listen();
        List<ContextCall<Integer>> tasks = List.of(c -> 1, c -> 2);
        int sum = 0;
        boolean failed = false;
        for (Outcome<Integer> outcome : made(() -> Harvest.by(Context.background(), tasks))) {
            sum += outcome instanceof Outcome.Success<Integer>(Integer value) ? value : 0;
            failed |= outcome instanceof Outcome.Failure<Integer>(Throwable t) && isScarcity(t);
        }
        check(sum == 3 || failed, "sum " + sum);
    }

    static void flight() throws Exception {
        listen();
        SingleFlight<String, Integer> flights = made(SingleFlight::new);
        var a = go("a", () -> check(made(() -> flights.get(Context.background(), "k", c -> 1)) == 1, "not 1"));
        check(made(() -> flights.run(Context.background(), "k", c -> 1)).value() == 1, "not 1");
        Suite.join(a);
        check(made(flights::flights) == 0 && made(flights::snapshot).waiting() == 0, "still in the air");
    }

    static void flightIntoChannel() throws Exception {
        listen();
        SingleFlight<String, Integer> flights = made(() -> new SingleFlight<>("f"));
        var chan = made(() -> flights.start(Context.background(), "k", c -> 1));
        var landed = made(chan::receive);
        check(landed.outcome() instanceof Outcome.Success<Integer>(Integer value) ? value == 1
                : landed.outcome() instanceof Outcome.Failure<Integer>(Throwable t) && isScarcity(t), "not 1");
        done(() -> flights.forget("k"));
        check(made(flights::flights) == 0, "still in the air");
    }

    /// Who leaves is told, and the flight that nobody waits for is ended.
    static void flightLeft() throws Exception {
        listen();
        SingleFlight<String, Integer> flights = made(SingleFlight::new);
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var over = made(Chan::<Integer>unlimited);
        var a = go("a", () -> {
            try {
                made(() -> flights.get(ctx, "k", c -> {
                    c.awaitDone();
                    over.send(1);
                    return 1;
                }));
            } catch (Exception e) {
                check(ctx.isDone(), "not done");
            }
        });
        done(ctx::cancel);
        Suite.join(a);
        check(made(flights::flights) == 0, "still in the air");
    }

    private static int sum(ReceiveChan<Integer> out) throws Exception {
        int sum = 0;
        for (;;) {
            try {
                sum += made(out::receive);
            } catch (ChanClosedException e) {
                check(e.getCause() == null || isScarcity(e), "closed by whom?");
                return e.getCause() == null ? sum : -1;
            }
        }
    }

    /// A stage that has no memory closes its output with that.
    static void pipeline() throws Exception {
        listen();
        Chan<Integer> in = made(Chan::unlimited);
        done(() -> in.send(1));
        done(() -> in.send(2));
        done(in::close);
        var doubled = made(() -> Pipeline.map(Context.background(), in, (c, v) -> 2 * v));
        int sum = sum(doubled);
        check(sum == 6 || sum == -1, "sum " + sum);
    }

    static void merge() throws Exception {
        listen();
        Chan<Integer> one = made(Chan::unlimited);
        Chan<Integer> two = made(Chan::unlimited);
        done(() -> one.send(1));
        done(() -> two.send(2));
        done(one::close);
        done(two::close);
        var merged = made(() -> Pipeline.merge(Context.background(), List.of(one, two)));
        int sum = sum(merged);
        check(sum == 3 || sum == -1, "sum " + sum);
    }

    static void batch() throws Exception {
        listen();
        Chan<Integer> in = made(Chan::unlimited);
        done(() -> in.send(1));
        done(in::close);
        var batches = made(() -> Pipeline.batch(Context.background(), in, 2, Duration.ofHours(1)));
        try {
            check(made(batches::receive).equals(List.of(1)), "not 1");
            made(batches::receive);
            throw new AssertionError("received");
        } catch (ChanClosedException e) {
            check(e.getCause() == null || isScarcity(e), "closed by whom?");
        }
    }
}
