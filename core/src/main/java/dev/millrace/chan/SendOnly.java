package dev.millrace.chan;

import dev.millrace.context.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A channel for those who shall only send.
final class SendOnly<T> implements SendChan<T> {
    final Chan<T> chan;

    SendOnly(Chan<T> chan) {
        this.chan = chan;
    }

    @Override
    public void send(T value) {
        chan.send(value);
    }

    @Override
    public void send(Context ctx, T value) {
        chan.send(ctx, value);
    }

    @Override
    public boolean trySend(T value) {
        return chan.trySend(value);
    }

    @Override
    public void close() {
        chan.close();
    }

    @Override
    public boolean tryClose() {
        return chan.tryClose();
    }

    @Override
    public void close(Throwable cause) {
        chan.close(cause);
    }

    @Override
    public boolean tryClose(Throwable cause) {
        return chan.tryClose(cause);
    }

    @Override
    public List<Producer<T>> producers(int n) {
        return chan.producers(n);
    }

    @Override
    public boolean isClosed() {
        return chan.isClosed();
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
        return "send side of " + chan;
    }
}
