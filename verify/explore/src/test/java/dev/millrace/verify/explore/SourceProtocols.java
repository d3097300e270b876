package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.InterruptProtocols.interrupted;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.time.Alarm;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Channels that something fills: an iterator, several producers, a publisher, the clock. Who fills them ends when nobody receives any more; who
/// receives learns of each end.
final class SourceProtocols {
    private static final Duration SOON = Duration.ofMillis(1);

    private SourceProtocols() {}

    // An iterator.

    static void fromTwoReceivers() throws Exception {
        var fates = new Fates();
        fates.sent.set(3);
        var chan = Chan.from(Context.background(), List.of(1, 2));
        var other = go("other", () -> check(fates.drain(chan) == null, "a cause"));
        check(fates.drain(chan) == null, "a cause");
        Suite.join(other);
        fates.balance();
        Fates.atRest(chan);
    }

    /// It has its values and is closed, or it is closed by the end of its context.
    static void fromCancelled() throws Exception {
        var fates = new Fates();
        var ctx = Context.background().withCancel();
        var chan = Chan.from(ctx, List.of(1, 2));
        var canceller = go("canceller", ctx::cancel);
        Throwable cause = fates.drain(chan);
        check(cause == null ? fates.received.get() == 3 : cause instanceof ContextException && ctx.isDone(),
                fates + ", closed by " + cause);
        check(fates.received.get() != 2, "the second only");
        Suite.join(canceller);
        Fates.atRest(chan);
    }

    static void fromAbandoned() throws Exception {
        var fates = new Fates();
        var chan = Chan.from(Context.background(), List.of(1, 2));
        var leaver = go("leaver", () -> chan.abandon("enough"));
        fates.drain(chan);
        Suite.join(leaver);
        check(fates.received.get() != 2, "the second only");
        Fates.atRest(chan);
    }

    /// Who receives goes on after an interrupt; who fills it says that it was interrupted.
    static void fromStruck() throws Exception {
        var fates = new Fates();
        var chan = Chan.from(Context.background(), List.of(1, 2));
        var cause = new AtomicReference<@Nullable Throwable>();
        while (interrupted(() -> cause.set(fates.drain(chan)))) {
            check(!Thread.currentThread().isInterrupted(), "another interrupt");
        }
        check(cause.get() == null ? fates.received.get() == 3 : cause.get() instanceof InterruptedWaitException,
                fates + ", closed by " + cause);
        Fates.atRest(chan);
    }

    // Producers.

    static void producersOfTwo() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.unbuffered();
        var both = chan.producers(2);
        var a = go("a", () -> {
            fates.send(both.get(0), 1);
            both.get(0).close();
        });
        var b = go("b", () -> {
            fates.send(both.get(1), 4);
            both.get(1).close();
        });
        check(fates.drain(chan) == null, "a cause");
        Suite.join(a);
        Suite.join(b);
        fates.balance();
        Fates.atRest(chan);
        check(fates.sent.get() == 5, fates.toString());
    }

    /// Both fail: the channel is closed with the first failure, and that knows of the second.
    static void producersFail() throws Exception {
        Chan<Integer> chan = Chan.unbuffered();
        var both = chan.producers(2);
        var first = new IllegalStateException("first");
        var second = new IllegalStateException("second");
        var a = go("a", () -> both.get(0).close(first));
        var receiver = go("receiver", () -> {
            check(chan.next() instanceof Received.Closed<Integer>(Throwable cause)
                    && (cause == first || cause == second) && cause.getSuppressed().length == 1, "not both failures");
        });
        both.get(1).close(second);
        Suite.join(a);
        Suite.join(receiver);
    }

    /// One asks for a third while somebody else says that it is done: there is one more, or the channel is closed.
    static void producersMore() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = Chan.buffered(1);
        var one = chan.producers(1).getFirst();
        var closer = go("closer", one::close);
        try {
            var more = one.producers(1).getFirst();
            fates.send(more, 1);
            check(fates.sent.get() == 1, "closed before the last was done");
            more.close();
        } catch (ChanClosedException e) {
            check(one.isClosed(), "closed by nobody");
        }
        Suite.join(closer);
        fates.drain(chan);
        fates.balance();
        check(chan.isClosed(), "all are done, and it is open");
    }

    /// The channel is abandoned while they send.
    static void producersAbandoned() throws Exception {
        var fates = new Fates();
        Chan<Integer> chan = fates.counting().buffered(1);
        var both = chan.producers(2);
        var a = go("a", () -> {
            fates.send(both.get(0), 1);
            both.get(0).close();
        });
        var b = go("b", () -> {
            fates.send(both.get(1), 4);
            both.get(1).close();
        });
        chan.abandon("enough");
        Suite.join(a);
        Suite.join(b);
        fates.balance();
        Fates.atRest(chan);
    }

    // A publisher.

    /// What a publisher sends: delivered, or closed.
    private static final class Parcel implements AutoCloseable {
        final int bit;
        final Fates fates;

        Parcel(int bit, Fates fates) {
            this.bit = bit;
            this.fates = fates;
        }

        @Override
        public void close() {
            Fates.once(fates.undelivered, bit);
        }
    }

    /// Sends two, each when it was asked for, by a thread of its own, and completes; or fails after the first.
    private static final class Source implements Flow.Publisher<Parcel>, Flow.Subscription {
        final Fates fates;
        final @Nullable Throwable failure;
        final Semaphore wanted = new Semaphore(0);
        final AtomicReference<@Nullable Thread> sender = new AtomicReference<>();
        final AtomicInteger cancels = new AtomicInteger();

        Source(Fates fates, @Nullable Throwable failure) {
            this.fates = fates;
            this.failure = failure;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super Parcel> subscriber) {
            subscriber.onSubscribe(this);
            sender.set(go("publisher", () -> send(subscriber)));
        }

        private void send(Flow.Subscriber<? super Parcel> subscriber) throws InterruptedException {
            for (int bit = 1; bit <= 2; bit *= 2) {
                wanted.acquire();
                if (cancels.get() > 0) {
                    return;
                }
                Fates.once(fates.sent, bit);
                subscriber.onNext(new Parcel(bit, fates));
                if (failure != null) {
                    subscriber.onError(failure);
                    return;
                }
            }
            subscriber.onComplete();
        }

        @Override
        public void request(long n) {
            wanted.release((int) n);
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
            wanted.release(2);
        }

        void join() {
            while (sender.get() == null) {
                Thread.yield();
            }
            Suite.join(Objects.requireNonNull(sender.get()));
        }
    }

    private static @Nullable Throwable drain(ReceiveChan<Parcel> chan, Fates fates) {
        int mine = 0;
        for (;;) {
            switch (chan.next()) {
                case Received.Value<Parcel>(Parcel parcel) -> mine = fates.inOrder(mine, parcel.bit);
                case Received.Closed<Parcel>(Throwable cause) -> {
                    return cause;
                }
            }
        }
    }

    static void publisherCompletes() throws Exception {
        var fates = new Fates();
        var source = new Source(fates, null);
        var chan = Chan.from(Context.background(), source, 1);
        check(drain(chan, fates) == null, "a cause");
        source.join();
        fates.balance();
        Fates.atRest(chan);
        check(fates.received.get() == 3, fates.toString());
    }

    static void publisherFails() throws Exception {
        var fates = new Fates();
        var failure = new IllegalStateException("so");
        var source = new Source(fates, failure);
        var chan = Chan.from(Context.background(), source, 2);
        check(drain(chan, fates) == failure, "another cause");
        source.join();
        settled(fates);
        Fates.atRest(chan);
    }

    static void publisherIsLeft() throws Exception {
        var fates = new Fates();
        var source = new Source(fates, null);
        var chan = Chan.from(Context.background(), source, 1);
        if (chan.next() instanceof Received.Value<Parcel>(Parcel parcel)) {
            Fates.once(fates.received, parcel.bit);
        }
        chan.abandon("enough");
        source.join();
        settled(fates);
        Fates.atRest(chan);
    }

    /// Who receives nothing from it leaves: it learns of that.
    static void silentPublisherIsLeft() throws Exception {
        var cancelled = new CountDownLatch(1);
        Flow.Publisher<Parcel> silent = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled.countDown();
            }
        });
        var chan = Chan.from(Context.background(), silent, 1);
        var receiver = go("receiver", () -> check(chan.next() instanceof Received.Closed<Parcel>, "a value"));
        chan.abandon("enough");
        cancelled.await();
        Suite.join(receiver);
        Fates.atRest(chan);
    }

    static void publisherIsCancelled() throws Exception {
        var fates = new Fates();
        var ctx = Context.background().withCancel();
        var source = new Source(fates, null);
        var chan = Chan.from(ctx, source, 1);
        var canceller = go("canceller", ctx::cancel);
        Throwable cause = drain(chan, fates);
        check(cause == null ? fates.received.get() == 3 : cause instanceof ContextException && ctx.isDone(),
                fates + ", closed by " + cause);
        Suite.join(canceller);
        if (fates.sent.get() > 0) { // else it may not have been subscribed to
            source.join();
            settled(fates);
        }
        Fates.atRest(chan);
    }

    /// What is closed is closed by the goroutine that hands on, perhaps after the channel is.
    private static void settled(Fates fates) {
        while ((fates.received.get() | fates.undelivered.get()) != fates.sent.get()) {
            Thread.yield();
        }
        fates.balance();
    }

    // The clock.

    /// An alarm's instant comes to who receives, who may be cancelled first: then it is still there.
    static void alarmUnderContext() throws Exception {
        var alarm = Alarm.in(SOON);
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        boolean got = true;
        try {
            alarm.fired().receive(ctx);
        } catch (ContextException e) {
            got = false;
        }
        Suite.join(canceller);
        if (!got) {
            alarm.fired().receive();
        }
        check(alarm.fired().tryReceive() == null, "one instant, twice");
        Fates.atRest(alarm.fired());
    }

    static void alarmStruck() throws Exception {
        var alarm = Alarm.in(SOON);
        if (interrupted(() -> alarm.fired().receive())) {
            alarm.fired().receive();
        }
        check(alarm.fired().tryReceive() == null, "one instant, twice");
        Fates.atRest(alarm.fired());
    }

    static void tickerUnderContext() throws Exception {
        var ticker = Ticker.every(SOON);
        var ctx = Context.background().withCancel();
        var canceller = go("canceller", ctx::cancel);
        try {
            ticker.ticks().receive(ctx);
        } catch (ContextException e) {
            check(ctx.isDone(), "cancelled by nobody");
        }
        Suite.join(canceller);
        ticker.ticks().receive(); // the next
        ticker.stop();
        check(ticker.ticks().tryReceive() == null, "a tick after the stop");
        Fates.atRest(ticker.ticks());
    }

    static void tickerStruck() throws Exception {
        var ticker = Ticker.every(SOON);
        if (interrupted(() -> ticker.ticks().receive())) {
            ticker.ticks().receive();
        }
        ticker.stop();
        check(ticker.ticks().tryReceive() == null, "a tick after the stop");
        Fates.atRest(ticker.ticks());
    }

    /// Abandoned while somebody waits for a tick: who waits learns of it.
    static void tickerAbandoned() throws Exception {
        var ticker = Ticker.every(Duration.ofHours(1));
        var waits = go("waits", () -> check(
                ticker.ticks().next() instanceof Received.Closed<?>, "a tick after an hour"));
        ticker.ticks().abandon("enough");
        Suite.join(waits);
        Fates.atRest(ticker.ticks());
    }
}
