package dev.millrace.testing.junit;

import dev.millrace.go.Task;
import dev.millrace.testing.Bubble;
import dev.millrace.testing.LeakScope;
import dev.millrace.testing.Leaks;
import dev.millrace.testing.TimeLimit;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/// What the annotations of this package do. One extension for all, so that they lie in each other in one order, however they are written: the leak
/// check around everything, the time limit around the bubble, the bubble around the body.
///
/// JUnit gives a class and each of its tests a store of their own; their scopes are kept there. A scope is entered only while a method of the
/// test's class runs: between them JUnit's threads may take up other tests.
final class GoExtension implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback,
        InvocationInterceptor, ParameterResolver {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(GoExtension.class);

    GoExtension() {}

    /// Hides that a scope can be closed: JUnit closes what it finds in a store.
    private record Kept(LeakScope scope) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        open(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        open(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close(context);
    }

    private static void open(ExtensionContext context) {
        Leaks.Options rules = Wishes.leaks(context);
        if (rules != null) {
            context.getStore(OURS).put(Kept.class, new Kept(rules.named(name(context)).openForRuns()));
        }
    }

    private static void close(ExtensionContext context) {
        Kept kept = context.getStore(OURS).remove(Kept.class, Kept.class);
        if (kept != null) {
            kept.scope.close();
        }
    }

    private static String name(ExtensionContext context) {
        String type = context.getTestClass().map(Class::getSimpleName).orElse("");
        return type.equals(context.getDisplayName()) || type.isEmpty()
                ? context.getDisplayName()
                : type + " > " + context.getDisplayName();
    }

    // Life-cycle methods: in the scope, and in nothing else.

    @Override
    public void interceptBeforeAllMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        inScope(context, () -> proceed(invocation));
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        inScope(context, () -> proceed(invocation));
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        inScope(context, () -> proceed(invocation));
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        inScope(context, () -> proceed(invocation));
    }

    // Tests.

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        test(invocation, call, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        test(invocation, call, context);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<@Nullable Void> invocation, DynamicTestInvocationContext call, ExtensionContext context) {
        test(invocation, null, context);
    }

    private static void test(
            Invocation<@Nullable Void> invocation,
            @Nullable ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        Bubble.Options bubble = Wishes.bubble(context);
        Task body = bubble == null
                ? () -> proceed(invocation)
                : () -> bubble.run(b -> {
                    if (call != null && wantsBubble(call.getExecutable())) {
                        invocation.skip();
                        callWith(b, call);
                    } else {
                        invocation.proceed();
                    }
                });
        GoTimeout limit = Wishes.timeout(context);
        inScope(
                context,
                limit == null
                        ? body
                        : () -> TimeLimit.run(name(context), GoDuration.parse("@GoTimeout", limit.value()), body));
    }

    private static void inScope(ExtensionContext context, Task body) {
        Kept kept = context.getStore(OURS).get(Kept.class, Kept.class);
        if (kept != null) {
            kept.scope.run(body);
        } else {
            Sneaky.run(body);
        }
    }

    private static void proceed(Invocation<@Nullable Void> invocation) {
        try {
            invocation.proceed();
        } catch (Throwable t) {
            throw Sneaky.<RuntimeException>asItIs(t);
        }
    }

    // The bubble as a parameter. JUnit asks for it before there is one, and does not let an argument be replaced.

    private static boolean wantsBubble(Method method) {
        return Arrays.asList(method.getParameterTypes()).contains(Bubble.class);
    }

    private static void callWith(Bubble b, ReflectiveInvocationContext<Method> call) {
        Class<?>[] types = call.getExecutable().getParameterTypes();
        Object[] arguments = call.getArguments().toArray();
        for (int i = 0; i < types.length; i++) {
            if (types[i] == Bubble.class) {
                arguments[i] = b;
            }
        }
        ReflectionSupport.invokeMethod(call.getExecutable(), call.getTarget().orElse(null), arguments);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Bubble.class
                && context.getTestMethod().filter(parameter.getDeclaringExecutable()::equals).isPresent()
                && Wishes.bubble(context) != null;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return null;
    }
}
