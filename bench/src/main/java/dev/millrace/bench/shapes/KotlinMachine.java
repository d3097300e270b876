package dev.millrace.bench.shapes;

import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.ContinuationImpl;

/// A suspend function as Kotlin's compiler makes it: an object with the function's variables and the place where it goes on.
/// A subclass writes the state machine by hand, with what the compiler would write, and without the checks of arguments that
/// it would add.
abstract class KotlinMachine extends ContinuationImpl {
    static final Object SUSPENDED = IntrinsicsKt.getCOROUTINE_SUSPENDED();

    @SuppressWarnings("unchecked") // is given Units only
    KotlinMachine(Continuation<? super Unit> caller) {
        super((Continuation<Object>) (Continuation<?>) caller);
    }

    /// Answers [#SUSPENDED], or Unit when it has ended already.
    final Object start() {
        return invokeSuspend(Unit.INSTANCE);
    }
}
