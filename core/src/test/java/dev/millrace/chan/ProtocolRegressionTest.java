package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.context.ContextSource;
import dev.millrace.go.Until;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.RealTimeScheduler;
import dev.millrace.internal.Seat;
import dev.millrace.internal.Waiter;
import dev.millrace.verify.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Faults that a review of the protocol found, each with the way that led to it.
@Timeout(60)
class ProtocolRegressionTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /// Runs `body` on a thread of its own, so that a lock that was lost fails the test and does not hang it.
    private static <T> T bounded(String what, Supplier<T> body) throws Exception {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(body.get());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        try {
            return result.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e;
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("hangs: " + what, e);
        }
    }

    /// A foreign context that runs something each time it is asked.
    private static final class Asked implements ContextSource {
        private final AtomicInteger times = new AtomicInteger();
        private volatile boolean ended;
        volatile Runnable whenAsked = () -> {};

        @Override
        public Throwable err() {
            if (ended) {
                return new CancellationCause();
            }
            times.incrementAndGet();
            whenAsked.run();
            return null; // also when it has just ended: it was asked before
        }

        @Override
        public Runnable onDone(Runnable callback) {
            return () -> {};
        }

        void end() {
            ended = true;
        }
    }

    private static final class CancellationCause extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    // A prepared selector, run again.

    @Test
    void selector_eventSwitchedOffAfterATimeout_doesNotHappen() throws Exception {
        var ctx = Context.background().withCancel();
        var quiet = Chan.<String>unbuffered();
        var select = Selector.random();
        var done = select.done(ctx);
        var got = select.receive(quiet);
        assertNull(select.await(Duration.ZERO));
        done.enabled(false);
        ctx.cancel();
        assertNull(bounded("await", () -> select.await(Duration.ofMillis(5))), "a case that does not take part");
        assertFalse(got.isClosed());
    }

    @Test
    void selector_zeroTimeoutWithSomethingReadyAtEveryInstant_findsIt() {
        var first = Chan.<String>buffered(1);
        var second = Chan.<String>buffered(1);
        var hook = new Asked();
        var event = new Asked();
        var select = Selector.ordered();
        select.receive(first);
        select.done(Context.from(hook));
        select.receive(second);
        var done = select.done(Context.from(event));
        second.send("ready first");
        hook.whenAsked = () -> { // `first` was looked at, `second` was not
            first.trySend("ready next");
            second.tryReceive();
        };
        event.whenAsked = () -> { // `second` was looked at
            event.end();
            first.tryReceive();
        };
        assertSame(done, select.await(Duration.ZERO));
    }

    @Test
    void selector_sendWithoutValue_isRefused() {
        var chan = Chan.<String>buffered(1);
        var select = Selector.random();
        select.send(chan);
        assertThrows(IllegalStateException.class, select::poll);
        assertThrows(IllegalStateException.class, () -> select.await(Duration.ZERO));
        assertEquals(0, chan.len());
        assertNull(chan.tryReceive());
    }

    // Sends that never wait.

    @Test
    void select_sendToUnlimited_isReady() {
        var chan = Chan.<Integer>unlimited();
        for (int i = 0; i < 100; i++) {
            int n = i;
            assertEquals("sent", Select.<String>first().send(chan, n, () -> "sent").orElse(() -> "full").run());
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(i, chan.receive());
        }
    }

    @Test
    void select_sendToDropping_isReadyAndDrops() {
        var lost = new ArrayList<Integer>();
        var oldest = Chan.<Integer>onUndelivered(lost::add).droppingOldest(1);
        var newest = Chan.<Integer>onUndelivered(lost::add).droppingNewest(1);
        for (int i = 0; i < 3; i++) {
            int n = i;
            assertEquals("sent", Select.<String>first().send(oldest, n, () -> "sent").orElse(() -> "full").run());
        }
        assertEquals(List.of(0, 1), lost);
        assertEquals(2, oldest.receive());
        lost.clear();
        for (int i = 0; i < 3; i++) {
            int n = i;
            assertEquals("sent", Select.<String>first().send(newest, n, () -> "sent").orElse(() -> "full").run());
        }
        assertEquals(List.of(1, 2), lost);
        assertEquals(0, newest.receive());
    }

    // A wait that fails after its partner was faster.

    /// The real scheduler, but for what happens at one wait.
    private static final class Failing extends RealTimeScheduler {
        final AtomicReference<Runnable> atNextWait = new AtomicReference<>();

        @Override
        protected Seat seat(Waiter waiter) {
            return new Seat() {
                @Override
                protected void blocked() {
                    Runnable now = atNextWait.getAndSet(null);
                    if (now != null) {
                        now.run();
                    }
                }

                @Override
                protected void unblocking() {}

                @Override
                protected void withdrawn() {}
            };
        }

        <T> CompletableFuture<T> go(Supplier<T> body) {
            var result = new CompletableFuture<T>();
            new Goroutine(this, null, null, "") {
                @Override
                protected void body() {
                    try {
                        result.complete(body.get());
                    } catch (Throwable t) {
                        result.completeExceptionally(t);
                    }
                }
            }.spawn();
            return result;
        }
    }

    @Test
    @Hazard(40)
    void receive_failsToParkAfterAValueWasHandedOver_returnsTheValue() throws Exception {
        var scheduler = new Failing();
        Chan<String> chan = scheduler.go(Chan::<String>unbuffered).get(20, TimeUnit.SECONDS);
        scheduler.atNextWait.set(() -> {
            chan.send("value");
            throw new OutOfMemoryError("planted");
        });
        assertEquals("value", scheduler.go(chan::receive).get(20, TimeUnit.SECONDS));
    }

    @Test
    @Hazard(40)
    void send_failsToParkAfterTheValueWasTaken_returns() throws Exception {
        var scheduler = new Failing();
        Chan<String> chan = scheduler.go(Chan::<String>unbuffered).get(20, TimeUnit.SECONDS);
        scheduler.atNextWait.set(() -> {
            assertEquals("value", chan.receive());
            throw new OutOfMemoryError("planted");
        });
        scheduler.go(() -> {
            chan.send("value");
            return "sent";
        })
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void receive_failsToParkAfterItWasToldToTryAgain_othersAreStillServed() throws Exception {
        var scheduler = new Failing();
        Chan<String> chan =
                scheduler.go(() -> Chan.<String>buffered(64)).get(20, TimeUnit.SECONDS);
        var second = new AtomicReference<CompletableFuture<String>>();
        scheduler.atNextWait.set(() -> {
            second.set(scheduler.go(chan::receive));
            while (chan.snapshot().blockedReceivers() < 2) {
                Thread.onSpinWait();
            }
            chan.send("a"); // two wait: the first is told to try again
            throw new OutOfMemoryError("planted");
        });
        var first = scheduler.go(chan::receive);
        Until.until("first has ended", first::isDone);
        if (!first.isCompletedExceptionally()) {
            scheduler.go(() -> {
                chan.send("b");
                return true;
            });
        }
        assertNotNull(second.get().get(20, TimeUnit.SECONDS));
    }

    // Many locks.

    @Test
    void select_waitsForOneLock_holdsUpNoOtherChannel() throws Exception {
        var free = Chan.<String>buffered(1);
        var busy = Chan.<String>buffered(1);
        ChanCore held = Chan.core((SendChan<String>) busy);
        for (var chan : List.of(free, busy)) { // gives them their numbers: `free` comes first
            var twice = Selector.random();
            twice.receive(chan);
            twice.receive(chan);
            twice.await(Duration.ZERO);
        }
        var select = Selector.random();
        select.receive(free);
        select.receive(busy);
        held.lock();
        Thread selecting;
        try {
            selecting = Thread.ofPlatform().daemon().start(() -> select.await());
            Until.waits(selecting); // for the lock
            assertTrue(bounded("trySend", () -> free.trySend("value")));
        } finally {
            held.unlock();
        }
        selecting.join(LONG);
        assertFalse(selecting.isAlive());
    }

    // Stages.

    /// Completed, and slow to say so to the first who asks.
    private static final class Slow extends CompletableFuture<String> {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger times = new AtomicInteger();

        @Override
        public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
            if (times.getAndIncrement() == 0) {
                asked.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                throw new IllegalStateException("planted");
            }
            return super.whenComplete(action);
        }
    }

    @Test
    void completed_anotherIsJustArrangingIt_isStillSeen() throws Exception {
        var stage = new Slow();
        stage.complete("value");
        var failing = Thread.ofPlatform().daemon().start(() -> assertThrows(
                IllegalStateException.class, () -> Selector.random().completed(stage)));
        assertTrue(stage.asked.await(20, TimeUnit.SECONDS));
        var select = Selector.random();
        var completed = select.completed(stage);
        try {
            assertSame(completed, select.poll());
        } finally {
            stage.goOn.countDown();
            failing.join(LONG);
        }
    }

    // Producers, sides.

    @Test
    void producers_tooManyToMake_leavesTheCount() {
        var chan = Chan.<Integer>buffered(1);
        var producer = chan.producers(1).getFirst();
        assertThrows(OutOfMemoryError.class, () -> producer.producers(Integer.MAX_VALUE));
        producer.close();
        assertTrue(chan.isClosed());
    }

    @Test
    void equals_producerAndItsChannel_isSymmetric() {
        var chan = Chan.<Integer>buffered(1);
        var producer = chan.producers(1).getFirst();
        assertEquals(producer.equals(chan), chan.equals(producer));
        assertEquals(producer.equals(chan.sendOnly()), chan.sendOnly().equals(producer));
    }
}
