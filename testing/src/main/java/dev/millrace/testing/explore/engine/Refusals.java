package dev.millrace.testing.explore.engine;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What of the JDK runs the program's code on threads that the JDK starts itself, and is not modelled: there the schedule ends, and says what to use instead. Else such threads would run past the explorer, unseen.
final class Refusals {
    private static final ClassDesc BACKGROUND = ClassDesc.of(Background.class.getName());

    private static final Map<String, String> MADE = Map.of(
            "java/util/Timer", "use a ScheduledThreadPoolExecutor",
            "java/util/concurrent/SubmissionPublisher", "it spins: use a blocking queue, or a channel");

    private static final Map<String, String> CALLED = Map.of(
            "java/util/concurrent/StructuredTaskScope.open",
            "use a TaskGroup, or Executors.newVirtualThreadPerTaskExecutor()");

    private static final String PARALLEL = "its threads are the JDK's own: use stream(), or tasks of a ForkJoinPool";

    private Refusals() {}

    /// Before a constructor of `type` is called.
    static void made(CodeBuilder cb, String type) {
        emit(cb, type, MADE.get(type));
    }

    /// Before a method is called.
    static void called(CodeBuilder cb, String owner, String name) {
        boolean isParallel = name.equals("parallelStream")
                || (name.equals("parallel") && owner.startsWith("java/util/stream/"));
        if (isParallel) {
            emit(cb, "java/util/stream/Stream." + name, PARALLEL);
        } else {
            String method = owner + "." + name;
            emit(cb, method, CALLED.get(method));
        }
    }

    private static void emit(CodeBuilder cb, String what, @Nullable String instead) {
        if (instead != null) {
            ClassDesc text = ClassDesc.of("java.lang.String");
            cb.loadConstant(what.replace('/', '.')).loadConstant(instead)
                    .invokestatic(BACKGROUND, "refuse",
                            MethodTypeDesc.of(ClassDesc.of("java.lang.RuntimeException"), text, text))
                    .pop();
        }
    }
}
