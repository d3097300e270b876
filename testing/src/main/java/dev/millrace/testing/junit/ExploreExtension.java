package dev.millrace.testing.junit;

import java.lang.reflect.Method;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/// Explores in place of calling.
final class ExploreExtension implements InvocationInterceptor {
    ExploreExtension() {}

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context) {
        invocation.skip();
        Method method = call.getExecutable();
        Explore wish = method.getAnnotation(Explore.class);
        if (wish == null) {
            throw new ExtensionConfigurationException("@Explore must be at the test method itself: " + method);
        }
        if (method.getParameterCount() > 0) {
            throw new ExtensionConfigurationException("@Explore needs a method without parameters, was " + method);
        }
        Class<?> type = call.getTargetClass();
        var names = new ArrayList<String>();
        AnnotationSupport.findAnnotatedMethods(type, BeforeEach.class, HierarchyTraversalMode.TOP_DOWN)
                .forEach(m -> names.add(m.getName()));
        names.add(method.getName());
        AnnotationSupport.findAnnotatedMethods(type, AfterEach.class, HierarchyTraversalMode.BOTTOM_UP)
                .forEach(m -> names.add(m.getName()));
        String[] methods = names.toArray(String[]::new);
        var options = dev.millrace.testing.explore.Explore.options()
                .time(GoDuration.parse("@Explore", wish.limit()));
        options = wish.allowRaces() ? options.allowRaces() : options;
        options = wish.whole() ? options.whole() : options;
        options = wish.punctual() ? options.punctual() : options;
        options.preemptions(wish.preemptions()).all(type, methods);
        if (wish.random() > 0) {
            options.random(wish.seed()).schedules(wish.random()).all(type, methods);
        }
        if (wish.priorities() > 0) {
            options.priorities(3, wish.seed()).schedules(wish.priorities()).all(type, methods);
        }
    }
}
