package dev.millrace.examples;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import java.io.PrintStream;

/// A send without anybody who receives.
final class UnbufferedAlone extends Example {
    UnbufferedAlone() {
        super("unbuffered-alone");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        options.end();
        alone(out);
        return 0;
    }

    // region alone
    private static void alone(PrintStream out) {
        var ch = Chan.<Integer>named("ch").unbuffered();
        ch.send(10); // waits for a receiver, and there is none
        out.println("sent");
    }
    // endregion
}
