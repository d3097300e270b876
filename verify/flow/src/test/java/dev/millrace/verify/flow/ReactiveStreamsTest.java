package dev.millrace.verify.flow;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.context.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;

class ReactiveStreamsTest {
    private static final long TIMEOUT = 1_000; // ms; for what must come
    private static final long QUIET = 50; // ms; for what must not

    private static TestEnvironment environment() {
        return new TestEnvironment(TIMEOUT, QUIET);
    }

    private static ReceiveChan<Long> numbers(long n) {
        return Chan.from(
                Context.background(),
                n == Long.MAX_VALUE ? LongStream.iterate(0, i -> i + 1).boxed() : LongStream.range(0, n).boxed());
    }

    @TestFactory
    Stream<DynamicTest> publisher_ofAChannel_keepsTheRules() {
        return Kit.testsOf(() -> new FlowPublisherVerification<Long>(environment()) {
            @Override
            public Flow.Publisher<Long> createFlowPublisher(long elements) {
                return numbers(elements).publisher();
            }

            @Override
            public Flow.Publisher<Long> createFailedFlowPublisher() {
                var chan = Chan.<Long>unbuffered();
                chan.close(new IllegalStateException("broken"));
                return chan.publisher();
            }

            @Override
            public long maxElementsFromPublisher() {
                return Long.MAX_VALUE - 1;
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> publisher_underAContext_keepsTheRules() {
        return Kit.testsOf(() -> new FlowPublisherVerification<Long>(environment()) {
            private final Context ctx = Context.background().withCancel();

            @Override
            public Flow.Publisher<Long> createFlowPublisher(long elements) {
                return numbers(elements).publisher(ctx);
            }

            @Override
            public Flow.Publisher<Long> createFailedFlowPublisher() {
                var over = Context.background().withCancel();
                over.cancel();
                return numbers(3).publisher(over);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> publisher_ofABroadcast_keepsTheRules() {
        return Kit.testsOf(() -> new FlowPublisherVerification<Long>(environment()) {
            /// Sends as soon as somebody has subscribed, and as long as somebody is.
            @Override
            public Flow.Publisher<Long> createFlowPublisher(long elements) {
                var all = new Broadcast<Long>();
                var publisher = all.publisher(Context.background(), m -> m.buffered(4));
                var started = new AtomicBoolean();
                return subscriber -> {
                    publisher.subscribe(subscriber);
                    if (started.compareAndSet(false, true)) {
                        Thread.startVirtualThread(() -> {
                            for (long i = 0; i < elements && all.subscribers() > 0; i++) {
                                all.send(i);
                            }
                            all.close();
                        });
                    }
                };
            }

            @Override
            public Flow.Publisher<Long> createFailedFlowPublisher() {
                var all = new Broadcast<Long>();
                all.close(new IllegalStateException("broken"));
                return all.publisher(Context.background(), m -> m.unlimited());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> subscriber_behindAChannel_keepsTheRules() {
        return Stream.of(1, 16)
                .flatMap(buffer -> Kit.testsOf(() -> new FlowSubscriberBlackboxVerification<Integer>(environment()) {
                    @Override
                    public Flow.Subscriber<Integer> createFlowSubscriber() {
                        var came = new CompletableFuture<Flow.Subscriber<Integer>>();
                        @SuppressWarnings("unchecked") // takes what it is given
                        Flow.Publisher<Integer> handsOut = s -> came.complete((Flow.Subscriber<Integer>) s);
                        var chan = Chan.from(Context.background(), handsOut, buffer);
                        Thread.startVirtualThread(() -> {
                            while (chan.next() instanceof Received.Value<Integer>) {
                                Thread.onSpinWait();
                            }
                        });
                        return came.join();
                    }

                    @Override
                    public Integer createElement(int element) {
                        return element;
                    }
                }));
    }
}
