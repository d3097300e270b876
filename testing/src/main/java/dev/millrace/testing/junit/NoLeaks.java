package dev.millrace.testing.junit;

import dev.millrace.testing.Leaks;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that leaves a goroutine, or a call to come, behind fails: see [Leaks] for what that is.
///
/// ```java
/// @NoLeaks(ignoreName = "metrics*")
/// class ServerTest {
/// ```
///
/// To a test belongs what is started by its `@BeforeEach` methods, itself, and its `@AfterEach` methods, and by those goroutines in turn; it is
/// checked after the last of them. What `@BeforeAll` starts belongs to the class, and is checked after `@AfterAll`; for that the annotation
/// must stand at the class. At a class it holds for each test in it, in its subclasses and its nested classes; the rules of a method,
/// its class and the classes around are put together, and the patience is the nearest one's.
///
/// Each invocation of a repeated or parameterized test is checked by itself, and the dynamic tests of a factory together. Tests that run in parallel do
/// not blame each other.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(GoExtension.class)
public @interface NoLeaks {
    /// See [Leaks.Options#ignoreName].
    String[] ignoreName() default {};

    /// See [Leaks.Options#ignoreTop].
    String[] ignoreTop() default {};

    /// See [Leaks.Options#ignoreAny].
    String[] ignoreAny() default {};

    /// See [Leaks.Options#ignoreCreatedBy].
    String[] ignoreCreatedBy() default {};

    /// How long those that are about to end are given, as Go writes it: `500ms`, `1m30s`. See [Leaks.Options#within].
    String within() default "2s";
}
