package dev.millrace.testing.junit;

import dev.millrace.testing.Bubble;
import dev.millrace.testing.Leaks;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// What the annotations at a test, its class, and the classes around it ask for.
final class Wishes {
    private Wishes() {}

    static @Nullable GoTimeout timeout(ExtensionContext context) {
        return nearest(context, GoTimeout.class);
    }

    /// How the bubble is to run, null when nobody asks for one.
    static Bubble.@Nullable Options bubble(ExtensionContext context) {
        Bubbled bubbled = nearest(context, Bubbled.class);
        if (bubbled == null) {
            return null;
        }
        long[] seeds = bubbled.seed();
        if (seeds.length > 1) {
            throw new IllegalArgumentException("@Bubbled(seed) must be one number, was " + Arrays.toString(seeds));
        }
        Bubble.Options options = Bubble.options().limit(GoDuration.parse("@Bubbled(limit)", bubbled.limit()));
        if (seeds.length == 1) {
            options = options.serial(seeds[0]);
        } else if (bubbled.serial()) {
            options = options.serial();
        }
        return bubbled.manual() ? options.manual() : options;
    }

    /// The rules of all together, null when nobody asks for a check.
    static Leaks.@Nullable Options leaks(ExtensionContext context) {
        List<NoLeaks> all = all(context, NoLeaks.class);
        if (all.isEmpty()) {
            return null;
        }
        Leaks.Options rules =
                Leaks.options().within(GoDuration.parse("@NoLeaks(within)", all.getFirst().within()));
        for (NoLeaks each : all) {
            for (String name : each.ignoreName()) {
                rules = rules.ignoreName(name);
            }
            for (String function : each.ignoreTop()) {
                rules = rules.ignoreTop(function);
            }
            for (String function : each.ignoreAny()) {
                rules = rules.ignoreAny(function);
            }
            for (String function : each.ignoreCreatedBy()) {
                rules = rules.ignoreCreatedBy(function);
            }
        }
        return rules;
    }

    private static <A extends Annotation> @Nullable A nearest(ExtensionContext context, Class<A> type) {
        List<A> all = all(context, type);
        return all.isEmpty() ? null : all.getFirst();
    }

    /// From the method outwards. A dynamic test has neither method nor class of its own: those of its factory count.
    private static <A extends Annotation> List<A> all(ExtensionContext context, Class<A> type) {
        var found = new ArrayList<A>();
        ExtensionContext c = context;
        while (c.getTestClass().isEmpty() && c.getParent().isPresent()) {
            c = c.getParent().get();
        }
        c.getTestMethod().ifPresent(method -> add(found, method, type));
        for (Class<?> at = c.getTestClass().orElse(null); at != null; at = at.getEnclosingClass()) {
            add(found, at, type);
        }
        return found;
    }

    private static <A extends Annotation> void add(List<A> found, AnnotatedElement element, Class<A> type) {
        AnnotationSupport.findAnnotation(element, type).ifPresent(found::add);
    }
}
