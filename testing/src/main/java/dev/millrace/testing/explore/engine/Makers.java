package dev.millrace.testing.explore.engine;

import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/// The methods of the JDK that may make objects, and so may find no memory: told by what they are, since their code is not looked at. One that
/// fails is taken to have done nothing.
final class Makers {
    /// Classes of which no method makes anything that a caller of ours can notice.
    private static final Set<String> NONE = Set.of("java/util/Objects", "java/lang/Math", "java/lang/System",
            "java/lang/Class", "java/lang/Enum", "java/lang/Record", "java/lang/Module",
            "java/util/concurrent/locks/LockSupport", "java/lang/invoke/VarHandle", "java/lang/invoke/MethodHandles",
            "java/lang/ref/WeakReference", "java/lang/ref/Reference", "java/lang/Boolean",
            "java/util/concurrent/TimeUnit", "java/util/Optional");

    /// Methods that answer nothing new, or nothing at all, and make something all the same.
    private static final Set<String> MAKE =
            Set.of("add", "addAll", "addFirst", "addLast", "addSuppressed", "clone", "computeIfAbsent",
                    "ensureCapacity", "merge", "offer", "offerLast", "put", "putAll", "putIfAbsent", "push", "setName");

    /// Methods that answer what was there before.
    private static final Set<String> ANSWER = Set.of("currentThread", "get", "getCause", "getFirst", "getLast",
            "getMessage", "getName",
            "getOrDefault", "getKey", "getValue", "next", "orElse", "peek", "peekFirst", "peekLast", "poll",
            "pollFirst", "pollLast",
            "pop", "remove", "removeFirst", "removeLast", "getContextClassLoader", "getUncaughtExceptionHandler",
            "getDefaultUncaughtExceptionHandler", "getThreadGroup", "getState", "apply", "call", "compute", "supplier");

    private Makers() {}

    static boolean mayMake(String of, String name, MethodTypeDesc type) {
        if (!of.startsWith("java/") || NONE.contains(of) || of.startsWith("java/util/concurrent/atomic/")
                || of.startsWith("java/util/function/")) {
            return false;
        }
        if (of.equals("java/lang/Thread") && name.equals("start")) {
            return true;
        }
        boolean answers = !type.returnType().isPrimitive() && !ANSWER.contains(name);
        return answers || MAKE.contains(name);
    }
}
