package dev.millrace.internal;

import java.lang.reflect.Method;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Runs test methods as if on a goroutine of a [ManualScheduler], so that they may use what belongs to it. They are not counted: a
/// test method itself must not wait for anything of the library's.
public final class Inside implements InvocationInterceptor {
    private final Function<ReflectiveInvocationContext<Method>, @Nullable ManualScheduler> which;

    /// @param which answers null for a method that runs as ever
    public Inside(Function<ReflectiveInvocationContext<Method>, @Nullable ManualScheduler> which) {
        this.which = which;
    }

    public Inside(ManualScheduler time) {
        this(_ -> time);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, which.apply(method));
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, which.apply(method));
    }

    private static void run(Invocation<Void> invocation, @Nullable ManualScheduler time) throws Throwable {
        if (time == null) {
            invocation.proceed();
        } else {
            time.<Void, Throwable>call(invocation::proceed);
        }
    }
}
