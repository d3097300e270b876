package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Spin;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The goroutine behind [Chan#from]: sends what an iterator gives, and closes.
final class Feeder<T> extends Goroutine {
    private final Context view;
    private final Supplier<? extends Iterator<? extends T>> values;
    private final Runnable atEnd;
    private final Chan<T> out;

    Feeder(Context view, Supplier<? extends Iterator<? extends T>> values, Runnable atEnd, Chan<T> out) {
        super(Scheduler.current(), view, ContextBase.nodeOf(view), "from");
        this.view = view;
        this.values = values;
        this.atEnd = atEnd;
        this.out = out;
    }

    @Override
    protected void body() {
        try {
            try {
                values.get().forEachRemaining(value -> out.send(view, value));
            } finally {
                atEnd.run();
            }
            out.tryClose();
        } catch (Throwable t) { // the receivers' to learn; when they have abandoned the channel nobody wants to know
            out.tryClose(t);
        }
    }

    /// It had no memory to begin, or to close: the receivers wait for that.
    @Override
    protected void ended(@Nullable Throwable failure) {
        while (failure != null) {
            try {
                out.tryClose(failure);
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }
}
