package dev.millrace.jfr.internal;

import java.util.Set;

/// The line of the program that called the library: a stack of JFR's begins with the library's own frames, and tables show only its first.
final class UserLine {
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /// By name: on the class path the library has no module.
    private static final Set<String> OURS = Set.of(
            "dev.millrace.context", "dev.millrace.chan", "dev.millrace.go", "dev.millrace.sync", "dev.millrace.group",
            "dev.millrace.time", "dev.millrace.pipeline", "dev.millrace.probe", "dev.millrace.internal",
            "dev.millrace.jfr", "dev.millrace.jfr.internal");

    private UserLine() {}

    /// `Cart.java:31`; empty when there is none. Takes about a microsecond.
    static String here() {
        return WALKER.walk(frames -> frames.filter(UserLine::isUsers).findFirst().map(UserLine::text).orElse(""));
    }

    private static boolean isUsers(StackWalker.StackFrame frame) {
        Class<?> type = frame.getDeclaringClass();
        String name = type.getPackageName();
        return !name.startsWith("java.") && !name.startsWith("jdk.")
                && (!OURS.contains(name) || type.getName().contains("Test"));
    }

    private static String text(StackWalker.StackFrame frame) {
        return frame.getFileName() == null
                ? frame.getClassName() + "." + frame.getMethodName()
                : frame.getFileName() + ":" + frame.getLineNumber();
    }
}
