package dev.millrace.chan;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Owner;
import dev.millrace.internal.Scheduler;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Channels for subscribers of `java.util.concurrent.Flow`. Each subscriber has a goroutine, and all signals to it come from there, one after
/// the other; so what a signal has written is seen by the next, and a `request` within `onNext` never recurs. `request` and `cancel` only
/// leave word for the goroutine.
final class FlowPublisher<T> implements Flow.Publisher<T> {
    private static final Flow.Subscription NONE = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final Context view;
    private final Supplier<? extends ReceiveChan<T>> source;
    private final boolean leaves;
    private final Scheduler scheduler = Scheduler.current();

    /// @param source the channel for the next subscriber
    /// @param leaves whether the channel is its subscriber's own, to be abandoned when it wants no more
    FlowPublisher(Context ctx, Supplier<? extends ReceiveChan<T>> source, boolean leaves) {
        this.view = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        Owner.within(ContextBase.nodeOf(view), "publish under");
        this.source = source;
        this.leaves = leaves;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        ReceiveChan<T> chan = null;
        try {
            Owner.check(scheduler, "subscribe to", this);
            chan = source.get();
            new Delivery<>(scheduler, view, chan, leaves, subscriber).spawn();
        } catch (Throwable t) { // the rules know one way only to say so
            if (leaves && chan != null) {
                chan.abandon("no goroutine could be started for its subscriber");
            }
            subscriber.onSubscribe(NONE);
            subscriber.onError(t);
        }
    }

    @Override
    public String toString() {
        return "publisher" + (leaves ? "" : " of " + source.get());
    }

    /// What the subscriber has asked for. Knows nothing of the subscriber, so that who keeps it keeps nothing else.
    private static final class Demand implements Flow.Subscription {
        private static final Object TOKEN = new Object();

        private final CancellableContext life;
        private final AtomicLong wanted = new AtomicLong(); // Long.MAX_VALUE: without end, and stays so
        private final Chan<Object> asked = Chan.named("demand").buffered(1);
        private volatile boolean cancelled;
        private volatile @Nullable Throwable misuse; // written before the life ends

        Demand(CancellableContext life) {
            this.life = life;
        }

        @Override
        public void request(long n) {
            if (life.isDone()) {
                return;
            }
            if (n <= 0) {
                misuse = new IllegalArgumentException("rule 3.9: a request must be for more than 0 values, was " + n);
                life.cancel();
                return;
            }
            wanted.accumulateAndGet(n, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
            asked.trySend(TOKEN);
        }

        @Override
        public void cancel() {
            cancelled = true;
            life.cancel();
        }

        /// Returns when a value is wanted, or when none will come.
        void await(ReceiveChan<?> chan) {
            while (wanted.get() == 0 && !hasEnded(chan)) {
                asked.receive(life);
            }
        }

        private static boolean hasEnded(ReceiveChan<?> chan) {
            ChanSnapshot now = chan.snapshot();
            return now.closed() && now.length() == 0;
        }

        void served() {
            wanted.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
        }
    }

    /// The goroutine of one subscriber.
    private static final class Delivery<T> extends Goroutine {
        private final Context view;
        private final ReceiveChan<T> chan;
        private final boolean leaves;
        private final Flow.Subscriber<? super T> subscriber;

        Delivery(
                Scheduler scheduler,
                Context view,
                ReceiveChan<T> chan,
                boolean leaves,
                Flow.Subscriber<? super T> subscriber) {
            super(scheduler, view, ContextBase.nodeOf(view), "publisher");
            this.view = view;
            this.chan = chan;
            this.leaves = leaves;
            this.subscriber = subscriber;
        }

        /// What the subscriber itself throws is for nobody else: it goes to the policy for uncaught failures.
        @Override
        protected void body() {
            try (var life = view.withCancel()) {
                var demand = new Demand(life);
                subscriber.onSubscribe(demand);
                deliver(demand);
            } finally {
                if (leaves) {
                    chan.abandon("its subscriber's subscription is over");
                }
            }
        }

        private void deliver(Demand demand) {
            for (;;) {
                Received<T> got;
                try {
                    demand.await(chan);
                    got = chan.next(demand.life);
                } catch (Throwable t) {
                    Throwable why = demand.misuse == null ? t : demand.misuse;
                    if (!demand.cancelled) {
                        subscriber.onError(why);
                    }
                    return;
                }
                switch (got) {
                    case Received.Value<T>(T value) -> {
                        demand.served();
                        subscriber.onNext(value); // also when it was cancelled meanwhile: the value is in no channel any more
                    }
                    case Received.Closed<T>(Throwable cause) -> {
                        if (demand.cancelled) {
                            return;
                        }
                        if (cause == null) {
                            subscriber.onComplete();
                        } else {
                            subscriber.onError(cause);
                        }
                        return;
                    }
                }
            }
        }
    }
}
