package dev.millrace.isolation;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.internal.ManualScheduler.Started;
import dev.millrace.sync.SyncError;
import dev.millrace.sync.WaitGroup;
import dev.millrace.verify.Item;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A wait group belongs to whoever has made its counter leave zero, until it is zero again.
class WaitGroupOwnerTest {
    private static final WaitGroup OF_ALL_TESTS = new WaitGroup();

    private final ManualScheduler a = new ManualScheduler("A");
    private final ManualScheduler b = new ManualScheduler("B");

    @AfterEach
    void countOfRunnable_neverWentBelowZero() {
        assertEquals(0, a.lowest());
        assertEquals(0, b.lowest());
    }

    private static void fatal(String text, Runnable body) {
        var refusal = assertThrows(SyncError.class, body::run);
        assertTrue(refusal.getMessage().contains(text), refusal.getMessage());
    }

    @Test
    @Item("ST-19")
    void add_insideAndThenOutside_isFatalAndChangesNothing() {
        var wg = new WaitGroup();
        a.run(() -> {
            wg.add(2);
            wg.add(1); // it stays whose it is
            wg.done();
        });
        fatal("fatal error: sync: WaitGroup.Add called from inside and outside of a bubble: the counter is 2, of bubble A, "
                + "and 1 was to be added on thread", () -> wg.add(1));
        fatal("and -1 was to be added on thread", wg::done);
        assertEquals(2, wg.count());
        a.run(() -> wg.add(-2));
        wg.add(1);
        assertEquals(1, wg.count());
    }

    @Test
    @Item("ST-19")
    void add_outsideAndThenInside_isFatalAndChangesNothing() {
        var wg = new WaitGroup();
        wg.add(1);
        a.run(() -> {
            fatal("inside and outside of a bubble: the counter is 1, of no bubble, and 1 was to be added on goroutine",
                    () -> wg.add(1));
            fatal("which is in bubble A", wg::done);
        });
        assertEquals(1, wg.count());
        wg.done();
        a.run(() -> wg.add(1));
    }

    @Test
    @Item("ST-19")
    void add_inTwoBubbles_isFatalUnlessItWasZeroBetween() {
        var wg = new WaitGroup();
        a.run(() -> wg.add(1));
        b.run(() -> fatal("WaitGroup.Add called from multiple bubbles: the counter is 1, of bubble A",
                () -> wg.add(1)));
        b.run(() -> fatal("multiple bubbles", () -> wg.go(() -> {})));
        assertEquals(1, wg.count());
        a.run(wg::done);
        b.run(() -> wg.add(1));
        a.run(() -> fatal("of bubble B", wg::done));
        b.run(wg::done);
    }

    @Test
    @Item({"ST-18", "ST-19"})
    void group_ofAllTests_isUsedByOneAfterAnother() throws Exception {
        for (int i = 0; i < 3; i++) {
            for (ManualScheduler time : new ManualScheduler[] {a, b}) {
                var bubble = time.go(() -> {
                    OF_ALL_TESTS.go(() -> Context.background().sleep(ofSeconds(5)));
                    OF_ALL_TESTS.await();
                });
                time.advance(ofSeconds(5)); // the wait counts: else the clock would not move
                time.awaitIdle();
                bubble.check();
            }
            var done = Thread.ofVirtual().start(() -> {
                OF_ALL_TESTS.go(() -> {});
                OF_ALL_TESTS.await();
            });
            Until.ended(done);
            assertEquals(0, OF_ALL_TESTS.count());
        }
    }

    @Test
    void await_fromOutside_waitsAndDoesNotCount() throws Exception {
        var wg = new WaitGroup();
        a.run(() -> wg.add(1));
        var outside = Thread.ofVirtual().start(wg::await);
        var other = b.go(wg::await);
        Until.waits(outside);
        Until.waits(other.thread());
        assertEquals(0, a.runnable());
        assertEquals(1, b.runnable(), "it does not count in B, whose clock must not go on");
        a.run(wg::done);
        Until.ended(outside);
        b.awaitIdle();
        other.check();
    }

    @Test
    @Item("ST-18")
    void await_insideWhatWasAddedOutside_doesNotCount() throws Exception {
        var wg = new WaitGroup();
        wg.add(1);
        Started waiter = a.go(wg::await);
        Until.waits(waiter.thread());
        assertEquals(1, a.runnable());
        wg.done();
        a.awaitIdle();
        waiter.check();
    }

    /// Bubbles and threads of none use one group in turn, as fast as they can; each is refused or has it for itself.
    @Test
    @Item("ST-19")
    void group_fromEverywhereAtOnce_isOneUsersAtATime() throws Exception {
        var wg = new WaitGroup();
        var inUse = new AtomicReference<Object>();
        var had = new AtomicInteger();
        var refused = new AtomicInteger();
        class User {
            void use(Object me) {
                for (int i = 0; i < 3_000; i++) {
                    try {
                        wg.add(1);
                    } catch (SyncError e) {
                        refused.incrementAndGet();
                        Thread.yield();
                        continue;
                    }
                    assertTrue(inUse.compareAndSet(null, me), "two have it");
                    had.incrementAndGet();
                    inUse.set(null);
                    wg.done();
                    wg.await();
                }
            }
        }
        var user = new User();
        Started inA = a.go(() -> user.use("A"));
        Started inB = b.go(() -> user.use("B"));
        a.awaitIdle();
        b.awaitIdle();
        Until.ended(inA.thread());
        Until.ended(inB.thread());
        inA.check();
        inB.check();
        assertEquals(6_000, had.get() + refused.get());
        assertEquals(0, wg.count());
    }

    @Test
    void overflowAndNegative_areStillRefused() {
        a.run(() -> {
            var wg = new WaitGroup();
            assertThrows(IllegalStateException.class, wg::done);
            wg.add(Integer.MAX_VALUE);
            var refusal = assertThrows(IllegalStateException.class, () -> wg.add(1));
            assertTrue(refusal.getMessage().startsWith("sync: WaitGroup counter overflow"), refusal.getMessage());
            assertEquals(Integer.MAX_VALUE, wg.count());
            wg.add(-Integer.MAX_VALUE);
            wg.add(0);
        });
        assertThrows(IllegalStateException.class, () -> new WaitGroup().done());
    }

    /// Group, once and delayed call belong to who made them, whoever counts.
    @Test
    void countersOfOtherThings_areNotSharedOut() throws Exception {
        var group = dev.millrace.group.TaskGroup.open(Context.background());
        group.go(_ -> {});
        a.run(() -> group.go(_ -> {})); // one from outside used inside: works
        group.join();
        group.close();
        var once = new dev.millrace.sync.Once();
        var go = Chan.<Integer>unbuffered();
        Started running = a.go(() -> once.run(() -> assertEquals(1, go.receive())));
        Until.until("it runs", () -> !once.snapshot().runner().isEmpty());
        var waiting = Thread.ofVirtual().start(() -> once.run(() -> {}));
        Until.until("it waits", () -> once.snapshot().waiting() == 1);
        go.send(1);
        Until.ended(waiting);
        a.awaitIdle();
        running.check();
    }
}
