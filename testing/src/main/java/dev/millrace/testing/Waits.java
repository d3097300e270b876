package dev.millrace.testing;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What a thread waits for, in words.
final class Waits {
    private Waits() {}

    /// One of the library's objects, else the JDK's method that the thread's code has called; empty when it runs.
    static String what(Thread thread, List<StackTraceElement> stack) {
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker != null && blocker.getClass().getName().startsWith("dev.millrace.")) {
            return blocker.toString();
        }
        if (thread.getState() == Thread.State.RUNNABLE) {
            return "";
        }
        StackTraceElement last = null;
        for (StackTraceElement frame : stack) {
            if (!LeakText.isOurs(frame)) {
                break;
            }
            last = frame;
        }
        if (last == null) {
            return thread.getState() == Thread.State.BLOCKED ? "a monitor" : "";
        }
        String type = last.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + last.getMethodName();
    }
}
