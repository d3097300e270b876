package dev.millrace.testing.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that runs in every order in which its threads can run: see [dev.millrace.testing.explore.Explore].
///
/// ```java
/// @Explore(preemptions = 3)
/// void counter_twoIncrements_areBothThere() throws Exception {
///     var other = Thread.ofVirtual().start(counter::increment);
///     counter.increment();
///     other.join();
///     assertEquals(2, counter.get());
/// }
/// ```
///
/// **What runs.** The test class is loaded anew, changed, with all that it uses. For each order an instance is made, its `@BeforeEach` methods run, the test, then its
/// `@AfterEach` methods. The instance that JUnit made does nothing but run the life-cycle methods of JUnit around it all. Parameters are not supported, nor inner classes that are not static.
///
/// A test with none of the attributes runs in all orders with at most 2 preemptions, and fails when not all could be run. An order that failed is run again, alone, when the test is run with
/// `-Dmillrace.explore.replay=` and what the failure printed.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Test
@ExtendWith(ExploreExtension.class)
public @interface Explore {
    /// Most preemptions: see [dev.millrace.testing.explore.Explore.Options#preemptions].
    int preemptions() default 2;

    /// So many orders by chance, after those.
    int random() default 0;

    /// So many orders by priorities of depth 3, after those.
    int priorities() default 0;

    /// Decides what is chance.
    long seed() default 1;

    /// See [dev.millrace.testing.explore.Explore.Options#allowRaces()].
    boolean allowRaces() default false;

    /// See [dev.millrace.testing.explore.Explore.Options#punctual()].
    boolean punctual() default false;

    /// See [dev.millrace.testing.explore.Explore.Options#whole()].
    boolean whole() default false;

    /// The real time that each of the three may take, as Go writes it.
    String limit() default "1m";
}
