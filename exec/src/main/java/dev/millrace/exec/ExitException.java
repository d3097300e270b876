package dev.millrace.exec;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// A command has ended without success. Go's `exec.ExitError`; in Java an error is something else.
///
/// Its message has Go's words, the program's name without its arguments (they may hold secrets), and the last line on its standard
/// error where that was kept:
///
/// ```
/// exit status 2: ls: ls: cannot access 'x': No such file or directory
/// signal: KILL: convert
/// ```
///
/// **A signal and a status.** Unix tells them apart, the JDK does not: it answers 128 + the signal's number, as a shell does. A program
/// that ends by itself with such a status, as a shell whose own command was killed, is therefore shown as ended by that signal.
public final class ExitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final String[] NAMES = {"", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL",
        "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM"}; // the same on all systems up to here, but for 7, 10 and 12

    /// @serial
    private final String program;

    /// @serial
    private final int code;

    private final transient byte[] stderr;

    ExitException(String program, int code, byte[] stderr) {
        super(text(program, code, stderr));
        this.program = program;
        this.code = code;
        this.stderr = stderr;
    }

    private static String text(String program, int code, byte[] stderr) {
        OptionalInt signal = signalOf(code);
        String text = (signal.isPresent() ? "signal: " + name(signal.getAsInt()) : "exit status " + code)
                + ": " + program;
        String last = new String(stderr, StandardCharsets.UTF_8).strip();
        last = last.substring(last.lastIndexOf('\n') + 1).strip();
        return last.isEmpty() ? text : text + ": " + (last.length() > 200 ? last.substring(0, 200) + "…" : last);
    }

    static OptionalInt signalOf(int code) {
        return code > 128 && code <= 128 + 64 ? OptionalInt.of(code - 128) : OptionalInt.empty();
    }

    private static String name(int signal) {
        return signal < NAMES.length ? NAMES[signal] : Integer.toString(signal);
    }

    /// The program's name as it was given.
    public String program() {
        return program;
    }

    /// The exit status as a shell has it: that of the program, or 128 + the signal that ended it. Never 0.
    public int code() {
        return code;
    }

    /// The number of the signal that ended the program; empty when it exited by itself. See above for what cannot be told apart.
    public OptionalInt signal() {
        return signalOf(code);
    }

    /// The end of what it wrote to standard error, up to 32 KiB as UTF-8, where that went nowhere else and [Command#output()] or
    /// [Command#lines()] was asked for; else empty.
    public String stderr() {
        return stderr == null ? "" : new String(stderr, StandardCharsets.UTF_8);
    }
}
