package dev.millrace.verify.flow;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;

/// The test kit, as it is run here, finds a publisher and a subscriber that break a rule.
class CanaryTest {
    private static TestEnvironment environment() {
        return new TestEnvironment(300, 50);
    }

    private static void fails(Supplier<?> maker, String method, String sign) {
        DynamicTest test = Kit.testsOf(maker).filter(t -> t.getDisplayName().equals(method)).findFirst().orElseThrow();
        var failure = assertThrows(Throwable.class, () -> test.getExecutable().execute());
        assertTrue(String.valueOf(failure.getMessage()).contains(sign), failure.toString());
    }

    /// Gives `more` elements than were asked for.
    private static Flow.Publisher<Long> publisher(long elements, long more) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private final AtomicLong given = new AtomicLong();

            @Override
            public void request(long n) {
                for (long i = 0; i < n + more && given.get() < elements; i++) {
                    subscriber.onNext(given.getAndIncrement());
                }
                if (given.get() == elements) {
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {}
        });
    }

    private static FlowPublisherVerification<Long> verification(long more) {
        return new FlowPublisherVerification<>(environment()) {
            @Override
            public Flow.Publisher<Long> createFlowPublisher(long elements) {
                return publisher(elements, more);
            }

            @Override
            public Flow.Publisher<Long> createFailedFlowPublisher() {
                return null;
            }
        };
    }

    @Test
    void publisher_givesMoreThanWasAsked_isFound() throws Throwable {
        String method = "required_spec101_subscriptionRequestMustResultInTheCorrectNumberOfProducedElements";
        fails(() -> verification(1), method, "");
        Kit.testsOf(() -> verification(0)).filter(t -> t.getDisplayName().equals(method)).findFirst().orElseThrow()
                .getExecutable().execute();
    }

    @Test
    void subscriber_asksForNothing_isFound() {
        fails(() -> new FlowSubscriberBlackboxVerification<Integer>(environment()) {
            @Override
            public Flow.Subscriber<Integer> createFlowSubscriber() {
                return new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {}

                    @Override
                    public void onNext(Integer element) {}

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onComplete() {}
                };
            }

            @Override
            public Integer createElement(int element) {
                return element;
            }
        }, "required_spec201_blackbox_mustSignalDemandViaSubscriptionRequest", "Did not receive expected");
    }
}
