package dev.millrace.chan;

import dev.millrace.context.Context;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// A channel for those who shall only receive.
sealed class ReceiveOnly<T> implements ReceiveChan<T> permits Leaving {
    final Chan<T> chan;

    ReceiveOnly(Chan<T> chan) {
        this.chan = chan;
    }

    @Override
    public T receive() {
        return chan.receive();
    }

    @Override
    public T receive(Context ctx) {
        return chan.receive(ctx);
    }

    @Override
    public Received<T> next() {
        return chan.next();
    }

    @Override
    public Received<T> next(Context ctx) {
        return chan.next(ctx);
    }

    @Override
    public @Nullable Received<T> tryReceive() {
        return chan.tryReceive();
    }

    @Override
    public void abandon(String reason) {
        chan.abandon(reason);
    }

    @Override
    public Iterator<T> iterator() {
        return chan.iterator();
    }

    @Override
    public Iterable<T> each(Context ctx) {
        return chan.each(ctx);
    }

    @Override
    public int len() {
        return chan.len();
    }

    @Override
    public int cap() {
        return chan.cap();
    }

    @Override
    public String name() {
        return chan.name();
    }

    @Override
    public ChanSnapshot snapshot() {
        return chan.snapshot();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return chan.equals(other);
    }

    @Override
    public int hashCode() {
        return chan.hashCode();
    }

    @Override
    public String toString() {
        return "receive side of " + chan;
    }
}
