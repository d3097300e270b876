package dev.millrace.bench.shapes;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// `java.util.concurrent.StructuredTaskScope`, a preview in JDK 25, by method handles, so that nothing here is
/// compiled with previews on. The handles are constants: what runs is what a direct call would be. Only forks that
/// are started with `--enable-preview` may touch this class.
final class TaskScope {
    private static final MethodHandle OPEN;
    private static final MethodHandle FORK;
    private static final MethodHandle JOIN;

    static {
        try {
            Class<?> scope = Class.forName("java.util.concurrent.StructuredTaskScope");
            Class<?> subtask = Class.forName("java.util.concurrent.StructuredTaskScope$Subtask");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            OPEN = lookup.findStatic(scope, "open", MethodType.methodType(scope))
                    .asType(MethodType.methodType(AutoCloseable.class));
            FORK = lookup.findVirtual(scope, "fork", MethodType.methodType(subtask, Runnable.class))
                    .asType(MethodType.methodType(void.class, AutoCloseable.class, Runnable.class));
            JOIN = lookup.findVirtual(scope, "join", MethodType.methodType(Object.class))
                    .asType(MethodType.methodType(void.class, AutoCloseable.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private TaskScope() {}

    static AutoCloseable open() throws Exception {
        try {
            return (AutoCloseable) OPEN.invokeExact();
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void fork(AutoCloseable scope, Runnable task) throws Exception {
        try {
            FORK.invokeExact(scope, task);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void join(AutoCloseable scope) throws Exception {
        try {
            JOIN.invokeExact(scope);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static Exception failure(Throwable e) {
        return e instanceof Exception exception ? exception : new IllegalStateException(e);
    }
}
