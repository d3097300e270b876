package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Spin;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The goroutine behind [Chan#from(Context, Flow.Publisher, int)], and the subscriber that it is to the publisher.
///
/// The publisher's threads put values into `inbox`, which has room for all that was asked for, and never wait. The goroutine hands them on, and
/// it alone calls the subscription, so one call at a time: at first for as many as there is room, then for half of that
/// whenever so many were received.
final class FlowReceiver<T> extends Goroutine implements Flow.Subscriber<T> {
    private final Context view;
    private final Flow.Publisher<? extends T> publisher;
    private final int buffer;
    private final Chan<T> inbox;
    private final Chan<T> out;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final Chan<Flow.Subscription> subscription =
            Chan.<Flow.Subscription>onUndelivered(Flow.Subscription::cancel).buffered(1);
    private volatile boolean over; // by the publisher: the subscription must not be used any more

    FlowReceiver(Context view, Flow.Publisher<? extends T> publisher, int buffer) {
        super(Scheduler.current(), view, ContextBase.nodeOf(view), "from");
        this.view = view;
        this.publisher = publisher;
        this.buffer = buffer;
        this.inbox = Chan.<T>named("from publisher").buffered(buffer);
        this.out = Chan.unbuffered();
    }

    ReceiveChan<T> start() {
        var shown = new Leaving<>(out, () -> letGo("nobody receives any more")); // before the start: nobody could end what nobody has
        spawn();
        return shown;
    }

    /// Ends what the goroutine waits for. What has come goes to the hooks; a subscription that comes later is cancelled.
    private void letGo(String reason) {
        subscription.abandon(reason);
        inbox.abandon(reason);
    }

    // The goroutine.

    @Override
    protected void body() {
        Flow.Subscription source = null;
        Throwable failure = null;
        try {
            publisher.subscribe(this);
            if (subscription.next(view) instanceof Received.Value<Flow.Subscription>(var came)) {
                source = came;
                source.request(buffer);
            }
            failure = handOn(source);
        } catch (Throwable t) { // the receivers' to learn; when they have abandoned the channel nobody wants to know
            failure = t;
        }
        try {
            if (source != null && !over) {
                source.cancel();
            }
        } catch (Throwable t) {
            if (failure == null) {
                failure = t;
            } else if (failure != t) {
                failure.addSuppressed(t);
            }
        }
        letGo("the subscription is over");
        if (failure == null) {
            out.tryClose();
        } else {
            out.tryClose(failure);
        }
    }

    /// It had no memory to begin, or to close: the receivers wait for that.
    @Override
    protected void ended(@Nullable Throwable failure) {
        while (failure != null) {
            try {
                letGo("the subscription is over");
                out.tryClose(failure);
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    /// Answers the failure with which it ended; null when there was none, or nobody wants more.
    private @Nullable Throwable handOn(Flow.@Nullable Subscription source) {
        int batch = Math.max(1, buffer / 2);
        int received = 0;
        for (;;) {
            switch (inbox.next(view)) {
                case Received.Closed<T>(Throwable cause) -> {
                    return cause;
                }
                case Received.Value<T>(T value) -> {
                    try {
                        out.send(view, value);
                    } catch (Throwable t) {
                        Chan.letGo(value);
                        throw t;
                    }
                    if (++received == batch && source != null && !over) {
                        received = 0;
                        source.request(batch);
                    }
                }
            }
        }
    }

    // Called by the publisher.

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
        if (!subscribed.compareAndSet(false, true)) {
            given.cancel();
            return;
        }
        try {
            subscription.trySend(given);
        } catch (ChanClosedException e) {
            given.cancel();
        }
    }

    @Override
    public void onNext(T value) {
        Objects.requireNonNull(value, "onNext of null");
        try {
            if (inbox.trySend(value)) {
                return;
            }
            fail(new IllegalStateException(
                    "rule 1.1: the publisher sent more values than the " + buffer + " that were asked for"));
        } catch (ChanClosedException e) {
            // over: it may not have heard yet
        }
        Chan.letGo(value);
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "onError of null");
        over = true;
        fail(failure);
        subscription.tryClose();
    }

    /// The failure overtakes the values that were not received, also the one that the goroutine has in hand.
    private void fail(Throwable failure) {
        inbox.tryClose(failure);
        out.tryClose(failure);
    }

    @Override
    public void onComplete() {
        over = true;
        inbox.tryClose();
        subscription.tryClose();
    }
}
