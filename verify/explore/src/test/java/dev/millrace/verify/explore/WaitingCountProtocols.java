package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Countdown;
import dev.millrace.internal.Gate;
import dev.millrace.internal.GoExit;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Slots;
import dev.millrace.internal.Waiter;
import dev.millrace.testing.Bubble;
import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Waits for a count, for a place, for a gate; and what a bubble needs to know of a wait.
final class WaitingCountProtocols {
    private WaitingCountProtocols() {}

    // Counts.

    /// One that belongs to whoever makes it leave 0.
    private static final class Shared extends Countdown {
        Shared() {
            super("test");
        }

        @Override
        protected boolean isShared() {
            return true;
        }

        @Override
        protected Error strange(String message) {
            return new Refused(message);
        }
    }

    private static final class Refused extends Error {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    static void countGrowsWhileItIsReleased() throws Exception {
        countGrows(() -> {});
    }

    /// The same, when the first bubble is made meanwhile: from then on it is looked who adds.
    static void countGrowsWhileBubblesBegin() throws Exception {
        Field alone = Scheduler.class.getDeclaredField("others");
        alone.setAccessible(true);
        alone.setBoolean(null, false);
        Field unwatched = Countdown.class.getDeclaredField("unwatched");
        unwatched.setAccessible(true);
        unwatched.setLong(null, Integer.MAX_VALUE);
        countGrows(OwnScheduler::announced);
    }

    /// One counts down to what would be 0 while another counts up: who waits is released at 0, and not before.
    private static void countGrows(Suite.Body meanwhile) throws Exception {
        var counter = new Shared();
        counter.add(1);
        var counted = new AtomicBoolean(); // the second before the first was done
        var secondDone = new AtomicBoolean();
        var early = new AtomicBoolean();
        var waiter = go("waiter", () -> {
            counter.await(null);
            early.set(!secondDone.get());
        });
        var second = go("second", () -> {
            counter.add(1);
            counted.set(counter.count() == 2);
            Thread.yield();
            secondDone.set(true);
            counter.add(-1);
        });
        Thread.yield();
        meanwhile.run();
        counter.add(-1);
        Suite.join(waiter);
        Suite.join(second);
        check(counter.count() == 0 && !(counted.get() && early.get()), "released before 0, count " + counter.count());
    }

    static void countIsLeft() throws Exception {
        var counter = new Countdown("test");
        counter.add(1);
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        counter.await(ContextBase.nodeOf(ctx));
        check(counter.waiting() == 0, "waiting " + counter.waiting());
        Suite.join(canceller);
        counter.add(-1);
    }

    /// Somebody from outside waits while it goes from one bubble to another.
    static void countChangesItsBubble() throws Exception {
        var one = OwnScheduler.announced();
        var two = OwnScheduler.announced();
        var counter = new Shared();
        Suite.Body use = () -> {
            counter.add(1);
            Thread.yield();
            counter.add(-1);
        };
        var a = go("a", () -> {
            one.run(use);
            two.run(use);
        });
        Thread.yield();
        check(counter.await(null) == Countdown.ZERO, "ended by nobody");
        Suite.join(a);
        check(counter.count() == 0, "count " + counter.count());
    }

    private static void refused(Countdown counter, int delta) {
        try {
            counter.add(delta);
        } catch (Refused | IllegalStateException e) {
            return;
        }
        throw new AssertionError("not refused: " + delta);
    }

    /// What is refused has changed nothing, and keeps nobody out.
    static void countRefuses() throws Exception {
        var one = OwnScheduler.announced();
        var two = OwnScheduler.announced();
        var counter = new Shared();
        one.run(() -> {
            counter.add(1);
            refused(counter, -2);
            refused(counter, Integer.MAX_VALUE);
        });
        var a = two.go("a", () -> refused(counter, 1));
        refused(counter, 1);
        refused(counter, -1);
        Suite.join(a);
        check(counter.count() == 1, "count " + counter.count());
        one.run(() -> counter.add(-1));
        counter.add(1); // it is whose it likes again
        two.run(() -> refused(counter, -1));
        counter.add(-1);
        two.run(() -> {
            counter.add(2);
            counter.add(-1);
            counter.add(-1);
        });
        check(counter.count() == 0 && counter.await(null) == Countdown.ZERO, "count " + counter.count());
    }

    // Places.

    /// Who gives up at the moment in which there is a place has none.
    static void placeForWhoGaveUp() throws Exception {
        var slots = new Slots("test", Scheduler.real());
        slots.limit(1);
        check(slots.acquire(), "no place of one");
        var got = new AtomicInteger();
        var a = go("a", () -> got.set(slots.acquire() ? 1 : 0));
        var b = go("b", a::interrupt);
        Thread.yield();
        slots.limit(-1);
        Suite.join(a);
        Suite.join(b);
        check(slots.taken() == 1 + got.get(), "taken " + slots.taken() + ", got " + got.get());
    }

    /// Of three in line the first gives up, while a place is given to the second.
    static void placeForTheNext() throws Exception {
        var slots = new Slots("test", Scheduler.real());
        slots.limit(1);
        check(slots.acquire(), "no place of one");
        Suite.Body use = () -> {
            if (slots.acquire()) {
                slots.release();
            }
        };
        var first = go("first", use);
        var second = go("second", use);
        var third = go("third", use);
        Thread.yield();
        first.interrupt();
        slots.release();
        Suite.join(first);
        Suite.join(second);
        Suite.join(third);
        check(slots.taken() == 0 && slots.tryAcquire(), "taken " + slots.taken());
    }

    // Gates.

    private static final long SOON = 1_000_000;

    /// Whether a park goes on before its time is over. In the model none does so for no reason.
    private static boolean isWoken() {
        long before = System.nanoTime();
        LockSupport.parkNanos(SOON);
        return System.nanoTime() - before < SOON;
    }

    static void gateHoldsBack() {
        var gate = new Gate();
        gate.shut();
        gate.hold(Thread.currentThread());
        check(!isWoken(), "woken by a gate that is shut");
        gate.open();
        check(isWoken(), "not woken by a gate that is open");
        gate.hold(Thread.currentThread());
        check(isWoken(), "not woken at once by a gate that is open");
    }

    // Interrupts, bubbles.

    static void interruptAlone() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        Thread me = Thread.currentThread();
        var other = go("other", me::interrupt);
        try {
            chan.receive();
            throw new AssertionError("received from nobody");
        } catch (InterruptedWaitException e) {
            check(Thread.interrupted(), "the interrupt status is not set again");
        }
        Suite.join(other);
    }

    /// A goroutine that is ended from outside while it waits, as those are that a bubble leaves behind: nothing behind the wait is done.
    static void endedWhileItWaits() throws Exception {
        var waiter = new Waiter(Scheduler.real());
        var other = go("other", () -> {
            if (waiter.claim(Waiter.ENDED)) {
                waiter.wake();
            }
        });
        try {
            waiter.awaitUninterruptibly("the test");
            throw new AssertionError("it goes on");
        } catch (GoExit e) {
            Suite.join(other);
        }
    }

    /// In serial mode one at a time, also after waits.
    static void bubbleOneAtATime() throws Exception {
        Bubble.options().serial(1).run(b -> {
            var chan = Chan.<Integer>buffered(1);
            var inside = new AtomicInteger();
            Suite.Body use = () -> {
                check(inside.incrementAndGet() == 1, "two run at once");
                inside.decrementAndGet();
            };
            Go.go(() -> {
                chan.send(1);
                use.run();
                chan.send(2);
                use.run();
            });
            check(chan.receive() == 1, "not 1");
            use.run();
            check(chan.receive() == 2, "not 2");
            use.run();
        });
    }

    /// The same of a wait that was decided before it began: time does not pass while somebody can run.
    static void bubbleDecidedBefore() throws Exception {
        Bubble.run(b -> {
            var start = b.now();
            var chan = Chan.<Integer>unbuffered();
            Go.go(() -> {
                chan.trySend(1);
                check(b.now().equals(start), "time has passed");
            });
            Go.go(() -> chan.trySend(2));
            try (var ctx = Context.background().withTimeout(java.time.Duration.ofSeconds(1))) {
                chan.receive(ctx);
                check(b.now().equals(start), "time has passed");
            } catch (dev.millrace.context.ContextException e) {
                check(b.now().equals(start.plusSeconds(1)), "at " + b.now());
            }
        });
    }
}
