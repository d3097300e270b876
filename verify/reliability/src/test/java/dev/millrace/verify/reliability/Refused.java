package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import dev.millrace.internal.Gate;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Case 41, one part of it forced: the JVM refuses to make a thread runnable, as it does with an exhausted heap when a carrier's queue cannot grow. That thread
/// is lost. Those who stand behind it are woken, and who wakes them is told of no failure: what it was to do is done.
///
/// The thread has a scheduler of its own, which only the JDK can give it.
final class Refused {
    private static final int OTHERS = 3;

    /// Several wait, and then all are to be woken.
    private enum Kind {
        WAIT_GROUP {
            private final WaitGroup wg = new WaitGroup();

            @Override
            void prepare() {
                wg.add(1);
            }

            @Override
            void waits() {
                wg.await();
            }

            @Override
            void wakes() {
                wg.done();
            }
        },
        CLOSED_CHANNEL {
            private final Chan<Integer> chan = Chan.unbuffered();

            @Override
            void waits() {
                chan.next();
            }

            @Override
            void wakes() {
                chan.close();
            }
        },
        SENDS {
            private final Chan<Integer> chan = Chan.unbuffered();

            @Override
            void waits() {
                chan.receive();
            }

            @Override
            void wakes() {
                for (int i = 0; i <= OTHERS; i++) {
                    chan.send(i);
                }
            }
        },
        CONDITION {
            private final Mutex mu = new Mutex();
            private final Cond cond = new Cond(mu);

            @Override
            void waits() {
                mu.lock();
                cond.await();
                mu.unlock();
            }

            @Override
            void wakes() {
                cond.broadcast();
            }
        },
        READERS {
            private final RWMutex mu = new RWMutex();

            @Override
            void prepare() {
                mu.lock();
            }

            @Override
            void waits() {
                mu.rLock();
                mu.rUnlock();
            }

            @Override
            void wakes() {
                mu.unlock();
            }
        },
        CONTEXT {
            private final CancellableContext ctx = Context.background().withCancel();

            @Override
            void waits() {
                ctx.awaitDone();
            }

            @Override
            void wakes() {
                ctx.close();
            }
        },
        GATE {
            private final Gate gate = new Gate();
            private final List<Thread> held = new ArrayList<>();

            @Override
            void waits() {
                synchronized (held) {
                    held.add(Thread.currentThread());
                }
                LockSupport.park();
            }

            @Override
            void wakes() {
                gate.shut();
                synchronized (held) {
                    held.forEach(gate::hold);
                }
                gate.open();
            }
        };

        void prepare() {}

        abstract void waits();

        abstract void wakes();
    }

    private Refused() {}

    static void run(Run run) throws Exception {
        var reported = new AtomicInteger();
        Go.failurePolicy(FailurePolicy.handler((_, failure) -> {
            if (failure instanceof RejectedExecutionException) {
                reported.getAndIncrement();
            }
        }));
        for (Kind kind : Kind.values()) {
            kind.prepare();
            var refuses = new AtomicBoolean();
            Thread lost = asleep(run, refused(refuses, kind::waits));
            var others = new ArrayList<Thread>();
            for (int i = 0; i < OTHERS; i++) {
                boolean faulty = run.broken() && i == 1;
                others.add(asleep(run,
                        faulty ? refused(refuses, kind::waits) : Thread.ofVirtual().unstarted(kind::waits)));
            }
            refuses.set(true);
            kind.wakes(); // throws nothing
            for (Thread other : others) {
                run.until(kind + ": somebody behind it is forgotten", () -> !other.isAlive());
            }
            check(lost.isAlive(), "%s: it was not refused", kind);
        }
        int all = Kind.values().length;
        run.until("each refusal is reported", () -> reported.get() == all);
        figure("41: a wake-up refused by the JVM, %d kinds: %d others each woken, each refusal reported", all, OTHERS);
    }

    /// Starts it and waits until it sleeps: they stand in this order.
    private static Thread asleep(Run run, Thread thread) throws Exception {
        thread.start();
        run.until("it sleeps", () -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    /// A virtual thread that cannot be made runnable once `refuses` says so.
    private static Thread refused(AtomicBoolean refuses, Runnable body) throws Exception {
        var carrier = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        Executor scheduler = task -> {
            if (refuses.get()) {
                throw new RejectedExecutionException("Queue capacity exceeded");
            }
            carrier.execute(task);
        };
        var make = Class.forName("java.lang.ThreadBuilders").getDeclaredMethod("newVirtualThread", Executor.class,
                String.class, int.class, Runnable.class);
        make.setAccessible(true);
        return (Thread) make.invoke(null, scheduler, "refused", 0, body);
    }
}
