package dev.millrace.group;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskGroupLimitTest {
    private final CountDownLatch gate = new CountDownLatch(1);

    private static TaskGroup open() {
        return TaskGroup.open(Context.background());
    }

    @Test
    @Item({"EG-07"})
    @Hazard(30)
    void limit_thousandTasks_isNeverExceeded() throws Exception {
        var active = new AtomicInteger();
        var most = new AtomicInteger();
        try (var group = open().limit(3)) {
            for (int i = 0; i < 1000; i++) {
                group.go(_ -> {
                    most.accumulateAndGet(active.incrementAndGet(), Math::max);
                    Thread.yield();
                    active.decrementAndGet();
                });
            }
            group.join();
        }
        assertTrue(most.get() <= 3, "ran at once: " + most);
        assertTrue(most.get() >= 1);
    }

    @Test
    @Item({"EG-07"})
    void go_atTheLimit_waitsForAPlace() throws Exception {
        try (var group = open().limit(1)) {
            group.go(_ -> gate.await());
            var ran = new CountDownLatch(1);
            Thread starter = Thread.startVirtualThread(() -> group.go(_ -> ran.countDown()));
            Until.waits(starter);
            assertEquals(1, ran.getCount());
            gate.countDown();
            assertTrue(ran.await(20, TimeUnit.SECONDS));
            Until.ended(starter);
            group.join();
        }
    }

    @Test
    @Item({"EG-08"})
    void tryGo_atTheLimit_isFalseAndTrueAfter() throws Exception {
        try (var group = open().limit(2)) {
            assertTrue(group.tryGo(_ -> gate.await()));
            assertTrue(group.tryFork(_ -> {
                gate.await();
                return 1;
            })
                    .isPresent());
            assertFalse(group.tryGo(_ -> {}));
            assertEquals(Optional.empty(), group.tryFork(_ -> 1));
            gate.countDown();
            Until.until("a place is free", () -> group.tryGo(_ -> {}));
            group.join();
        }
    }

    @Test
    @Item({"EG-08"})
    void tryGo_limitZero_isAlwaysFalse() throws Exception {
        try (var group = open().limit(0)) {
            for (int i = 0; i < 10; i++) {
                assertFalse(group.tryGo(_ -> {}));
            }
            group.join();
            group.limit(1);
            assertTrue(group.tryGo(_ -> {}));
            group.join();
        }
    }

    @Test
    @Item({"EG-09"})
    void limit_whileTasksRun_isRefusedWithTheirNumber() throws Exception {
        try (var group = open()) {
            group.go(_ -> gate.await());
            group.go(_ -> gate.await());
            assertEquals(
                    "errgroup: modify limit while 2 goroutines in the group are still active",
                    assertThrows(IllegalStateException.class, () -> group.limit(5)).getMessage());
            group.limit(-1);
            assertTrue(group.tryGo(_ -> {}));
            gate.countDown();
            group.join();
            group.limit(5);
            group.limit(2);
            group.limit(-1);
            for (int i = 0; i < 10; i++) {
                assertTrue(group.tryGo(_ -> {}));
            }
            group.join();
        }
    }

    @Test
    @Item({"EG-09"})
    void limit_negativeAtTheLimit_letsTheWaitingGoOn() throws Exception {
        try (var group = open().limit(1)) {
            group.go(_ -> gate.await());
            var ran = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                Until.waits(Thread.startVirtualThread(() -> group.go(_ -> ran.countDown())));
            }
            group.limit(-1);
            assertTrue(ran.await(20, TimeUnit.SECONDS));
            gate.countDown();
            group.join();
            group.limit(1);
            assertTrue(group.tryGo(_ -> {}), "all places were given back");
            group.join();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 5})
    void limit_raisedFromZero_letsTheWaitingGoOn(int raised) throws Exception {
        try (var group = open().limit(0)) {
            var ran = new CountDownLatch(2);
            var first = Thread.startVirtualThread(() -> group.go(_ -> ran.countDown()));
            var second = Thread.startVirtualThread(() -> group.go(_ -> ran.countDown()));
            Until.waits(first);
            Until.waits(second);
            group.limit(raised);
            Until.ended(first);
            Until.ended(second);
            assertTrue(ran.await(20, TimeUnit.SECONDS));
            group.join();
            assertTrue(group.tryGo(_ -> {}));
        } finally {
            gate.countDown();
        }
    }

    @Test
    void limit_ofMore_keepsPlacesRight() throws Exception {
        try (var group = open().limit(1)) {
            group.go(_ -> {});
            group.join();
            group.limit(2);
            assertTrue(group.tryGo(_ -> gate.await()));
            assertTrue(group.tryGo(_ -> gate.await()));
            assertFalse(group.tryGo(_ -> {}));
            gate.countDown();
            group.join();
        }
    }

    @Test
    void go_interruptedAtTheLimit_throwsKeepsTheFlagAndTakesNoPlace() throws Exception {
        try (var group = open().limit(1)) {
            group.go(_ -> gate.await());
            var ran = new AtomicBoolean();
            var flag = new AtomicBoolean();
            var thrown = new AtomicReference<Throwable>();
            Thread starter = Thread.startVirtualThread(() -> {
                thrown.set(assertThrows(Throwable.class, () -> group.go(_ -> ran.set(true))));
                flag.set(Thread.currentThread().isInterrupted());
            });
            Until.waits(starter);
            starter.interrupt();
            Until.ended(starter);
            assertAll(
                    () -> assertInstanceOf(InterruptedWaitException.class, thrown.get()),
                    () -> assertTrue(flag.get()),
                    () -> assertTrue(group.toString().contains("1 running"), group.toString()));
            gate.countDown();
            group.join();
            assertFalse(ran.get());
            assertTrue(group.tryGo(_ -> {}), "the place is free");
            group.join();
        }
    }

    @Test
    void go_atTheLimitWhenTheGroupCloses_isRefused() throws Exception {
        var group = open().limit(1);
        group.go(_ -> gate.await());
        var thrown = new AtomicReference<Throwable>();
        var ran = new AtomicBoolean();
        Thread starter = Thread.startVirtualThread(
                () -> thrown.set(assertThrows(Throwable.class, () -> group.go(_ -> ran.set(true)))));
        Until.waits(starter);
        Thread closer = Thread.startVirtualThread(group::close);
        group.context().awaitDone();
        gate.countDown();
        Until.ended(closer);
        Until.ended(starter);
        assertInstanceOf(IllegalStateException.class, thrown.get());
        assertFalse(ran.get());
    }
}
