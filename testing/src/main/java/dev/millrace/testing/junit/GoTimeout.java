package dev.millrace.testing.junit;

import dev.millrace.testing.TimeLimit;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test method that takes longer than this, in real time, is interrupted and fails with what its own thread and each of its goroutines
/// waited for: see [TimeLimit].
///
/// ```java
/// @Test
/// @GoTimeout("2s")
/// void hangs() {
/// ```
///
/// At a class it holds for each test method in it, in its subclasses and its nested classes; the nearest one counts. Each
/// invocation of a repeated or parameterized test and each dynamic test has it for itself. Life-cycle methods have none: JUnit's own `@Timeout` is for
/// those.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(GoExtension.class)
public @interface GoTimeout {
    /// How long it may take, as Go writes it: `500ms`, `2s`, `1m30s`.
    String value();
}
