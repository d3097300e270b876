package dev.millrace.testing.explore.engine;

import org.jspecify.annotations.Nullable;

/// The platform threads that a builder makes for the program under test. They are virtual, and answer as if they were not: only one runs at
/// a time anyhow, and to start and end one of the system's takes longer than a whole schedule.
///
/// Those that the program makes by `new Thread` are what it says.
public final class Platform {
    private Platform() {}

    /// What stands for `made`, which is not started, and runs the same `task`.
    static Thread standIn(Thread made, @Nullable Runnable task) {
        Run run = run();
        if (run == null || made.isVirtual() || task == null) {
            return made;
        }
        Thread.Builder.OfVirtual builder = Thread.ofVirtual().name(made.getName());
        Thread.UncaughtExceptionHandler handler = made.getUncaughtExceptionHandler();
        if (handler != made.getThreadGroup()) {
            builder.uncaughtExceptionHandler(handler);
        }
        Thread standIn = builder.unstarted(task);
        standIn.setContextClassLoader(made.getContextClassLoader());
        run.standIns.put(standIn, made.isDaemon());
        return standIn;
    }

    static boolean isDaemonStandIn(Run run, Thread thread) {
        return run.standIns.getOrDefault(thread, false);
    }

    private static @Nullable Run run() {
        Run run = Hooks.run();
        return run == null || run.self() == null ? null : run;
    }

    private static @Nullable Boolean daemon(Thread thread) {
        Run run = run();
        return run == null ? null : run.standIns.get(thread);
    }

    /// See [Thread#isVirtual()].
    public static boolean isVirtual(Thread thread) {
        return daemon(thread) == null && thread.isVirtual();
    }

    /// See [Thread#isDaemon()].
    public static boolean isDaemon(Thread thread) {
        Boolean daemon = daemon(thread);
        return daemon == null ? thread.isDaemon() : daemon;
    }

    /// See [Thread#setDaemon(boolean)].
    public static void setDaemon(Thread thread, boolean on) {
        Run run = run();
        if (run == null || !run.standIns.containsKey(thread)) {
            thread.setDaemon(on);
            return;
        }
        if (Calls.isAlive(thread)) {
            throw new IllegalThreadStateException();
        }
        run.standIns.put(thread, on);
    }
}
