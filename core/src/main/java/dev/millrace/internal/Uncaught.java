package dev.millrace.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/// Where an exception goes that a goroutine did not catch.
public interface Uncaught {
    /// `goroutine` is null when a thread of the library's own failed.
    void uncaught(@Nullable Goroutine goroutine, Throwable failure);

    /// Reports `failure` to the log and to the default handler of threads, if there is one.
    Uncaught REPORT = (goroutine, failure) -> {
        System.getLogger("dev.millrace.go")
                .log(System.Logger.Level.ERROR, () -> "uncaught in " + name(goroutine), failure);
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        if (handler != null) {
            handler.uncaughtException(Thread.currentThread(), failure);
        }
    };

    /// Ends the process as Go does: the message and the stack on standard error, exit status 2, no other clean-up.
    Uncaught CRASH = (goroutine, failure) -> {
        try {
            System.out.flush();
            var text = new StringWriter();
            text.append("panic: ").append(message(failure)).append("\n\n");
            text.append(name(goroutine)).append(" [running]:\n");
            failure.printStackTrace(new PrintWriter(text, true));
            System.err.print(text);
        } catch (Throwable t) { // its message or its stack cannot be had
            System.err.print("panic: " + failure.getClass().getName() + "\n\n" + name(goroutine) + " [running]:\n");
        } finally {
            System.err.flush();
            Runtime.getRuntime().halt(2);
        }
    };

    /// Go prints the value; an exception of a general class stands for its message, any other for its whole text.
    private static String message(Throwable failure) {
        var type = failure.getClass();
        boolean general = type == RuntimeException.class || type == Exception.class || type == Error.class;
        String message = failure.getMessage();
        return general && message != null ? message : failure.toString();
    }

    private static String name(@Nullable Goroutine goroutine) {
        return goroutine == null ? "thread " + Thread.currentThread().getName() : goroutine.toString();
    }

    static Uncaught current() {
        return Holder.current;
    }

    /// Sets the policy and answers the old one.
    static Uncaught set(Uncaught policy) {
        return Holder.exchange(policy);
    }

    /// Gives `failure` to the policy, on a goroutine of its own: for threads that must run no code of users. Never throws.
    static void giveLater(Throwable failure) {
        try {
            new Goroutine(Scheduler.real()) {
                @Override
                protected void body() throws Throwable {
                    throw failure;
                }
            }.spawn();
        } catch (Throwable second) {
            give(null, failure); // no thread can be started: better on this one than not at all
        }
    }

    /// Gives `failure` to the policy. A policy that itself fails loses neither failure. Never throws: what cannot even be reported, since there is no memory for the
    /// text, is dropped, so that the caller goes on with what others wait for.
    static void give(@Nullable Goroutine goroutine, Throwable failure) {
        try {
            Holder.current.uncaught(goroutine, failure);
        } catch (Throwable second) {
            try {
                if (second != failure) {
                    second.addSuppressed(failure);
                }
                REPORT.uncaught(goroutine, second);
            } catch (Throwable third) {
                // as the JVM does with a handler that fails
            }
        }
    }

    /// Keeps the policy in force.
    final class Holder {
        private static volatile Uncaught current = start();

        private Holder() {}

        private static synchronized Uncaught exchange(Uncaught policy) {
            Uncaught old = current;
            current = policy;
            return old;
        }

        private static Uncaught start() {
            String wish = System.getProperty("dev.millrace.failure", "report");
            return switch (wish) {
                case "crash" -> CRASH;
                case "report" -> REPORT;
                default -> {
                    System.getLogger("dev.millrace.go")
                            .log(
                                    System.Logger.Level.WARNING,
                                    "-Ddev.millrace.failure must be report or crash, was {0}; report is in force",
                                    wish);
                    yield REPORT;
                }
            };
        }
    }
}
