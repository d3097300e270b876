package dev.millrace.pipeline;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.internal.GoExit;
import dev.millrace.time.Alarm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Stages between channels: each reads one or several channels, runs under a context, and answers at once with the channel or the
/// channels that it writes.
///
/// ```java
/// import static dev.millrace.pipeline.Pipeline.*;
///
/// var digests = map(ctx, files, 8, (c, file) -> digest(file));
/// for (var some : batch(ctx, digests, 100, ofSeconds(1))) {
///     store(some);
/// }
/// ```
///
/// **Ends.** A stage closes its outputs when its inputs are closed and everything was handed on. A failure, of a step or of an
/// input that was closed with one, closes them with that failure: who loops over them gets a
/// [dev.millrace.chan.ChanClosedException] with it as the cause. So does the end of the context: an output that ends in peace is
/// complete. A stage that stops before its inputs are closed, for one of these reasons or because its outputs were abandoned, abandons
/// them, so whoever sends to it fails rather than waits. What a stage holds in that moment, at most what is said at each, is
/// dropped.
///
/// **Outputs** have no buffer. Whoever stops reading one before its end lets the stage know: by ending the context, or by
/// [ReceiveChan#abandon].
///
/// Values pass in their order unless it is said otherwise. No argument may be null, and no step may answer null.
public final class Pipeline {
    private Pipeline() {}

    // One to one.

    /// Applies `step` to each value, one after the other. Holds one value.
    public static <T, R> ReceiveChan<R> map(Context ctx, ReceiveChan<T> in, Step<? super T, ? extends R> step) {
        return mapUnordered(ctx, in, 1, step);
    }

    /// Applies `step` to up to `parallel` values at once; the results come in the order of the values. Holds up to
    /// `2 * parallel + 2` values and results: one slow step does not hold the others up before that.
    ///
    /// @throws IllegalArgumentException when `parallel` is not positive
    public static <T, R> ReceiveChan<R> map(
            Context ctx, ReceiveChan<T> in, int parallel, Step<? super T, ? extends R> step) {
        check(in, parallel, step);
        Chan<R> out = Stage.output("map");
        var shown = out.receiveOnly();
        Stage.start("map", ctx, List.of(in), List.of(out), tasks -> {
            record Job<T, R>(T value, Chan<R> result) {}
            var work = Chan.<Job<T, R>>unbuffered();
            var results = Chan.<Chan<R>>buffered(parallel);
            tasks.go(c -> {
                T value;
                while ((value = Stage.next(c, in)) != null) {
                    var job = new Job<T, R>(value, Chan.buffered(1));
                    results.send(c, job.result);
                    work.send(c, job);
                }
                work.close();
                results.close();
            });
            for (int i = 0; i < parallel; i++) {
                tasks.go(c -> {
                    for (var job : work.each(c)) {
                        job.result.send(c, answer(c, step, job.value));
                    }
                });
            }
            tasks.go(c -> {
                for (var result : results.each(c)) {
                    Stage.send(c, out, result.receive(c));
                }
            });
        });
        return shown;
    }

    /// Applies `step` to up to `parallel` values at once; the results come as they are ready. Holds up to `parallel` values.
    ///
    /// @throws IllegalArgumentException when `parallel` is not positive
    public static <T, R> ReceiveChan<R> mapUnordered(
            Context ctx, ReceiveChan<T> in, int parallel, Step<? super T, ? extends R> step) {
        check(in, parallel, step);
        Chan<R> out = Stage.output("map");
        var shown = out.receiveOnly();
        Stage.start("map", ctx, List.of(in), List.of(out), tasks -> {
            for (int i = 0; i < parallel; i++) {
                tasks.go(c -> {
                    T value;
                    while ((value = Stage.next(c, in)) != null) {
                        Stage.send(c, out, answer(c, step, value));
                    }
                });
            }
        });
        return shown;
    }

    private static void check(ReceiveChan<?> in, int parallel, Step<?, ?> step) {
        Objects.requireNonNull(in, "in");
        Objects.requireNonNull(step, "step");
        positive("parallel", parallel);
    }

    private static <T, R> R answer(Context ctx, Step<? super T, ? extends R> step, T value) throws Exception {
        R answer;
        try {
            answer = step.apply(ctx, value);
        } catch (GoExit exit) { // would end the task as if all were well, with the value gone
            throw new IllegalStateException("a step called Go.exit() for " + value + ": it must answer or throw");
        }
        return Objects.requireNonNull(answer, () -> "a step answered null for " + value + ": a channel carries values");
    }

    private static int positive(String what, int n) {
        if (n < 1) {
            throw new IllegalArgumentException(what + " must be >= 1, was " + n);
        }
        return n;
    }

    /// Hands on one value per `interval` at most: the first at once, each further one when `interval` has passed since the one
    /// before was received. Drops nothing: the input waits. Holds one value.
    ///
    /// @throws IllegalArgumentException when `interval` is not positive
    public static <T> ReceiveChan<T> throttle(Context ctx, ReceiveChan<T> in, Duration interval) {
        Objects.requireNonNull(in, "in");
        positive("interval", interval);
        Chan<T> out = Stage.output("throttle");
        var shown = out.receiveOnly();
        Stage.start("throttle", ctx, List.of(in), List.of(out), tasks -> tasks.go(c -> {
            var gate = Alarm.in(Duration.ZERO);
            T value;
            while ((value = Stage.next(c, in)) != null) {
                gate.fired().receive(c);
                Stage.send(c, out, value);
                gate.reset(interval);
            }
        }));
        return shown;
    }

    private static void positive(String what, Duration span) {
        if (!span.isPositive()) {
            throw new IllegalArgumentException(what + " must be positive, was " + span);
        }
    }

    // Many to one, one to many.

    /// Hands on the values of all inputs, those of each in their order, until all are closed. Holds one value of each.
    ///
    /// @throws IllegalArgumentException when there is no input
    public static <T> ReceiveChan<T> merge(Context ctx, List<? extends ReceiveChan<T>> inputs) {
        List<ReceiveChan<T>> ins = List.copyOf(inputs);
        positive("the number of inputs", ins.size());
        Chan<T> out = Stage.output("merge");
        var shown = out.receiveOnly();
        Stage.start("merge", ctx, ins, List.of(out), tasks -> {
            for (var in : ins) {
                tasks.go(c -> {
                    T value;
                    while ((value = Stage.next(c, in)) != null) {
                        Stage.send(c, out, value);
                    }
                });
            }
        });
        return shown;
    }

    /// Hands each value to one of `n` outputs: to one that somebody waits for, whichever; when there are several, to each as often
    /// as to any other. An output that is abandoned gets no more; when all are, the stage ends. Holds one value.
    ///
    /// @throws IllegalArgumentException when `n` is not positive
    public static <T> List<ReceiveChan<T>> fanOut(Context ctx, ReceiveChan<T> in, int n) {
        Objects.requireNonNull(in, "in");
        List<Chan<T>> outs = Stage.outputs("fanOut", n);
        var shown = receiveOnly(outs);
        Stage.start("fanOut", ctx, List.of(in), outs, tasks -> tasks.go(c -> {
            var live = new ArrayList<>(outs);
            Selector.Send<T>[] sends = sends(live);
            Selector select = selector(live, sends);
            T value;
            while ((value = Stage.next(c, in)) != null) {
                for (;;) {
                    for (var send : sends) {
                        send.value(value);
                    }
                    try {
                        select.await(c);
                        break;
                    } catch (ChanClosedException e) {
                        live.removeIf(Chan::isClosed);
                        if (live.isEmpty()) {
                            throw Stage.unwanted();
                        }
                        sends = sends(live);
                        select = selector(live, sends);
                    }
                }
            }
        }));
        return shown;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <T> Selector.Send<T>[] sends(List<Chan<T>> outs) {
        return new Selector.Send[outs.size()];
    }

    private static <T> Selector selector(List<Chan<T>> outs, Selector.Send<T>[] sends) {
        Selector select = Selector.random();
        for (int i = 0; i < sends.length; i++) {
            sends[i] = select.send(outs.get(i));
        }
        return select;
    }

    /// Hands each value to all of `n` outputs: the slowest sets the pace, and who reads one of them must not wait for another one's
    /// end. An output that is abandoned gets no more; when all are, the stage ends. Holds one value.
    ///
    /// @throws IllegalArgumentException when `n` is not positive
    public static <T> List<ReceiveChan<T>> tee(Context ctx, ReceiveChan<T> in, int n) {
        Objects.requireNonNull(in, "in");
        List<Chan<T>> outs = Stage.outputs("tee", n);
        var shown = receiveOnly(outs);
        Stage.start("tee", ctx, List.of(in), outs, tasks -> tasks.go(c -> {
            var live = new ArrayList<>(outs);
            T value;
            while ((value = Stage.next(c, in)) != null) {
                T each = value;
                live.removeIf(out -> !Stage.sendUnlessAbandoned(c, out, each));
                if (live.isEmpty()) {
                    throw Stage.unwanted();
                }
            }
        }));
        return shown;
    }

    private static <T> List<ReceiveChan<T>> receiveOnly(List<Chan<T>> outs) {
        return outs.stream().map(Chan::receiveOnly).toList();
    }

    // Several at once.

    /// Collects values into lists of `n`; a list that is not full goes out when `span` has passed since its first value, and at the
    /// end of the input. Never an empty one. Holds `n` values: while a list waits to be received, none is collected.
    ///
    /// @throws IllegalArgumentException when `n` or `span` is not positive
    public static <T> ReceiveChan<List<T>> batch(Context ctx, ReceiveChan<T> in, int n, Duration span) {
        Objects.requireNonNull(in, "in");
        positive("n", n);
        positive("span", span);
        Chan<List<T>> out = Stage.output("batch");
        var shown = out.receiveOnly();
        Stage.start("batch", ctx, List.of(in), List.of(out), tasks -> tasks.go(c -> {
            var late = Alarm.in(span);
            Selector select = Selector.random();
            var next = select.receive(in);
            var fired = select.receive(late.fired());
            var some = new ArrayList<T>();
            boolean more = true;
            while (more) {
                fired.enabled(!some.isEmpty());
                boolean full = select.await(c) == fired;
                if (!full) {
                    var received = next.received();
                    if (received instanceof Received.Closed && !some.isEmpty()) {
                        Stage.send(c, out, List.copyOf(some)); // also before a failure
                    }
                    T value = Stage.value(received);
                    more = value != null;
                    if (value != null) {
                        if (some.isEmpty()) {
                            late.reset(span);
                        }
                        some.add(value);
                    }
                    full = some.size() == n;
                }
                if (more && full) {
                    Stage.send(c, out, List.copyOf(some));
                    some.clear();
                }
            }
        }));
        return shown;
    }

    /// The last `size` values, again after every `step` of them, from the first time that there are so many. With `step == size`
    /// each value is in one window; with 1 the window slides. What is too little for a window at the end is dropped.
    ///
    /// @throws IllegalArgumentException when `size` or `step` is not positive
    public static <T> ReceiveChan<List<T>> window(Context ctx, ReceiveChan<T> in, int size, int step) {
        Objects.requireNonNull(in, "in");
        positive("size", size);
        positive("step", step);
        Chan<List<T>> out = Stage.output("window");
        var shown = out.receiveOnly();
        Stage.start("window", ctx, List.of(in), List.of(out), tasks -> tasks.go(c -> {
            var last = new ArrayDeque<T>();
            int missing = size; // values until the next window
            @Nullable T value;
            while ((value = Stage.next(c, in)) != null) {
                if (last.size() == size) {
                    last.removeFirst();
                }
                last.addLast(value);
                if (--missing == 0) {
                    Stage.send(c, out, List.copyOf(last));
                    missing = step;
                }
            }
        }));
        return shown;
    }
}
