package dev.millrace.jvm;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.go.DumpOptions;
import dev.millrace.go.Goroutines;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Outside;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// Contexts that end when the process is told to stop, Go's `signal.NotifyContext`; and a dump on a signal.
///
/// ```java
/// try (var ctx = Signals.notifyContext(Context.background(), "INT", "TERM")) {
///     serve(ctx);
/// }
/// ```
///
/// The first signal cancels the context, with a [SignalException] as its cause that says which it was. A second one ends the
/// process at once, with exit status 128 + its number and no clean-up: whoever presses Ctrl-C twice means it. When the context
/// ends in another way, by its close too, the handlers that were there before are put back.
///
/// A signal that was ignored when the process started, as under `nohup` or in a script's background job, stays ignored: the
/// JDK installs no handler for it then. Go does.
///
/// Signal handlers belong to the process: of two such contexts for one signal only the newer one hears it, until it ends.
public final class Signals {
    private Signals() {}

    /// A child of `parent` that ends with the first of the given signals.
    ///
    /// @param names without `SIG`, such as `INT` and `TERM`
    /// @throws IllegalArgumentException when there is no name, the system knows no such signal, or the JVM uses it itself;
    ///     nothing has changed then
    public static CancellableContext notifyContext(Context parent, String... names) {
        Objects.requireNonNull(parent, "cannot create context from nil parent");
        if (names.length == 0) {
            throw new IllegalArgumentException("at least one signal is needed, such as \"INT\" or \"TERM\"");
        }
        CancellableContext ctx = parent.withName("signals").withCancel();
        var restore = new ArrayList<Runnable>();
        try {
            var first = new AtomicBoolean(true);
            for (String name : names) {
                Signal signal = new Signal(name);
                SignalHandler handler = s -> received(ctx, s, first);
                SignalHandler before = Signal.handle(signal, handler);
                restore.add(() -> putBack(signal, handler, before));
            }
        } catch (IllegalArgumentException e) {
            restoreAll(restore);
            ctx.close();
            throw new IllegalArgumentException("cannot listen to " + String.join(", ", names) + ": " + e.getMessage(),
                    e);
        }
        Outside outside = Outside.note(Objects.requireNonNull(ContextBase.nodeOf(ctx)), true);
        ctx.afterFunc(() -> { // the one hearer that the note speaks of
            outside.forget();
            if (!(ctx.cause() instanceof SignalException)) {
                restoreAll(restore);
            }
        });
        return ctx;
    }

    /// Writes all goroutines as text to `out` whenever the process receives the signal, until the answer is closed; see
    /// [Goroutines#dump()]. What Go does on `SIGQUIT`, but the program goes on. That signal is the JVM's own, for its own dump; `USR1` is
    /// free, and `kill -USR1 PID` sends it.
    ///
    /// It is written on a thread of the JVM's that is made for the signal. Two signals at once are written one after the other.
    ///
    /// @param signal without `SIG`, such as `USR1`
    /// @throws IllegalArgumentException when the system knows no such signal, or the JVM uses it itself
    public static Standing dumpGoroutines(String signal, PrintStream out) {
        Objects.requireNonNull(out, "out");
        Signal wanted = new Signal(signal);
        var one = new ReentrantLock();
        SignalHandler handler = _ -> {
            one.lock();
            try {
                Goroutines.dump(out, DumpOptions.text());
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // a PrintStream throws none
            } finally {
                one.unlock();
            }
        };
        SignalHandler before = Signal.handle(wanted, handler);
        return () -> putBack(wanted, handler, before);
    }

    /// A handler that stands by for a signal.
    public interface Standing extends AutoCloseable {
        /// Puts the handler back that was there before, unless somebody else has put one there since.
        @Override
        void close();
    }

    private static void received(CancellableContext ctx, Signal signal, AtomicBoolean first) {
        if (first.getAndSet(false)) {
            ctx.cancel(new SignalException(signal.getName(), signal.getNumber()));
        } else {
            Runtime.getRuntime().halt(128 + signal.getNumber());
        }
    }

    private static void restoreAll(List<Runnable> restore) {
        restore.reversed().forEach(Runnable::run);
    }

    /// Unless somebody else has put a handler there since.
    private static void putBack(Signal signal, SignalHandler ours, SignalHandler before) {
        SignalHandler now = Signal.handle(signal, before);
        if (now != ours) {
            Signal.handle(signal, now);
        }
    }
}
