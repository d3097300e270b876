package dev.millrace.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where the command writes.
///
/// @param out results, as bytes, without a buffer: whoever writes much brings one
/// @param err everything that is not a result
/// @param colour whether results may be coloured: a person reads them
/// @param columns how wide a line of progress may be, 0 for none
record Console(OutputStream out, PrintStream err, boolean colour, int columns) {
    /// The process's own. The launcher looks whether it is a terminal, since Java can only answer for all streams at once:
    /// `millrace.terminal` names those of `out` and `err` that are, `millrace.columns` the width.
    static Console ofProcess() {
        String terminal = System.getProperty("millrace.terminal", guess());
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        boolean colour = terminal.contains("out") && !dumb && System.getenv("NO_COLOR") == null;
        int columns =
                terminal.contains("err") && !dumb ? Math.clamp(Integer.getInteger("millrace.columns", 80), 20, 120) : 0;
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                colour,
                columns);
    }

    @SuppressWarnings("SystemConsoleNull") // since 25 it may be null again
    private static String guess() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal() ? "out,err" : "";
    }

    /// Text results, a line at a time.
    PrintStream lines() {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /// One line about what went wrong.
    void error(String message) {
        err.println("millrace: " + message);
    }
}
