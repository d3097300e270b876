package dev.millrace.bench.shapes;

import kotlin.Unit;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScopeKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;

/// `runBlocking(context) { coroutineScope { repeat(tasks) { launch {} } } }`.
final class KotlinScope {
    private KotlinScope() {}

    static void onAllThreads(int tasks) throws InterruptedException {
        launch(tasks, Dispatchers.getDefault());
    }

    static void onOneThread(int tasks) throws InterruptedException {
        launch(tasks, EmptyCoroutineContext.INSTANCE);
    }

    private static void launch(int tasks, CoroutineContext context) throws InterruptedException {
        BuildersKt.runBlocking(
                context,
                (_, outer) -> CoroutineScopeKt.<Unit>coroutineScope(
                        (scope, _) -> {
                            for (int i = 0; i < tasks; i++) {
                                BuildersKt.launch(
                                        scope,
                                        EmptyCoroutineContext.INSTANCE,
                                        CoroutineStart.DEFAULT,
                                        (_, _) -> Unit.INSTANCE);
                            }
                            return Unit.INSTANCE;
                        },
                        outer));
    }
}
