package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpawnHookTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Runnable> removals = new ArrayList<>();
    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    private final FailurePolicy before = Go.failurePolicy(FailurePolicy.handler((_, failure) -> uncaught.add(failure)));

    @AfterEach
    void restore() {
        removals.forEach(Runnable::run);
        Go.failurePolicy(before);
    }

    private Runnable add(SpawnHook<?> hook) {
        Runnable removal = Go.addSpawnHook(hook);
        removals.add(removal);
        return removal;
    }

    private record Hook(Supplier<String> source, java.util.function.Consumer<String> in, Runnable out)
            implements SpawnHook<String> {
        @Override
        public String capture() {
            return source.get();
        }

        @Override
        public Runnable install(String captured) {
            in.accept(captured);
            return out;
        }
    }

    private Hook logging(String name) {
        return new Hook(
                () -> {
                    log.add("capture " + name);
                    return name;
                },
                captured -> log.add("install " + captured),
                () -> log.add("undo " + name));
    }

    private void runOne(Task body) {
        var wg = new WaitGroup();
        wg.go(body);
        wg.await();
    }

    @Test
    void hooks_two_installInOrderAndUndoInReverse() {
        add(logging("a"));
        add(logging("b"));
        runOne(() -> log.add("body"));
        assertEquals(
                List.of("capture a", "capture b", "install a", "install b", "body", "undo b", "undo a"), log);
    }

    @Test
    void hook_capturesOnTheSpawner_andInstallsOnTheGoroutine() {
        var threads = Collections.synchronizedList(new ArrayList<Thread>());
        var goroutine = new AtomicReference<Thread>();
        add(new Hook(
                () -> {
                    threads.add(Thread.currentThread());
                    return "x";
                },
                _ -> threads.add(Thread.currentThread()),
                () -> threads.add(Thread.currentThread())));
        runOne(() -> goroutine.set(Thread.currentThread()));
        assertEquals(List.of(Thread.currentThread(), goroutine.get(), goroutine.get()), threads);
    }

    @Test
    void hook_capturesNull_installsNothing() {
        add(new Hook(() -> null, _ -> log.add("install"), () -> log.add("undo")));
        add(logging("b"));
        runOne(() -> log.add("body"));
        assertEquals(List.of("capture b", "install b", "body", "undo b"), log);
    }

    @Test
    void hook_removed_isNotAskedAnyMore() {
        Runnable removal = add(logging("a"));
        runOne(() -> log.add("one"));
        removal.run();
        removal.run();
        runOne(() -> log.add("two"));
        assertEquals(List.of("capture a", "install a", "one", "undo a", "two"), log);
    }

    @Test
    void hook_removedBetweenCaptureAndStart_installsWhatItCaptured() {
        var removal = new AtomicReference<Runnable>();
        removal.set(add(new Hook(
                () -> {
                    removal.get().run();
                    return "late";
                },
                captured -> log.add("install " + captured),
                () -> log.add("undo"))));
        runOne(() -> log.add("body"));
        assertEquals(List.of("install late", "body", "undo"), log);
    }

    @Test
    void hook_captureThrows_theSpawnThrowsAndNothingHasChanged() {
        var failure = new IllegalStateException("planted");
        add(new Hook(
                () -> {
                    throw failure;
                },
                _ -> {},
                () -> {}));
        long count = Go.numGoroutine();
        var wg = new WaitGroup();
        assertSame(failure, assertThrows(IllegalStateException.class, () -> Go.go(() -> log.add("body"))));
        assertSame(failure, assertThrows(IllegalStateException.class, () -> wg.go(() -> log.add("body"))));
        try (var group = TaskGroup.open(Context.background()).limit(1)) {
            assertSame(failure, assertThrows(IllegalStateException.class, () -> group.go(_ -> log.add("body"))));
            assertSame(failure, assertThrows(IllegalStateException.class, () -> group.tryFork(_ -> log.add("body"))));
            removals.removeLast().run();
            assertTrue(group.tryGo(_ -> {}), "the place was given back");
        }
        assertEquals(0, wg.count());
        assertEquals(List.of(), log);
        assertTrue(Go.numGoroutine() <= count + 1, "only the last one may still be on its way out");
    }

    @Test
    void hook_installThrows_theBodyDoesNotRunAndOthersAreUndone() {
        var failure = new IllegalStateException("planted");
        add(logging("a"));
        add(new Hook(
                () -> "x",
                _ -> {
                    throw failure;
                },
                () -> log.add("undo x")));
        add(logging("c"));
        runOne(() -> log.add("body"));
        assertEquals(List.of("capture a", "capture c", "install a", "undo a"), log);
        assertEquals(List.of(failure), uncaught);
    }

    @Test
    void hook_installThrowsInAGroup_failsTheTaskAndItsResult() {
        var failure = new IllegalStateException("planted");
        Runnable removal = add(new Hook(
                () -> "x",
                _ -> {
                    throw failure;
                },
                () -> {}));
        try (var group = TaskGroup.open(Context.background())) {
            var forked = group.fork(_ -> "result");
            removal.run();
            assertSame(failure, assertThrows(IllegalStateException.class, group::join));
            assertTrue(forked.isDone());
            assertSame(failure, forked.failure());
            assertSame(failure, assertThrows(IllegalStateException.class, forked::get).getCause());
        }
    }

    @Test
    void hook_undoThrows_othersAreUndoneAndItIsAFailure() {
        var failure = new IllegalStateException("planted");
        add(logging("a"));
        add(new Hook(() -> "x", _ -> {}, () -> {
            throw failure;
        }));
        add(logging("c"));
        runOne(() -> log.add("body"));
        assertEquals(
                List.of("capture a", "capture c", "install a", "install c", "body", "undo c", "undo a"), log);
        assertEquals(List.of(failure), uncaught);
    }

    @Test
    void hook_undoThrowsAfterAFailure_isSuppressed() {
        var failure = new IllegalStateException("body");
        var second = new IllegalStateException("undo");
        add(new Hook(() -> "x", _ -> {}, () -> {
            throw second;
        }));
        runOne(() -> {
            throw failure;
        });
        assertEquals(List.of(failure), uncaught);
        assertEquals(List.of(second), List.of(failure.getSuppressed()));
    }

    @Test
    void hook_undoThrowsAfterExit_isAFailure() {
        var failure = new IllegalStateException("undo");
        add(new Hook(() -> "x", _ -> {}, () -> {
            throw failure;
        }));
        runOne(Go::exit);
        assertEquals(List.of(failure), uncaught);
    }

    @Test
    void hook_bodyExits_isUndone() {
        add(logging("a"));
        runOne(() -> {
            log.add("body");
            Go.exit();
        });
        assertEquals(List.of("capture a", "install a", "body", "undo a"), log);
        assertEquals(List.of(), uncaught);
    }

    @Test
    void hook_undoneBeforeAnybodyHearsOfTheEnd() {
        var local = new ThreadLocal<String>();
        add(new Hook(() -> "x", local::set, () -> {
            log.add("undo");
            local.remove();
        }));
        try (var group = TaskGroup.open(Context.background())) {
            for (int i = 0; i < 100; i++) {
                group.go(_ -> assertEquals("x", local.get()));
            }
            group.join();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertEquals(100, log.size());
    }

    @Test
    void hook_addNull_isRefused() {
        assertThrows(NullPointerException.class, () -> Go.addSpawnHook(null));
    }
}
