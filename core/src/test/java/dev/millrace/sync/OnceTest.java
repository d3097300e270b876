package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Select;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OnceTest {
    private final Once once = new Once();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private volatile Object kept; // so that it is really made

    /// One who runs until the gate opens; it is in its body when this returns.
    private Actor running() throws Exception {
        Actor runner = Actor.go(() -> once.run(this::body));
        entered.await();
        return runner;
    }

    private void body() throws InterruptedException {
        entered.countDown();
        gate.await();
    }

    private static void waiting(Object once, int n) throws Exception {
        Until.until(n + " wait", () -> once.toString().contains("running, " + n + " waiting"));
    }

    // Once.

    @Test
    @Item({"ON-01"})
    void run_tenAtOnce_onceAndNobodyReturnsBeforeItsEnd() throws Exception {
        for (int round = 0; round < 200; round++) {
            var fresh = new Once();
            var runs = new int[1];
            var over = new AtomicBoolean();
            Actor.join(Actor.go(10, () -> {
                fresh.run(() -> {
                    runs[0]++;
                    Thread.yield();
                    over.set(true);
                });
                assertTrue(over.get(), "returned before the end");
                assertEquals(1, runs[0]);
            }));
            assertTrue(fresh.isDone());
        }
    }

    @Test
    @Item({"ON-01"})
    void run_twoThreadsAtTheSameInstant_onlyOneRuns() {
        var all = new Once[20_000];
        Arrays.setAll(all, _ -> new Once());
        var runs = new AtomicInteger();
        var ready = new AtomicInteger();
        Actor.Body body = () -> {
            for (int i = 0; i < all.length; i++) {
                ready.incrementAndGet();
                for (int spins = 0; ready.get() < 2 * (i + 1); spins++) {
                    if (spins < 10_000) {
                        Thread.onSpinWait();
                    } else {
                        Thread.yield();
                    }
                }
                all[i].run(runs::incrementAndGet);
            }
        };
        Actor.join(List.of(Actor.platform(body), Actor.platform(body)));
        assertEquals(all.length, runs.get());
    }

    @Test
    @Item({"ON-01"})
    void run_othersComeMeanwhile_waitUntilItHasEnded() throws Exception {
        Actor runner = running();
        var others = new ArrayList<Actor>();
        for (int i = 0; i < 5; i++) {
            others.add(Actor.go(() -> once.run(() -> {
                throw new AssertionError("a second run");
            })));
            others.add(Actor.platform(() -> once.run(Context.background(), () -> {
                throw new AssertionError("a second run");
            })));
        }
        waiting(once, 10);
        assertFalse(once.isDone());
        assertTrue(others.stream().noneMatch(Actor::hasEnded));
        gate.countDown();
        runner.join();
        Actor.join(others);
        assertEquals("sync.Once.Do (done)", once.toString());
    }

    @Test
    @Item({"ON-02"})
    void run_anotherBodyLater_isNotRun() throws Exception {
        var ran = new AtomicInteger();
        assertEquals("sync.Once.Do (not run yet)", once.toString());
        once.run(ran::incrementAndGet);
        once.run(() -> ran.addAndGet(10));
        once.run(Context.background(), () -> ran.addAndGet(100));
        assertEquals(1, ran.get());
    }

    @Test
    @Item({"ON-03"})
    @Hazard(36)
    void run_bodyThrows_firstCallerOnlyAndDone() throws Exception {
        var failure = new IOException("planted");
        Section<IOException> fails = () -> {
            throw failure;
        };
        assertSame(failure, assertThrows(IOException.class, () -> once.run(fails)));
        assertTrue(once.isDone());
        once.run(fails);
        once.run(Context.background(), fails);
    }

    @Test
    @Item({"ON-03"})
    void run_bodyThrowsWhileOthersWait_theseReturnNormally() throws Exception {
        var failure = new IllegalStateException("planted");
        Actor runner = Actor.go(() -> once.run(() -> {
            body();
            throw failure;
        }));
        entered.await();
        var others = Actor.go(5, () -> once.run(() -> {}));
        waiting(once, 5);
        gate.countDown();
        assertSame(failure, runner.failure(IllegalStateException.class));
        Actor.join(others);
    }

    @Test
    @Item({"ON-04"})
    void run_bodyExits_isDoneAndOthersReturn() throws Exception {
        var wg = new WaitGroup();
        wg.go(() -> once.run(() -> {
            body();
            Go.exit();
        }));
        entered.await();
        Actor waits = Actor.go(() -> once.run(() -> {
            throw new AssertionError("a second run");
        }));
        waiting(once, 1);
        gate.countDown();
        wg.await();
        waits.join();
        assertTrue(once.isDone());
        once.run(() -> {
            throw new AssertionError("a second run");
        });
    }

    @Test
    @Item({"ON-10"})
    @Hazard(36)
    void run_withinItsOwnBody_isRefusedInsteadOfADeadlock() {
        Actor.go(() -> { // a deadlock must not be the test's
            var seen = new AtomicBoolean();
            once.run(() -> {
                IllegalStateException e = assertThrows(IllegalStateException.class, () -> once.run(() -> {}));
                assertTrue(e.getMessage().startsWith("sync.Once.Do: called from within its own body"), e.getMessage());
                assertThrows(IllegalStateException.class, () -> once.run(Context.background(), () -> {}));
                new Once().run(() -> seen.set(true)); // another one is fine
            });
            assertTrue(seen.get());
            assertTrue(once.isDone());
            once.run(() -> {});
            var value = new Supplier<?>[1];
            OnceValue<String> self = OnceValue.of(() -> "" + value[0].get());
            value[0] = self;
            assertTrue(assertThrows(IllegalStateException.class, self::get).getMessage()
                    .startsWith("sync.OnceValue: called from"));
        }).join();
    }

    @Test
    void run_contextEndsWhileItWaits_givesUpAndTheRunnerGoesOn() throws Exception {
        Actor runner = running();
        try (var ctx = Context.background().withCancel()) {
            Actor waits = Actor.go(() -> once.run(ctx, () -> {}));
            waiting(once, 1);
            ctx.cancel("enough");
            waits.failure(CancelledException.class);
            assertFalse(runner.hasEnded());
            waiting(once, 0);
            gate.countDown();
            runner.join();
            assertThrows(CancelledException.class, () -> once.run(ctx, () -> {}));
            assertThrows(CancelledException.class, () -> new Once().run(ctx, () -> {
                throw new AssertionError("must not run");
            }));
        }
    }

    @Test
    void run_contextEndsWhileItsBodyRuns_bodyIsNotDisturbed() throws Exception {
        try (var ctx = Context.background().withCancel()) {
            Actor runner = Actor.go(() -> once.run(ctx, this::body));
            entered.await();
            ctx.cancel("enough");
            assertFalse(once.isDone());
            gate.countDown();
            runner.join();
        }
    }

    @Test
    void run_interruptedWhileItWaits_throwsAndKeepsTheFlag() throws Exception {
        Actor runner = running();
        Actor waits = Actor.go(() -> once.run(() -> {}));
        waiting(once, 1);
        Until.waits(waits.thread());
        assertEquals("sync.Once.Do (running, 1 waiting)", String.valueOf(LockSupport.getBlocker(waits.thread())));
        waits.thread().interrupt();
        waits.failure(InterruptedWaitException.class);
        assertTrue(waits.wasFlagged());
        gate.countDown();
        runner.join();
        Thread.currentThread().interrupt();
        once.run(() -> {}); // does not wait
        assertTrue(Thread.interrupted());
    }

    @Test
    @Item({"ON-03"})
    void run_null_isRefusedAndNothingHasHappened() {
        assertThrows(NullPointerException.class, () -> once.run(null));
        assertThrows(NullPointerException.class, () -> once.run(Context.background(), null));
        assertFalse(once.isDone());
        once.run(() -> {});
        assertThrows(NullPointerException.class, () -> once.run(null));
    }

    @Test
    void done_askedBeforeDuringAndAfter_isTheEventOfTheEnd() throws Exception {
        var early = once.done();
        assertFalse(early.isDone());
        Actor waits = Actor.go(early::await);
        Actor selects = Actor.go(() -> Select.<Integer>first().event(once.done(), () -> 1).run());
        Actor runner = running();
        assertFalse(once.done().isDone());
        gate.countDown();
        runner.join();
        waits.join();
        selects.join();
        assertTrue(early.isDone());
        var late = new Once();
        late.run(() -> {});
        assertTrue(late.done().isDone());
    }

    @Test
    void done_askedWhileItEnds_isNeverMissed() throws Exception {
        for (int round = 0; round < 3_000; round++) {
            var fresh = new Once();
            Actor runs = Actor.go(() -> fresh.run(() -> {}));
            Actor.stagger();
            Actor waits = Actor.go(() -> fresh.done().await());
            runs.join();
            waits.join();
        }
    }

    // Values.

    @Test
    @Item({"ON-05"})
    void onceFunc_tenCallers_runsOnce() throws Exception {
        var calls = new AtomicInteger();
        OnceFunc func = OnceFunc.of(calls::incrementAndGet);
        assertEquals(0, calls.get());
        assertEquals("sync.OnceFunc (not run yet)", func.toString());
        Runnable plain = func;
        Actor.join(Actor.go(10, () -> {
            plain.run();
            assertEquals(1, calls.get());
            func.run(Context.background());
        }));
        assertEquals(1, calls.get());
        assertTrue(func.isDone());
        assertEquals("sync.OnceFunc (done)", func.toString());
    }

    @Test
    @Item({"ON-05"})
    void onceValue_tenCallers_sameValueForAll() throws Exception {
        var calls = new AtomicInteger();
        OnceValue<Object> value = OnceValue.of(() -> {
            calls.incrementAndGet();
            return new Object();
        });
        Set<Object> seen = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        Actor.join(Actor.go(10, () -> {
            seen.add(value.get());
            seen.add(value.get(Context.background()));
        }));
        assertEquals(1, seen.size());
        assertEquals(1, calls.get());
    }

    @Test
    @Item({"ON-05"})
    void onceValues_tenCallers_sameValuesForAll() throws Exception {
        var calls = new AtomicInteger();
        OnceValues<Integer, String> values = OnceValues.of(() -> OnceValues.both(calls.incrementAndGet(), "b"));
        Set<Object> seen = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        Actor.join(Actor.go(10, () -> {
            seen.add(values.get());
            seen.add(values.get(Context.background()));
        }));
        assertEquals(1, seen.size());
        assertEquals(new OnceValues.Both<>(1, "b"), values.get());
        assertTrue(values.isDone());
        assertEquals("sync.OnceValues (done)", values.toString());
        OnceValues<Integer, Integer> none = OnceValues.of(() -> null);
        assertSame(assertThrows(NullPointerException.class, none::get),
                assertThrows(NullPointerException.class, none::get));
    }

    @Test
    void onceValue_null_isAValue() {
        var calls = new AtomicInteger();
        OnceValue<@Nullable String> value = OnceValue.of(() -> {
            calls.incrementAndGet();
            return null;
        });
        assertNull(value.get());
        assertNull(value.get());
        assertEquals(1, calls.get());
        assertTrue(value.isDone());
    }

    private static <T> T fails(AtomicInteger calls, RuntimeException failure) {
        calls.incrementAndGet();
        throw failure;
    }

    @Test
    @Item({"ON-06"})
    void onceFamily_functionFails_sameObjectForEverybody() throws Exception {
        var calls = new AtomicInteger();
        var failure = new IllegalArgumentException("planted");
        OnceFunc func = OnceFunc.of(() -> fails(calls, failure));
        OnceValue<String> value = OnceValue.of(() -> fails(calls, failure));
        OnceValues<String, String> values = OnceValues.of(() -> fails(calls, failure));
        for (Runnable call : Arrays.<Runnable>asList(func, value::get, values::get)) {
            calls.set(0);
            Actor.join(Actor.go(10, () -> {
                for (int i = 0; i < 3; i++) {
                    assertSame(failure, assertThrows(RuntimeException.class, call::run));
                }
            }));
            assertEquals(1, calls.get());
        }
        assertTrue(func.isDone() && value.isDone() && values.isDone());
        assertEquals("sync.OnceValue (failed)", value.toString());
        assertSame(failure, assertThrows(RuntimeException.class, () -> value.get(Context.background())));
    }

    @Test
    @Item({"ON-06"})
    void onceValue_failsWhileOthersWait_theyGetTheSameObject() throws Exception {
        var failure = new AssertionError("planted");
        OnceValue<String> value = OnceValue.of(() -> {
            waitInside();
            throw failure;
        });
        Actor runner = Actor.go(value::get);
        entered.await();
        var others = Actor.go(5, value::get);
        waiting(value, 5);
        gate.countDown();
        assertSame(failure, runner.outcome());
        for (Actor other : others) {
            assertSame(failure, other.outcome());
        }
    }

    private void waitInside() {
        try {
            body();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String planted() {
        throw new IllegalArgumentException("planted");
    }

    @Test
    @Item({"ON-07"})
    void onceValue_failure_carriesTheStackOfTheFunction() {
        OnceValue<String> value = OnceValue.of(OnceTest::planted);
        for (int i = 0; i < 3; i++) {
            Throwable t = assertThrows(IllegalArgumentException.class, value::get);
            assertTrue(Arrays.stream(t.getStackTrace()).anyMatch(f -> f.getMethodName().equals("planted")));
        }
    }

    /// A function that captures `held`.
    private static Supplier<String> capturing(Object held, boolean fails) {
        return () -> {
            if (fails) {
                throw new IllegalArgumentException("planted " + held.hashCode());
            }
            return "x" + held.hashCode();
        };
    }

    private static WeakReference<Object> capturedBy(Supplier<?>[] made, int kind) {
        var held = new Object();
        Supplier<String> function = capturing(held, kind == 3 || kind == 4);
        made[0] = switch (kind) {
            case 0 -> {
                OnceFunc func = OnceFunc.of(() -> assertNotNull(function.get()));
                yield () -> {
                    func.run();
                    return "";
                };
            }
            case 1, 3 -> OnceValue.of(function);
            case 2 -> OnceValues.of(() -> OnceValues.both(function.get(), 1));
            default -> OnceValue.retrying(function);
        };
        return new WeakReference<>(held);
    }

    @Test
    @Item({"ON-08"})
    void onceFamily_function_isCollectableAfterTheFirstRunAndNotBefore() throws Exception {
        for (int kind = 0; kind <= 5; kind++) {
            var made = new Supplier<?>[1];
            WeakReference<Object> ref = capturedBy(made, kind);
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            assertNotNull(ref.get(), "it is needed still");
            for (int i = 0; i < 2; i++) {
                try {
                    Object _ = made[0].get();
                } catch (IllegalArgumentException e) {
                    assertTrue(kind == 3 || kind == 4);
                }
            }
            if (kind == 4) { // tries again, so needs its function
                System.gc();
                assertNotNull(ref.get());
            } else {
                Until.until("collected " + kind, () -> {
                    System.gc();
                    return ref.refersTo(null);
                });
            }
            java.lang.ref.Reference.reachabilityFence(made[0]);
        }
    }

    @Test
    @Item({"ON-09"})
    void onceValue_throwsNull_replaysTheOneNullPointerException() {
        var calls = new AtomicInteger();
        RuntimeException none = null;
        OnceValue<String> value = OnceValue.of(() -> fails(calls, none));
        Throwable first = assertThrows(NullPointerException.class, value::get);
        assertSame(first, assertThrows(NullPointerException.class, value::get));
        assertEquals(1, calls.get());
    }

    @Test
    @Item({"ON-04"})
    void onceValue_functionExits_othersAreToldAndItIsNotRunAgain() throws Exception {
        var calls = new AtomicInteger();
        OnceValue<String> value = OnceValue.of(() -> {
            calls.incrementAndGet();
            waitInside();
            Go.exit();
            return "";
        });
        var wg = new WaitGroup();
        wg.go(value::get);
        entered.await();
        Actor waits = Actor.go(value::get);
        waiting(value, 1);
        gate.countDown();
        wg.await();
        var told = waits.failure(IllegalStateException.class);
        assertEquals("sync.OnceValue: the function left by Go.exit() and has no result", told.getMessage());
        assertThrows(IllegalStateException.class, value::get);
        assertEquals(1, calls.get());
    }

    @Test
    void onceValue_contextEndsWhileItWaits_givesUpAndTheComputationGoesOn() throws Exception {
        OnceValue<String> value = OnceValue.of(() -> {
            waitInside();
            return "value";
        });
        Actor runner = Actor.go(value::get);
        entered.await();
        try (var ctx = Context.background().withCancel()) {
            Actor waits = Actor.go(() -> value.get(ctx));
            waiting(value, 1);
            ctx.cancel("enough");
            waits.failure(CancelledException.class);
            Actor interrupted = Actor.go(value::get);
            waiting(value, 1);
            interrupted.thread().interrupt();
            interrupted.failure(InterruptedWaitException.class);
            gate.countDown();
            runner.join();
            assertEquals("value", value.get());
            assertThrows(CancelledException.class, () -> value.get(ctx));
        }
    }

    // Retrying.

    @Test
    void retrying_failures_nextCallTriesAgainUntilThereIsAValue() {
        var calls = new AtomicInteger();
        OnceValue<String> value = OnceValue.retrying(() -> {
            if (calls.incrementAndGet() < 3) {
                throw new IllegalArgumentException("planted " + calls);
            }
            return "value";
        });
        var first = assertThrows(IllegalArgumentException.class, value::get);
        assertFalse(value.isDone());
        assertEquals("sync.OnceValue (not run yet)", value.toString());
        assertNotSame(first, assertThrows(IllegalArgumentException.class, value::get));
        assertEquals("value", value.get());
        assertEquals("value", value.get());
        assertEquals(3, calls.get());
        assertTrue(value.isDone());
    }

    @Test
    void retrying_failsWhileOthersWait_theyGetThatFailureAndTheNextRunsAgain() throws Exception {
        var calls = new AtomicInteger();
        OnceValue<Integer> value = OnceValue.retrying(() -> {
            int n = calls.incrementAndGet();
            if (n == 1) {
                waitInside();
                throw new IllegalArgumentException("planted");
            }
            return n;
        });
        Actor runner = Actor.go(value::get);
        entered.await();
        var others = Actor.go(5, value::get);
        waiting(value, 5);
        gate.countDown();
        Throwable failure = runner.failure(IllegalArgumentException.class);
        for (Actor other : others) {
            assertSame(failure, other.outcome());
        }
        assertEquals(2, value.get());
    }

    @Test
    void retrying_manyCallersAndManyFailures_oneRunAtATimeAndOneValue() throws Exception {
        for (int round = 0; round < 300; round++) {
            var calls = new AtomicInteger();
            var inside = new AtomicInteger();
            var failures =
                    Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>()));
            OnceValue<Integer> value = OnceValue.retrying(() -> {
                assertEquals(1, inside.incrementAndGet());
                Thread.yield();
                inside.decrementAndGet();
                int n = calls.incrementAndGet();
                if (n < 5) {
                    throw new IllegalArgumentException("planted");
                }
                return n;
            });
            Actor.join(Actor.go(6, () -> {
                for (;;) {
                    try {
                        assertEquals(5, value.get());
                        return;
                    } catch (IllegalArgumentException e) {
                        failures.add(e);
                    }
                }
            }));
            assertEquals(5, calls.get());
            assertEquals(4, failures.size());
        }
    }

    @Test
    @Item({"ON-03"})
    void onceFamily_null_isRefused() {
        assertThrows(NullPointerException.class, () -> OnceFunc.of(null));
        assertThrows(NullPointerException.class, () -> OnceValue.of(null));
        assertThrows(NullPointerException.class, () -> OnceValue.retrying(null));
        assertThrows(NullPointerException.class, () -> OnceValues.of(null));
    }

    @Test
    void onceFamily_laterCalls_allocateNothing() {
        var function = OnceFunc.of(() -> {});
        var value = OnceValue.of(Object::new);
        var again = OnceValue.retrying(Object::new);
        var values = OnceValues.of(() -> OnceValues.both(new Object(), new Object()));
        for (Runnable call : List.<Runnable>of(function, value::get, again::get, values::get)) {
            call.run(); // the first one
            Allocation.none(call);
        }
        assertTrue(Allocation.isSeen(() -> kept = new Object()), "the measure must see one");
    }

    @Test
    void snapshot_beforeDuringAndAfter_saysWhoRunsAndWhoWaits() throws Exception {
        var once = new Once();
        assertEquals(new OnceSnapshot(false, "", 0, Duration.ZERO), once.snapshot());
        var go = new CountDownLatch(1);
        Thread runner = Thread.ofVirtual().name("loader").start(() -> once.run(() -> spin(go)));
        Until.until("it runs", () -> once.snapshot().runner().equals("loader"));
        Thread waiter = Thread.startVirtualThread(() -> once.run(() -> {
            throw new AssertionError("ran twice");
        }));
        Until.until("one waits", () -> once.snapshot().waiting() == 1);
        assertFalse(once.snapshot().done());
        go.countDown();
        runner.join();
        waiter.join();
        assertEquals(new OnceSnapshot(true, "", 0, Duration.ZERO), once.snapshot());
    }

    private static void spin(CountDownLatch until) {
        while (until.getCount() > 0) {
            Thread.onSpinWait();
        }
    }
}
