package dev.millrace.verify;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The reliability cases that a test proves, or helps to prove, by their numbers in `docs/design/reliability-cases.md`:
///
/// ```java
/// @Test
/// @Hazard({28, 29})
/// void jumpOfAnHour_firesEachTimerOnceAtItsInstant() {
/// ```
///
/// A gate reads the test sources, so write the numbers as literals.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Hazard {
    /// {@return the numbers, from 1 to 64}
    int[] value();
}
