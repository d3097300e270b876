package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Until;
import dev.millrace.internal.Uncaught;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlowTest {
    private static Chan<Integer> filled(int n) {
        var chan = Chan.<Integer>buffered(n);
        IntStream.rangeClosed(1, n).forEach(chan::send);
        return chan;
    }

    /// Keeps what it is told, and who tells it: one at a time.
    private static class Ear<T> implements Flow.Subscriber<T> {
        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        final ConcurrentLinkedQueue<T> got = new ConcurrentLinkedQueue<>();
        final CompletableFuture<Throwable> end = new CompletableFuture<>(); // null: completed
        final AtomicInteger inside = new AtomicInteger();
        final AtomicReference<String> fault = new AtomicReference<>();

        private void signal(Runnable body) {
            if (inside.getAndIncrement() != 0) {
                fault.set("two signals at once");
            }
            if (end.isDone()) {
                fault.set("a signal after the end");
            }
            body.run();
            inside.decrementAndGet();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            signal(() -> {
                started(given);
                subscription.complete(given);
            });
        }

        @Override
        public void onNext(T value) {
            signal(() -> {
                if (!subscription.isDone()) {
                    fault.set("a value before the subscription");
                }
                got.add(value);
                took(value);
            });
        }

        @Override
        public void onError(Throwable failure) {
            signal(() -> {});
            end.complete(failure);
        }

        @Override
        public void onComplete() {
            signal(() -> {});
            end.complete(null);
        }

        void started(Flow.Subscription given) {}

        void took(T value) {}

        Flow.Subscription subscription() throws Exception {
            return subscription.get(20, TimeUnit.SECONDS);
        }

        /// The failure; null when it completed.
        Throwable end() throws Exception {
            Throwable how = end.get(20, TimeUnit.SECONDS);
            assertNull(fault.get());
            return how;
        }

        void has(List<T> values) throws Exception {
            Until.until(values + " have come", () -> got.size() >= values.size());
            assertEquals(values, List.copyOf(got));
            assertNull(fault.get());
        }
    }

    // A channel as a publisher.

    @Test
    void publisher_requests_takesSoManyFromTheChannel() throws Exception {
        var chan = filled(10);
        var ear = new Ear<Integer>();
        chan.receiveOnly().publisher().subscribe(ear);
        var subscription = ear.subscription();
        assertEquals(10, chan.len());
        subscription.request(2);
        ear.has(List.of(1, 2));
        assertEquals(8, chan.len());
        subscription.request(1);
        subscription.request(1);
        ear.has(List.of(1, 2, 3, 4));
        assertEquals(6, chan.len());
        subscription.request(Long.MAX_VALUE);
        subscription.request(Long.MAX_VALUE);
        ear.has(IntStream.rangeClosed(1, 10).boxed().toList());
        chan.send(11);
        chan.close();
        assertNull(ear.end());
        assertEquals(11, ear.got.size());
    }

    @Test
    void publisher_cancelled_leavesTheRestInTheChannel() throws Exception {
        var chan = filled(5);
        var ear = new Ear<Integer>() {
            @Override
            void took(Integer value) {
                subscription.join().cancel();
                subscription.join().cancel();
                subscription.join().request(3);
                subscription.join().request(-1);
            }
        };
        chan.publisher().subscribe(ear);
        ear.subscription().request(4);
        ear.has(List.of(1));
        var other = new Ear<Integer>();
        chan.publisher().subscribe(other);
        other.subscription().request(10);
        other.has(List.of(2, 3, 4, 5));
        chan.close();
        assertNull(other.end());
        assertEquals(false, ear.end.isDone());
    }

    @Test
    void publisher_cancelledWhileItWaits_leavesTheChannel() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var ear = new Ear<Integer>();
        chan.publisher().subscribe(ear);
        ear.subscription().request(1);
        Until.until("it receives", () -> chan.snapshot().blockedReceivers() == 1);
        ear.subscription().cancel();
        Until.until("it has gone", () -> chan.snapshot().blockedReceivers() == 0);
        assertEquals(false, chan.isClosed());
        assertEquals(false, ear.end.isDone());
    }

    @Test
    void publisher_severalSubscribers_shareTheValues() throws Exception {
        var chan = filled(100);
        chan.close();
        var publisher = chan.publisher(Context.background());
        var ears = List.of(new Ear<Integer>(), new Ear<Integer>(), new Ear<Integer>());
        ears.forEach(publisher::subscribe);
        for (var ear : ears) {
            ear.subscription().request(1_000);
        }
        var all = new ArrayList<Integer>();
        for (var ear : ears) {
            assertNull(ear.end());
            all.addAll(ear.got);
        }
        assertEquals(
                IntStream.rangeClosed(1, 100).boxed().toList(),
                all.stream().sorted().toList());
    }

    @Test
    void publisher_requestWithinOnNext_doesNotRecur() throws Exception {
        int n = 20_000;
        var chan = Chan.<Integer>unlimited();
        IntStream.range(0, n).forEach(chan::send);
        chan.close();
        var ear = new Ear<Integer>() {
            @Override
            void started(Flow.Subscription given) {
                given.request(1);
            }

            @Override
            void took(Integer value) {
                subscription.join().request(1);
            }
        };
        chan.publisher().subscribe(ear);
        assertNull(ear.end());
        assertEquals(n, ear.got.size());
    }

    @Test
    void publisher_requestOfNothing_isAFailure() throws Exception {
        for (long bad : new long[] {0, -1, Long.MIN_VALUE}) {
            var chan = filled(2);
            var ear = new Ear<Integer>();
            chan.publisher().subscribe(ear);
            ear.subscription().request(bad);
            assertInstanceOf(IllegalArgumentException.class, ear.end());
            assertEquals(2, chan.len());
            ear.subscription().request(1);
            ear.subscription().cancel();
        }
    }

    @Test
    void publisher_channelThatHasEnded_saysSoWithoutARequest() throws Exception {
        var chan = filled(1);
        chan.close();
        var ear = new Ear<Integer>();
        chan.publisher().subscribe(ear);
        ear.subscription().request(1);
        assertNull(ear.end());

        var failure = new IllegalStateException("broken");
        var broken = filled(1);
        broken.close(failure);
        var second = new Ear<Integer>();
        broken.publisher().subscribe(second);
        assertSame(failure, second.end());
        assertEquals(0, second.got.size());
    }

    @Test
    void publisher_contextEnds_isAFailure() throws Exception {
        var chan = filled(2);
        var ctx = Context.background().withCancel();
        var waitsForRequests = new Ear<Integer>();
        var waitsForValues = new Ear<Integer>();
        chan.publisher(ctx).subscribe(waitsForRequests);
        waitsForRequests.subscription();
        var empty = Chan.<Integer>unbuffered();
        empty.publisher(ctx).subscribe(waitsForValues);
        waitsForValues.subscription().request(1);
        Until.until("it receives", () -> empty.snapshot().blockedReceivers() == 1);
        ctx.cancel();
        assertInstanceOf(CancelledException.class, waitsForRequests.end());
        assertInstanceOf(CancelledException.class, waitsForValues.end());
        var late = new Ear<Integer>();
        chan.publisher(ctx).subscribe(late);
        late.subscription().request(1);
        assertInstanceOf(CancelledException.class, late.end());
        assertEquals(2, chan.len());
    }

    @Test
    void publisher_subscriberThatThrows_isOverAndThePolicyHears() throws Exception {
        var chan = filled(3);
        var failure = new IllegalStateException("from a subscriber");
        var heard = new CompletableFuture<Throwable>();
        Uncaught before = Uncaught.set((_, t) -> heard.complete(t));
        try {
            var ear = new Ear<Integer>() {
                @Override
                void took(Integer value) {
                    throw failure;
                }
            };
            chan.publisher().subscribe(ear);
            ear.subscription().request(3);
            assertSame(failure, heard.get(20, TimeUnit.SECONDS));
            assertEquals(2, chan.len());
        } finally {
            Uncaught.set(before);
        }
    }

    @Test
    void publisher_badArguments_areRefused() {
        assertThrows(NullPointerException.class, () -> filled(1).publisher().subscribe(null));
        assertThrows(NullPointerException.class, () -> filled(1).publisher(null));
        assertThrows(NullPointerException.class, () -> new Broadcast<Integer>().publisher(null, m -> m.latest()));
        assertThrows(
                NullPointerException.class, () -> new Broadcast<Integer>().publisher(Context.background(), null));
    }

    // A broadcast as a publisher.

    @Test
    void broadcastPublisher_eachSubscriber_getsAllAndLeavesWhenItCancels() throws Exception {
        var bus = Broadcast.<Integer>named("bus");
        var publisher = bus.publisher(Context.background(), m -> m.buffered(1));
        var one = new Ear<Integer>();
        var two = new Ear<Integer>();
        publisher.subscribe(one);
        publisher.subscribe(two);
        one.subscription().request(10);
        two.subscription().request(10);
        bus.send(1);
        bus.send(2);
        one.has(List.of(1, 2));
        two.has(List.of(1, 2));
        one.subscription().cancel();
        Until.until("it has left", () -> bus.subscribers() == 1);
        for (int i = 3; i < 8; i++) {
            bus.send(i);
        }
        bus.close();
        assertNull(two.end());
        two.has(List.of(1, 2, 3, 4, 5, 6, 7));
        assertEquals(2, one.got.size());
    }

    @Test
    void broadcastPublisher_kindThatFails_isToldByOnError() throws Exception {
        var failure = new IllegalStateException("no kind");
        var ear = new Ear<Integer>();
        new Broadcast<Integer>()
                .publisher(Context.background(), _ -> {
                    throw failure;
                })
                .subscribe(ear);
        ear.subscription().request(1);
        ear.subscription().cancel();
        assertSame(failure, ear.end());
    }

    // A publisher as a channel.

    /// A publisher that does what the test says.
    private static final class Source implements Flow.Publisher<Integer>, Flow.Subscription {
        final CompletableFuture<Flow.Subscriber<? super Integer>> subscriber = new CompletableFuture<>();
        final ConcurrentLinkedQueue<Long> requests = new ConcurrentLinkedQueue<>();
        final AtomicInteger cancels = new AtomicInteger();

        @Override
        public void subscribe(Flow.Subscriber<? super Integer> s) {
            s.onSubscribe(this);
            subscriber.complete(s);
        }

        @Override
        public void request(long n) {
            requests.add(n);
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
        }

        Flow.Subscriber<? super Integer> subscriber() throws Exception {
            return subscriber.get(20, TimeUnit.SECONDS);
        }

        void requested(Long... all) throws Exception {
            Until.until(List.of(all) + " were asked for", () -> requests.size() >= all.length);
            assertEquals(List.of(all), List.copyOf(requests));
        }

        void isCancelled() throws Exception {
            Until.until("the subscription is cancelled", () -> cancels.get() > 0);
            assertEquals(1, cancels.get());
        }
    }

    @Test
    void from_publisher_asksForTheBufferAndThenForHalvesAsValuesAreReceived() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 4);
        source.requested(4L);
        for (int i = 1; i <= 4; i++) {
            source.subscriber().onNext(i);
        }
        assertEquals(1, chan.receive());
        source.requested(4L);
        assertEquals(2, chan.receive());
        source.requested(4L, 2L);
        assertEquals(3, chan.receive());
        assertEquals(4, chan.receive());
        source.requested(4L, 2L, 2L);
        source.subscriber().onNext(5);
        source.subscriber().onComplete();
        assertEquals(List.of(5), chan.stream().toList());
        assertEquals(0, source.cancels.get());
    }

    @Test
    void from_publisherWithABufferOfOne_asksOneByOne() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 1);
        source.requested(1L);
        source.subscriber().onNext(1);
        assertEquals(1, chan.receive());
        source.requested(1L, 1L);
        source.subscriber().onNext(2);
        assertEquals(2, chan.receive());
        source.requested(1L, 1L, 1L);
        chan.abandon("two are enough");
        source.isCancelled();
    }

    @Test
    void from_publisherThatFails_closesTheChannelWithThat() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 4);
        var failure = new IllegalStateException("broken");
        source.subscriber().onError(failure);
        assertSame(
                failure, assertThrows(ChanClosedException.class, chan::receive).getCause());
        assertEquals(0, source.cancels.get());

        Flow.Publisher<Integer> refuses = _ -> {
            throw failure;
        };
        var second = Chan.from(Context.background(), refuses, 4);
        assertSame(
                failure, assertThrows(ChanClosedException.class, second::receive).getCause());

        Flow.Publisher<Integer> failsAtOnce = s -> s.onError(failure); // without onSubscribe, against the rules
        var third = Chan.from(Context.background(), failsAtOnce, 4);
        assertSame(
                failure, assertThrows(ChanClosedException.class, third::receive).getCause());
    }

    @Test
    void from_abandonedWhileNothingComes_cancels() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 4);
        source.requested(4L);
        chan.abandon("enough");
        source.isCancelled();
        source.subscriber().onNext(1); // was on its way
        source.subscriber().onComplete();
    }

    @Test
    void from_abandonedBeforeTheSubscription_cancelsItWhenItComes() throws Exception {
        var came = new CompletableFuture<Flow.Subscriber<? super Integer>>();
        Flow.Publisher<Integer> takesItsTime = came::complete;
        var chan = Chan.from(Context.background(), takesItsTime, 4);
        var subscriber = came.get(20, TimeUnit.SECONDS);
        chan.abandon("too slow");
        var source = new Source();
        subscriber.onSubscribe(source);
        source.isCancelled();
        assertEquals(0, source.requests.size());
    }

    @Test
    void from_contextEnds_cancelsAndClosesWithIt() throws Exception {
        var ctx = Context.background().withCancel();
        var source = new Source();
        var chan = Chan.from(ctx, source, 4);
        source.requested(4L);
        ctx.cancel();
        assertInstanceOf(
                CancelledException.class,
                assertThrows(ChanClosedException.class, chan::receive).getCause());
        source.isCancelled();
    }

    @Test
    void from_valuesThatNobodyReceives_areClosed() throws Exception {
        var closed = new ConcurrentLinkedQueue<Integer>();
        var subscriber = new CompletableFuture<Flow.Subscriber<? super AutoCloseable>>();
        var source = new Source();
        Flow.Publisher<AutoCloseable> publisher = s -> {
            s.onSubscribe(source);
            subscriber.complete(s);
        };
        var chan = Chan.from(Context.background(), publisher, 4);
        source.requested(4L);
        var to = subscriber.get(20, TimeUnit.SECONDS);
        for (int i = 0; i < 3; i++) {
            int n = i;
            AutoCloseable value = () -> closed.add(n);
            to.onNext(value);
        }
        Until.until("it offers the first", () -> chan.snapshot().blockedSenders() == 1);
        chan.abandon("none is wanted");
        source.isCancelled();
        AutoCloseable late = () -> closed.add(3);
        to.onNext(late);
        Until.until("all are closed", () -> closed.size() == 4);
        assertEquals(List.of(0, 1, 2, 3), closed.stream().sorted().toList());
    }

    @Test
    void from_publisherThatSendsTooMuch_isCancelled() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 2);
        source.requested(2L);
        for (int i = 0; i < 5; i++) { // one is in the goroutine's hand
            source.subscriber().onNext(i);
        }
        source.isCancelled();
        var e = assertThrows(ChanClosedException.class, () -> chan.forEach(_ -> {}));
        assertInstanceOf(IllegalStateException.class, e.getCause());
        assertTrue(e.getMessage().contains("rule 1.1"), e.getMessage());
    }

    @Test
    void from_secondSubscription_isCancelled() throws Exception {
        var source = new Source();
        var chan = Chan.from(Context.background(), source, 2);
        var second = new Source();
        source.subscriber().onSubscribe(second);
        second.isCancelled();
        source.subscriber().onNext(1);
        assertEquals(1, chan.receive());
        source.subscriber().onComplete();
        assertInstanceOf(Received.Closed.class, chan.next());
    }

    @Test
    void from_nullSignalsAndArguments_areRefused() throws Exception {
        var source = new Source();
        Chan.from(Context.background(), source, 2);
        var to = source.subscriber();
        assertThrows(NullPointerException.class, () -> to.onSubscribe(null));
        assertThrows(NullPointerException.class, () -> to.onNext(null));
        assertThrows(NullPointerException.class, () -> to.onError(null));
        to.onComplete();
        assertThrows(IllegalArgumentException.class, () -> Chan.from(Context.background(), source, 0));
        assertThrows(NullPointerException.class, () -> Chan.from(null, source, 1));
        assertThrows(NullPointerException.class,
                () -> Chan.from(Context.background(), (Flow.Publisher<String>) null, 1));
    }

    @Test
    void flow_bothWaysAndThroughTheJdksPublisher_keepsOrderAndEnd() throws Exception {
        try (var jdk = new SubmissionPublisher<Integer>()) {
            var chan = Chan.<Integer>from(Context.background(), jdk, 16);
            Until.until("it has subscribed", jdk::hasSubscribers);
            var there = Chan.<Integer>from(Context.background(), chan.publisher(), 3);
            Thread.startVirtualThread(() -> {
                IntStream.range(0, 10_000).forEach(jdk::submit);
                jdk.close();
            });
            assertEquals(IntStream.range(0, 10_000).boxed().toList(), there.stream().toList());
        }
    }
}
