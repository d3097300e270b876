package dev.millrace.verify.reliability;

import dev.millrace.go.Goroutines;
import java.time.Duration;

/// The main class of a child JVM: `Main VALUES QUICK 60`, the last being seconds after which it is a hang; behind them, for a
/// broken twin, the name of its fault.
final class Main {
    private Main() {}

    @SuppressWarnings({"SystemOut", "CatchAndPrintStackTrace"})
    public static void main(String[] args) {
        var limit = Duration.ofSeconds(Long.parseLong(args[2]));
        Thread.ofPlatform().daemon().name("limit").start(() -> {
            try {
                Thread.sleep(limit);
            } catch (InterruptedException e) {
                return;
            }
            System.out.println("HANGS after " + limit + "\n" + Goroutines.dump());
            Thread.getAllStackTraces().forEach((t, stack) -> {
                System.out.println(t);
                for (StackTraceElement frame : stack) {
                    System.out.println("    " + frame);
                }
            });
            System.out.flush();
            Runtime.getRuntime().halt(3);
        });
        int status = 0;
        try {
            Program.valueOf(args[0]).run(new Run(Run.Size.valueOf(args[1]), args.length > 3 ? args[3] : ""));
            Run.figure("processor time %.1f s", Run.processor() / 1e9);
            System.out.println("passed");
        } catch (Throwable t) {
            t.printStackTrace(System.out);
            status = 1;
        }
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }
}
