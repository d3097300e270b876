package dev.millrace.verify.flow;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.SkipException;

/// Runs the test kit's methods under JUnit, each on an instance of its own. Those that the kit itself calls untested are left out; an
/// optional one may skip itself, any other may not.
final class Kit {
    private Kit() {}

    static Stream<DynamicTest> testsOf(Supplier<?> maker) {
        return Arrays.stream(maker.get().getClass().getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .filter(method -> !method.getName().startsWith("untested"))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(maker.get(), method)));
    }

    private static void run(Object verification, Method method) throws Throwable {
        try {
            if (verification instanceof PublisherVerification<?> publisher) {
                publisher.setUp();
            } else if (verification instanceof SubscriberBlackboxVerification<?> subscriber) {
                subscriber.startPublisherExecutorService();
            }
            try {
                method.invoke(verification);
            } finally {
                if (verification instanceof SubscriberBlackboxVerification<?> subscriber) {
                    subscriber.shutdownPublisherExecutorService();
                }
            }
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skip && method.getName().startsWith("optional")) {
                Assumptions.abort(skip.getMessage());
            }
            throw e.getCause();
        }
    }
}
