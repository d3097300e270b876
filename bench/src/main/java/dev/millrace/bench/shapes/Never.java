package dev.millrace.bench.shapes;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;

/// The caller for suspend functions that do not suspend: then they answer at once, and nothing is asked of it.
enum Never implements Continuation<Object> {
    SUSPENDS;

    /// What such a function answered.
    static Object answered(Object answer) {
        if (answer == KotlinMachine.SUSPENDED) {
            throw new IllegalStateException("suspended");
        }
        return answer;
    }

    @Override
    public CoroutineContext getContext() {
        return EmptyCoroutineContext.INSTANCE;
    }

    @Override
    public void resumeWith(Object result) {
        throw new IllegalStateException("resumed");
    }
}
