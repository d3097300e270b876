package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.group.Quorum;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.Uncaught;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Groups, after-funcs, broadcasts, selects: what several do for one purpose.
final class WaitingGroupProtocols {
    private WaitingGroupProtocols() {}

    // Groups.

    /// The first limit is set while a task is started: from then on there is one at a time.
    static void limitWhileOneStarts() throws Exception {
        limitWhileOneStarts(TaskGroup.open(Context.background()).limit(-1), false);
    }

    /// The same, when there was a limit before.
    static void limitOnceMore() throws Exception {
        limitWhileOneStarts(TaskGroup.open(Context.background()).limit(1), true);
    }

    private static void limitWhileOneStarts(TaskGroup group, boolean before) throws Exception {
        var running = new AtomicInteger();
        Suite.Body start = () -> group.go(c -> {
            check(running.incrementAndGet() == 1, "more than the limit");
            Thread.yield();
            running.decrementAndGet();
        });
        var a = go("a", start);
        Thread.yield();
        boolean limited = true;
        try {
            group.limit(1);
        } catch (IllegalStateException e) {
            limited = before; // a task is active, and nothing is changed
        }
        if (limited) {
            start.run();
        }
        Suite.join(a);
        group.join();
        group.close();
    }

    /// What the context says is what the join throws.
    static void firstFailureIsTheCause() throws Exception {
        var group = TaskGroup.open(Context.background());
        for (int i = 0; i < 2; i++) {
            group.go(c -> {
                throw new IllegalStateException("so");
            });
        }
        try {
            group.join();
            throw new AssertionError("no failure");
        } catch (IllegalStateException e) {
            check(group.context().cause() == e, "the cause is not the first failure");
        }
    }

    /// Who waits for a place hears of the close at once: the task that has the place waits for that.
    static void closeTellsWhoWaits() throws Exception {
        var group = TaskGroup.open(Context.background()).limit(1);
        var refused = new WaitGroup();
        refused.add(1);
        group.go(c -> refused.await());
        var a = go("a", () -> {
            try {
                group.go(c -> {});
                throw new AssertionError("more than the limit");
            } catch (IllegalStateException e) {
                refused.done();
            }
        });
        group.close();
        Suite.join(a);
    }

    /// A task for which there is no thread leaves its place to the next.
    static void taskWithoutThread() throws Exception {
        var own = OwnScheduler.withoutThreads();
        own.run(() -> {
            var group = TaskGroup.open(Context.background()).limit(1);
            for (int i = 0; i < 2; i++) {
                try {
                    check(group.tryGo(c -> {}), "the place of a task that was not started is taken");
                    throw new AssertionError("started without a thread");
                } catch (OutOfMemoryError e) {
                    // not started
                }
            }
            group.join();
            group.close();
        });
    }

    static void quorumEndsTheOthers() throws Exception {
        var results = Quorum.of(Context.background(), 1, List.of(c -> 1, c -> {
            c.awaitDone();
            throw new IllegalStateException("so");
        }));
        check(results.equals(List.of(1)), "results " + results);
    }

    // After-funcs.

    /// An action for which there is no thread has ended: who waits for it goes on.
    static void actionWithoutThread() throws Exception {
        Uncaught.set((goroutine, failure) -> {}); // it is reported
        var own = OwnScheduler.withoutThreads();
        var made = new CancellableContext[1];
        var registered = new AfterFunc[1];
        own.run(() -> {
            made[0] = Context.background().withCancel();
            registered[0] = made[0].afterFunc(() -> {});
        });
        var a = own.go("a", registered[0]::await);
        own.run(made[0]::cancel);
        Suite.join(a);
        own.run(registered[0]::close);
        check(registered[0].isStarted(), "not started");
    }

    // Broadcasts.

    static void subscriberLeavesAtOnce() throws Exception {
        var all = new Broadcast<Integer>();
        var one = all.subscribe(kind -> kind.buffered(1));
        var sender = go("sender", () -> all.send(1));
        one.abandon("enough");
        Suite.join(sender);
        check(all.subscribers() == 0, "subscribers " + all.subscribers());
        all.close();
    }

    /// A subscriber whose channel was closed by himself is found by the next send.
    static void subscriberIsFoundClosed() throws Exception {
        var all = new Broadcast<Integer>();
        var own = new AtomicReference<Chan<Integer>>();
        all.subscribe(kind -> {
            own.set(kind.buffered(1));
            return own.get();
        });
        var two = all.subscribe(kind -> kind.buffered(1));
        var closer = go("closer", () -> own.get().close());
        Suite.join(closer);
        all.send(1);
        check(two.receive() == 1 && all.subscribers() == 1, "subscribers " + all.subscribers());
        all.close();
    }

    // Selects.

    /// Two selects number the same two locks at once, each with one of them twice; both are taken all the time.
    static void selectsNumberAtOnce() throws Exception {
        var one = new Mutex();
        var two = new Mutex();
        one.lock();
        two.lock();
        var a = go("a", () -> check(poll(one, two, one) == 0, "taken, and it was not free"));
        check(poll(two, one, two) == 0, "taken, and it was not free");
        Suite.join(a);
        one.unlock();
        two.unlock();
    }

    private static int poll(Mutex first, Mutex second, Mutex third) throws Exception {
        return Select.<Integer>first().lock(first, () -> 1).lock(second, () -> 2).lock(third, () -> 3)
                .orElse(() -> 0).run();
    }
}
