package dev.millrace.testing.junit;

import dev.millrace.testing.Bubble;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test method runs in a [Bubble], which it may have as a parameter.
///
/// ```java
/// @Test
/// @Bubbled
/// void deadline_passes(Bubble b) {
/// ```
///
/// **What runs inside.** The body of a test method, with a bubble of its own: so does each invocation of a repeated or parameterized
/// test, and each dynamic test of a factory. The constructor, the life-cycle methods and the factory itself run outside: a channel that is made in a field or by
/// `@BeforeEach` is one from outside, for which a bubble's time does not go on. Make what a test waits for in the test.
///
/// The body runs on a goroutine and not on JUnit's thread: it sees none of the thread-locals that other extensions have set. When the method has
/// a [Bubble] parameter, it is called by this extension itself, and interceptors of extensions that are registered after this one do not see the call.
///
/// At a class it holds for each test method in it, in its subclasses and its nested classes; the nearest one counts.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(GoExtension.class)
public @interface Bubbled {
    /// See [Bubble.Options#serial()].
    boolean serial() default false;

    /// One number: see [Bubble.Options#serial(long)]. None: the bubble is parallel, or [#serial()] with a seed by chance.
    long[] seed() default {};

    /// See [Bubble.Options#manual()].
    boolean manual() default false;

    /// The real time that the bubble may take, as Go writes it: see [Bubble.Options#limit].
    String limit() default "10s";
}
