package dev.millrace.pipeline;

import static dev.millrace.pipeline.Pipeline.batch;
import static dev.millrace.pipeline.Pipeline.fanOut;
import static dev.millrace.pipeline.Pipeline.map;
import static dev.millrace.pipeline.Pipeline.mapUnordered;
import static dev.millrace.pipeline.Pipeline.merge;
import static dev.millrace.pipeline.Pipeline.tee;
import static dev.millrace.pipeline.Pipeline.throttle;
import static dev.millrace.pipeline.Pipeline.window;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// All under a clock that stands: when all has come to rest, no goroutine of a stage is left.
class PipelineTest {
    private final ManualScheduler time = new ManualScheduler();

    private final long before = Go.numGoroutine();
    private final List<ManualScheduler.Started> started = new ArrayList<>();

    @AfterEach
    void everyStage_hasEnded() throws Exception {
        time.awaitIdle();
        assertEquals(0, time.timers());
        started.forEach(ManualScheduler.Started::check);
        Until.until("the stages' goroutines have ended", () -> Go.numGoroutine() <= before);
    }

    /// Runs `body` on a goroutine that must end.
    private void run(ManualScheduler.Body body) {
        time.run(body);
    }

    private void go(ManualScheduler.Body body) {
        started.add(time.go(body));
    }

    private Chan<Integer> numbers(int n) {
        var out = Chan.<Integer>unbuffered();
        go(() -> {
            try {
                for (int i = 1; i <= n; i++) {
                    out.send(i);
                }
                out.close();
            } catch (ChanClosedException e) {
                assertTrue(e.isAbandoned(), e.getMessage());
            }
        });
        return out;
    }

    private static <T> List<T> all(ReceiveChan<T> chan) {
        var got = new ArrayList<T>();
        chan.forEach(got::add);
        return got;
    }

    private static Duration ms(long n) {
        return Duration.ofMillis(n);
    }

    /// A stage, by name, from integers to something.
    record Kind(String name, BiFunction<Context, ReceiveChan<Integer>, List<? extends ReceiveChan<?>>> stage) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("map", (c, in) -> List.of(map(c, in, (_, n) -> n))),
                new Kind("map 3", (c, in) -> List.of(map(c, in, 3, (_, n) -> n))),
                new Kind("mapUnordered 3", (c, in) -> List.of(mapUnordered(c, in, 3, (_, n) -> n))),
                new Kind("throttle", (c, in) -> List.of(throttle(c, in, Duration.ofNanos(1)))),
                new Kind("merge", (c, in) -> List.of(merge(c, List.of(in, Chan.never())))),
                new Kind("fanOut", (c, in) -> fanOut(c, in, 2)),
                new Kind("tee", (c, in) -> tee(c, in, 2)),
                new Kind("batch", (c, in) -> List.of(batch(c, in, 2, Duration.ofHours(1)))),
                new Kind("window", (c, in) -> List.of(window(c, in, 2, 1))));
    }

    // What holds for each.

    @ParameterizedTest
    @MethodSource("kinds")
    void context_ended_closesTheOutputsWithItsErrorAndAbandonsTheInput(Kind kind) {
        run(() -> {
            var ctx = Context.background().withCancel();
            var in = Chan.<Integer>unbuffered();
            var outs = kind.stage.apply(ctx, in);
            ctx.cancel(new IllegalStateException("enough"));
            for (var out : outs) {
                var closed = assertInstanceOf(Received.Closed.class, out.next());
                assertInstanceOf(CancelledException.class, closed.cause());
            }
            var refused = assertThrows(ChanClosedException.class, () -> in.send(1));
            assertTrue(refused.isAbandoned());
            assertTrue(refused.getMessage().contains(" was stopped"), refused.getMessage());
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void context_endedWhileAValueIsHeld_endsTheStage(Kind kind) {
        run(() -> {
            var ctx = Context.background().withCancel();
            var in = numbers(100);
            var outs = kind.stage.apply(ctx, in);
            ctx.cancel();
            for (var out : outs) {
                while (out.next() instanceof Received.Value<?>) {
                    // what was under way
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void input_closedWithAFailure_passesItOn(Kind kind) {
        run(() -> {
            var in = Chan.<Integer>unbuffered();
            var outs = kind.stage.apply(Context.background(), in);
            var failure = new IOException("broken");
            in.close(failure);
            for (var out : outs) {
                assertSame(failure, assertInstanceOf(Received.Closed.class, out.next()).cause());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void outputs_abandoned_abandonTheInput(Kind kind) {
        run(() -> {
            var in = Chan.<Integer>unbuffered();
            for (var out : kind.stage.apply(Context.background(), in)) {
                out.abandon("seen enough");
            }
            var refused = assertThrows(ChanClosedException.class, () -> {
                for (int i = 0; i < 100; i++) {
                    in.send(i);
                }
            });
            assertTrue(refused.isAbandoned());
            assertTrue(refused.getMessage().contains("nobody needs more"), refused.getMessage());
        });
    }

    // Map.

    @Test
    void map_inOrder_whicheverIsReadyFirst() {
        run(() -> {
            var out = map(Context.background(), numbers(20), 4, (c, n) -> {
                c.sleep(ms(n % 4 == 1 ? 50 : 1));
                return n * 10;
            });
            go(() -> assertEquals(
                    IntStream.rangeClosed(1, 20).map(n -> n * 10).boxed().toList(), all(out)));
        });
        time.advance(Duration.ofSeconds(5));
    }

    @Test
    void map_parallel_runsSoManyAtOnceAndNotMore() {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        Step<Integer, Integer> step = (c, n) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            c.sleep(ms(1));
            running.decrementAndGet();
            return n;
        };
        for (boolean ordered : new boolean[] {true, false}) {
            most.set(0);
            run(() -> {
                var out = ordered
                        ? map(Context.background(), numbers(30), 3, step)
                        : mapUnordered(Context.background(), numbers(30), 3, step);
                go(() -> assertEquals(30, new HashSet<>(all(out)).size()));
            });
            time.advance(Duration.ofSeconds(1));
            assertEquals(3, most.get());
        }
    }

    @Test
    void map_stepFails_closesTheOutputWithItAndStopsTheOthers() {
        for (boolean ordered : new boolean[] {true, false}) {
            run(() -> {
                var in = numbers(100);
                Step<Integer, Integer> step = (_, n) -> {
                    if (n == 5) {
                        throw new IOException("five");
                    }
                    return n;
                };
                var out = ordered
                        ? map(Context.background(), in, 2, step)
                        : mapUnordered(Context.background(), in, 2, step);
                var e = assertThrows(ChanClosedException.class, () -> all(out));
                assertInstanceOf(IOException.class, e.getCause());
            });
        }
    }

    @Test
    void map_stepExits_isAFailureAndNoHangAndNoLoss() {
        for (int parallel : new int[] {1, 3}) {
            for (boolean ordered : new boolean[] {true, false}) {
                run(() -> {
                    Step<Integer, Integer> step = (_, n) -> {
                        if (n == 2) {
                            Go.exit();
                        }
                        return n;
                    };
                    var out = ordered
                            ? map(Context.background(), numbers(9), parallel, step)
                            : mapUnordered(Context.background(), numbers(9), parallel, step);
                    var e = assertThrows(ChanClosedException.class, () -> all(out));
                    assertTrue(e.getMessage().contains("Go.exit() for 2"), e.getMessage());
                });
            }
        }
    }

    @Test
    void map_stepAnswersNull_isAFailureThatNamesTheValue() {
        run(() -> {
            var out = map(Context.background(), numbers(3), (_, n) -> n == 2 ? null : n);
            var e = assertThrows(ChanClosedException.class, () -> all(out));
            assertInstanceOf(NullPointerException.class, e.getCause());
            assertTrue(e.getMessage().contains("null for 2"), e.getMessage());
        });
    }

    // Merge, fan-out, tee.

    @Test
    void merge_handsOnEverythingAndKeepsEachOrder() {
        run(() -> {
            var tens = map(Context.background(), numbers(50), (_, n) -> n + 1000);
            var got = all(merge(Context.background(), List.of(numbers(50), tens)));
            assertEquals(
                    IntStream.rangeClosed(1, 50).boxed().toList(),
                    got.stream().filter(n -> n < 1000).toList());
            assertEquals(
                    IntStream.rangeClosed(1001, 1050).boxed().toList(),
                    got.stream().filter(n -> n > 1000).toList());
        });
    }

    @Test
    void merge_oneInputFails_theOutputFailsWithItAndTheOthersAreAbandoned() {
        run(() -> {
            var failing = Chan.<Integer>unbuffered();
            var other = Chan.<Integer>unbuffered();
            var out = merge(Context.background(), List.of(other, failing));
            go(() -> other.send(1));
            assertEquals(1, out.receive());
            var failure = new IOException("broken");
            failing.close(failure);
            assertSame(failure, assertInstanceOf(Received.Closed.class, out.next()).cause());
            assertTrue(assertThrows(ChanClosedException.class, () -> other.send(2)).isAbandoned());
        });
    }

    @Test
    void fanOut_eachValueToOne_noneLostWhenOneLeaves() {
        var got = Collections.synchronizedList(new ArrayList<Integer>());
        run(() -> {
            var outs = fanOut(Context.background(), numbers(300), 3);
            go(() -> {
                for (int n : outs.get(0)) {
                    got.add(n);
                    if (got.size() > 50) {
                        outs.get(0).abandon("tired");
                        break;
                    }
                }
            });
            go(() -> got.addAll(all(outs.get(1))));
            go(() -> got.addAll(all(outs.get(2))));
        });
        time.awaitIdle();
        assertEquals(IntStream.rangeClosed(1, 300).boxed().toList(), got.stream().sorted().toList());
    }

    @Test
    void tee_eachValueToAll_oneMayLeave() {
        var first = new AtomicReference<List<Integer>>();
        var second = new AtomicReference<List<Integer>>();
        run(() -> {
            var outs = tee(Context.background(), numbers(20), 3);
            go(() -> first.set(all(outs.get(0))));
            go(() -> second.set(all(outs.get(1))));
            go(() -> {
                assertEquals(1, outs.get(2).receive());
                outs.get(2).abandon("seen one");
            });
        });
        time.awaitIdle();
        var expected = IntStream.rangeClosed(1, 20).boxed().toList();
        assertEquals(expected, first.get());
        assertEquals(expected, second.get());
    }

    // Batch, window, throttle.

    @Test
    void batch_fullOrLateOrAtTheEnd() {
        var got = Collections.synchronizedList(new ArrayList<List<Integer>>());
        var in = new AtomicReference<Chan<Integer>>();
        run(() -> {
            in.set(Chan.unbuffered());
            var out = batch(Context.background(), in.get(), 3, ms(10));
            go(() -> out.forEach(got::add));
            in.get().sendAll(Context.background(), List.of(1, 2, 3, 4));
        });
        time.advance(ms(9));
        run(() -> in.get().send(5)); // does not begin the time anew
        assertEquals(List.of(List.of(1, 2, 3)), got);
        time.advance(ms(1));
        assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5)), got);
        time.advance(ms(100));
        run(() -> {
            in.get().send(6);
            in.get().close();
        });
        time.awaitIdle();
        assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5), List.of(6)), got);
    }

    @Test
    void batch_inputFails_whatWasCollectedComesFirst() {
        run(() -> {
            var in = Chan.<Integer>unbuffered();
            var out = batch(Context.background(), in, 3, ms(10));
            in.send(1);
            time.go(() -> in.close(new IllegalStateException("broken")));
            assertEquals(List.of(1), out.receive());
            assertInstanceOf(
                    IllegalStateException.class,
                    assertInstanceOf(Received.Closed.class, out.next()).cause());
        });
    }

    @Test
    void window_slidesOrTumblesOrSkips() {
        run(() -> {
            assertEquals(
                    List.of(List.of(1, 2, 3), List.of(2, 3, 4), List.of(3, 4, 5)),
                    all(window(Context.background(), numbers(5), 3, 1)));
            assertEquals(
                    List.of(List.of(1, 2), List.of(3, 4)), all(window(Context.background(), numbers(5), 2, 2)));
            assertEquals(
                    List.of(List.of(1, 2), List.of(5, 6)), all(window(Context.background(), numbers(8), 2, 4)));
        });
    }

    @Test
    void throttle_oneForEachInterval_theFirstAtOnce() {
        var at = Collections.synchronizedList(new ArrayList<Long>());
        long start = time.nanoTime();
        run(() -> {
            var out = throttle(Context.background(), numbers(4), ms(10));
            go(() -> {
                for (var _ : out) {
                    at.add((time.nanoTime() - start) / 1_000_000);
                }
            });
        });
        time.advance(ms(100));
        assertEquals(List.of(0L, 10L, 20L, 30L), at);
    }

    @Test
    void badArguments_areNamed() {
        var in = Chan.<Integer>never();
        var ctx = Context.background();
        assertThrows(NullPointerException.class, () -> map(null, in, (_, n) -> n));
        assertThrows(NullPointerException.class, () -> map(ctx, null, (_, n) -> n));
        assertThrows(NullPointerException.class, () -> map(ctx, in, null));
        refused("parallel must be >= 1, was 0", () -> map(ctx, in, 0, (_, n) -> n));
        refused("the number of inputs must be >= 1, was 0", () -> merge(ctx, List.<ReceiveChan<Integer>>of()));
        refused("fanOut needs at least 1 output, was 0", () -> fanOut(ctx, in, 0));
        refused("n must be >= 1, was -1", () -> batch(ctx, in, -1, ms(1)));
        refused("span must be positive, was PT0S", () -> batch(ctx, in, 1, Duration.ZERO));
        refused("size must be >= 1, was 0", () -> window(ctx, in, 0, 1));
        refused("interval must be positive, was PT0S", () -> throttle(ctx, in, Duration.ZERO));
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
