package dev.millrace.verify;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Ends a test that hangs, and shows what is blocked. Registered for every test through the service loader.
///
/// A test, a life-cycle method or a dynamic test that runs longer than the limit (system property
/// `millrace.watchdog.seconds`, default 60, 0 switches the watchdog off) has all threads printed to the standard error,
/// virtual ones included, and its thread interrupted; whatever it does then, it fails. A test that also survives its
/// interrupts for the limit, or 30 s if that is shorter, ends the test JVM: the build shall not hang.
public final class Watchdog implements InvocationInterceptor {
    private static final String PROPERTY = "millrace.watchdog.seconds";
    private static final Duration GRACE = Duration.ofSeconds(30);

    /// Made by the service loader.
    public Watchdog() {}

    @Override
    public void interceptTestMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context));
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context));
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(Invocation<T> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        return guard(invocation, name(context));
    }

    @Override
    public void interceptDynamicTest(Invocation<@Nullable Void> invocation,
            DynamicTestInvocationContext invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context));
    }

    @Override
    public void interceptBeforeAllMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context) + " (before all)");
    }

    @Override
    public void interceptBeforeEachMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context) + " (before each)");
    }

    @Override
    public void interceptAfterEachMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context) + " (after each)");
    }

    @Override
    public void interceptAfterAllMethod(Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        guard(invocation, name(context) + " (after all)");
    }

    private static String name(ExtensionContext context) {
        return context.getTestClass().map(Class::getSimpleName).orElse("?") + " > " + context.getDisplayName();
    }

    private static <T extends @Nullable Object> T guard(Invocation<T> invocation, String name) throws Throwable {
        long seconds = Long.getLong(PROPERTY, 60);
        if (seconds <= 0) {
            return invocation.proceed();
        }
        return guard(invocation, name, Duration.ofSeconds(seconds));
    }

    static <T extends @Nullable Object> T guard(Invocation<T> invocation, String name, Duration limit)
            throws Throwable {
        var watch = new Watch(Thread.currentThread(), name, limit);
        Thread.ofPlatform().daemon().name("watchdog").start(watch);
        Throwable failure = null;
        try {
            T result = invocation.proceed();
            if (!watch.finish()) {
                return result;
            }
        } catch (Throwable t) {
            if (!watch.finish()) {
                throw t;
            }
            failure = t;
        }
        throw new AssertionError(name + " ran longer than " + limit.toSeconds() + " s; the threads are printed above",
                failure);
    }

    private static final class Watch implements Runnable {
        private final Thread test;
        private final String name;
        private final Duration limit;
        private final CountDownLatch finished = new CountDownLatch(1);
        private final AtomicBoolean decided = new AtomicBoolean();

        Watch(Thread test, String name, Duration limit) {
            this.test = test;
            this.name = name;
            this.limit = limit;
        }

        /// Called by the test's thread when the test is over.
        ///
        /// @return whether the watchdog had struck before
        boolean finish() {
            boolean struck = !decided.compareAndSet(false, true);
            synchronized (this) {
                finished.countDown();
                if (struck) {
                    // The interrupt was ours; the next test must not see it.
                    Thread.interrupted();
                }
            }
            return struck;
        }

        private synchronized void interruptUnlessFinished() {
            if (finished.getCount() > 0) {
                test.interrupt();
            }
        }

        @Override
        public void run() {
            try {
                if (finished.await(limit.toNanos(), TimeUnit.NANOSECONDS) || !decided.compareAndSet(false, true)) {
                    return;
                }
                ThreadReport.print(name + " still runs after " + limit.toSeconds() + " s");
                long grace = Math.max(1, Math.min(GRACE.toSeconds(), limit.toSeconds()));
                for (long i = 0; i < grace; i++) {
                    interruptUnlessFinished();
                    if (finished.await(1, TimeUnit.SECONDS)) {
                        return;
                    }
                }
                ThreadReport.print(name + " ignores its interrupts; this JVM ends now");
                // Time for the output to leave this process.
                finished.await(1, TimeUnit.SECONDS);
                Runtime.getRuntime().halt(86);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
