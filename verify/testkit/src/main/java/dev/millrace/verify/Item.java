package dev.millrace.verify;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The observable behaviours that a test proves, by their ids in `verify/items/src/main/resources/items.tsv`:
///
/// ```java
/// @Test
/// @Item({"CTX-C07", "CTX-C08"})
/// void err_nonNull_impliesDoneClosed() {
/// ```
///
/// A gate reads the test sources, so write the ids as string literals. It refuses them on what is no test, and on a test that is disabled.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Item {
    /// {@return the ids, such as `CTX-C07`}
    String[] value();
}
