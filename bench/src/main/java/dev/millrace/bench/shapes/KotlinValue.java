package dev.millrace.bench.shapes;

import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.CoroutineContext;

/// A value in Kotlin's coroutine context.
final class KotlinValue extends AbstractCoroutineContextElement {
    final String value;

    KotlinValue(KotlinKey key, String value) {
        super(key);
        this.value = value;
    }

    static final class KotlinKey implements CoroutineContext.Key<KotlinValue> {}
}
