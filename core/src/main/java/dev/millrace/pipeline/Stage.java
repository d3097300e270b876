package dev.millrace.pipeline;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Spin;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One stage: a goroutine with a group for its tasks, between the channels that it reads and those that it writes. However it ends,
/// its outputs are closed, its inputs are drained or abandoned, and its tasks have ended.
///
/// | it ends because | outputs | inputs |
/// |---|---|---|
/// | the inputs are closed | closed | |
/// | an input is closed with a failure | closed with it | the others abandoned |
/// | a task fails | closed with the failure | abandoned |
/// | its context ends | closed with the context's error | abandoned |
/// | all outputs were abandoned | | abandoned |
final class Stage extends Goroutine {
    /// What the stage does: starts tasks in the group.
    @FunctionalInterface
    interface Body {
        void run(TaskGroup tasks) throws Exception;
    }

    /// Carries the failure with which an input was closed through the group.
    private static final class Upstream extends Exception {
        private static final long serialVersionUID = 1;

        Upstream(Throwable failure) {
            super(null, failure, false, false);
        }
    }

    /// All outputs were abandoned. No failure.
    private static final class Unwanted extends Exception {
        private static final long serialVersionUID = 1;

        Unwanted() {
            super(null, null, false, false);
        }
    }

    private final String name;
    private final Context view;
    private final List<? extends ReceiveChan<?>> inputs;
    private final List<? extends Chan<?>> outputs;
    private final Body body;

    private Stage(
            String name,
            Context view,
            List<? extends ReceiveChan<?>> inputs,
            List<? extends Chan<?>> outputs,
            Body body) {
        super(Scheduler.current(), view, ContextBase.nodeOf(view), name);
        this.name = name;
        this.view = view;
        this.inputs = inputs;
        this.outputs = outputs;
        this.body = body;
    }

    /// The caller has made what it answers before: nobody could end a stage whose output nobody has.
    static void start(
            String name,
            Context ctx,
            List<? extends ReceiveChan<?>> inputs,
            List<? extends Chan<?>> outputs,
            Body body) {
        Objects.requireNonNull(ctx, "context is nil: use Context.todo()");
        Owner.within(ContextBase.nodeOf(ctx), "stage under");
        new Stage(name, ctx.view(), inputs, outputs, body).spawn();
    }

    static <T> Chan<T> output(String name) {
        return Chan.<T>named(name).unbuffered();
    }

    static <T> List<Chan<T>> outputs(String name, int n) {
        if (n < 1) {
            throw new IllegalArgumentException(name + " needs at least 1 output, was " + n);
        }
        var all = new ArrayList<Chan<T>>(n);
        for (int i = 0; i < n; i++) {
            all.add(output(name));
        }
        return List.copyOf(all);
    }

    /// The next value of `in`, null when it is closed in peace.
    static <T> @Nullable T next(Context ctx, ReceiveChan<T> in) throws Exception {
        return value(in.next(ctx));
    }

    static <T> @Nullable T value(Received<T> received) throws Exception {
        return switch (received) {
            case Received.Value<T>(T value) -> value;
            case Received.Closed<T>(Throwable cause) -> {
                if (cause != null) {
                    throw new Upstream(cause);
                }
                yield null;
            }
        };
    }

    /// Sends to an output that may have been abandoned.
    static <T> void send(Context ctx, Chan<T> out, T value) throws Exception {
        if (!sendUnlessAbandoned(ctx, out, value)) {
            throw new Unwanted();
        }
    }

    /// False when the output was abandoned.
    static <T> boolean sendUnlessAbandoned(Context ctx, Chan<T> out, T value) {
        try {
            out.send(ctx, value);
            return true;
        } catch (ChanClosedException e) {
            return false; // only its receivers can have ended it: the stage itself closes at its end
        }
    }

    static Exception unwanted() {
        return new Unwanted();
    }

    @Override
    protected void body() {
        Throwable failure = null;
        try (var tasks = TaskGroup.open(view)) {
            body.run(tasks);
            tasks.join();
        } catch (Upstream e) {
            failure = e.getCause();
        } catch (Unwanted e) {
            abandonInputs("nobody needs more from " + name);
            return;
        } catch (Throwable t) { // what became of it is the outputs' receivers' to learn
            failure = t;
        }
        for (var out : outputs) {
            if (failure == null) {
                out.tryClose();
            } else {
                out.tryClose(failure);
            }
        }
        if (failure != null) {
            abandonInputs(
                    name + (failure instanceof ContextException ? " was stopped" : " has failed") + ": " + failure);
        }
    }

    /// It had no memory to begin, or to close: others wait for that.
    @Override
    protected void ended(@Nullable Throwable failure) {
        while (failure != null) {
            try {
                for (var out : outputs) {
                    out.tryClose(failure);
                }
                abandonInputs(name + " has failed: " + failure);
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    private void abandonInputs(String reason) {
        for (var in : inputs) {
            in.abandon(reason);
        }
    }
}
