package dev.millrace.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The guard alone: the client and the subscriber are the test's.
class GuardTest {
    private static final List<ByteBuffer> PART = List.of();

    private final CancellableContext ctx = Context.background().withCancel();
    private final Recorder subscriber = new Recorder();
    private final Client client = new Client();
    private final Guard<String> guard = new Guard<>(ctx, ContextBase.nodeOf(ctx), subscriber);

    /// A subscriber of a user's.
    private static final class Recorder implements BodySubscriber<String> {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final AtomicInteger within = new AtomicInteger();
        volatile Runnable atNext = () -> {};
        volatile Runnable atSubscribe = () -> {};
        volatile Flow.Subscription subscription;

        private void hear(String what, Runnable action) {
            assertEquals(1, within.incrementAndGet(), "two signals at once");
            action.run();
            heard.add(what);
            within.decrementAndGet();
        }

        @Override
        public CompletionStage<String> getBody() {
            return CompletableFuture.completedStage("body");
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            hear("subscribe", atSubscribe);
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            hear("next", atNext);
        }

        @Override
        public void onError(Throwable t) {
            hear("error", () -> {});
            failure.complete(t);
        }

        @Override
        public void onComplete() {
            hear("complete", () -> {});
        }
    }

    private static final class Client implements Flow.Subscription {
        final AtomicInteger cancels = new AtomicInteger();
        final AtomicInteger asked = new AtomicInteger();

        @Override
        public void request(long n) {
            asked.addAndGet((int) n);
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
        }
    }

    @Test
    void body_thatIsNotCut_passesAsItIs() {
        guard.onSubscribe(client);
        guard.listen();
        subscriber.subscription.request(3);
        guard.onNext(PART);
        guard.onComplete();
        guard.onComplete();
        guard.onError(new Error());
        ctx.cancel();
        guard.cut();
        assertEquals(List.of("subscribe", "next", "complete"), subscriber.heard);
        assertEquals(3, client.asked.get());
        assertEquals(0, client.cancels.get());
    }

    @Test
    void contextsEnd_cutsOnceAndTheSubscriberHearsIt() throws Exception {
        guard.onSubscribe(client);
        guard.listen();
        guard.onNext(PART);
        ctx.cancel("enough");
        Throwable t = subscriber.failure.get(10, SECONDS);
        assertEquals(ctx.err().getClass(), t.getClass());
        guard.cut();
        guard.onNext(PART);
        guard.onError(new Error("of the client, because of the cancel"));
        guard.onComplete();
        guard.request(1);
        assertEquals(List.of("subscribe", "next", "error"), subscriber.heard);
        assertEquals(1, client.cancels.get());
        assertEquals(0, client.asked.get());
    }

    @Test
    void cut_whileTheSubscriberIsBusy_isToldByWhoLeavesIt() throws Exception {
        var busy = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        subscriber.atNext = () -> {
            busy.countDown();
            await(goOn);
        };
        guard.onSubscribe(client);
        guard.listen();
        var thread = Thread.ofVirtual().start(() -> guard.onNext(PART));
        await(busy);
        ctx.cancel();
        guard.cut(); // at once: who waits for the body is not held up
        for (int i = 0; client.cancels.get() == 0 && i < 10_000_000; i++) {
            Thread.onSpinWait(); // the listener's cut may be the first of the two
        }
        assertEquals(1, client.cancels.get(), "the connection does not wait for the subscriber");
        assertFalse(subscriber.failure.isDone());
        goOn.countDown();
        subscriber.failure.get(10, SECONDS);
        thread.join();
        assertEquals(List.of("subscribe", "next", "error"), subscriber.heard);
    }

    @Test
    void cut_beforeTheSubscription_isToldAfterIt() throws Exception {
        ctx.cancel();
        guard.cut();
        assertEquals(List.of(), subscriber.heard);
        guard.onSubscribe(client);
        assertEquals(1, client.cancels.get());
        assertTrue(subscriber.failure.isDone());
        assertEquals(List.of("subscribe", "error"), subscriber.heard);
    }

    @Test
    void cut_whileTheSubscriberIsBeingSubscribed_isToldAfterIt() {
        subscriber.atSubscribe = () -> {
            ctx.cancel();
            guard.cut();
            assertEquals(List.of(), subscriber.heard);
        };
        guard.onSubscribe(client);
        assertEquals(List.of("subscribe", "error"), subscriber.heard);
        assertEquals(1, client.cancels.get());
    }

    @Test
    void completion_withinOnNext_comesAfterIt() {
        subscriber.atNext = guard::onComplete; // a client may answer a request for more at once
        guard.onSubscribe(client);
        guard.onNext(PART);
        assertEquals(List.of("subscribe", "next", "complete"), subscriber.heard);
    }

    @Test
    void cancel_ofTheSubscriber_endsItAndTheContextForgetsIt() {
        guard.onSubscribe(client);
        guard.listen();
        subscriber.subscription.cancel();
        assertEquals(1, client.cancels.get());
        assertFalse(guard.forget());
        ctx.cancel();
        guard.cut();
        assertEquals(List.of("subscribe"), subscriber.heard);
        assertEquals(1, client.cancels.get());
    }

    @Test
    void end_beforeItListens_isForgotten() {
        guard.onSubscribe(client);
        guard.onComplete();
        guard.listen();
        assertFalse(guard.forget());
    }

    @Test
    void contextThatEndedBeforeItListens_cutsAtOnce() {
        guard.onSubscribe(client);
        ctx.cancel();
        guard.listen();
        assertEquals(1, client.cancels.get());
        assertEquals(List.of("subscribe", "error"), subscriber.heard);
    }

    @Test
    void failure_ofTheClient_isTheSubscribers() {
        var failure = new java.io.IOException("reset");
        guard.onSubscribe(client);
        guard.listen();
        guard.onError(failure);
        assertSame(failure, subscriber.failure.join());
        assertFalse(guard.forget());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
