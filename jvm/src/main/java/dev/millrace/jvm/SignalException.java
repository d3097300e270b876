package dev.millrace.jvm;

/// The cause of a context that ended because the process received a signal.
public final class SignalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String signal;
    private final int number;

    SignalException(String signal, int number) {
        super("received signal " + signal, null, false, false);
        this.signal = signal;
        this.number = number;
    }

    /// The signal's name without `SIG`, such as `INT`.
    public String signal() {
        return signal;
    }

    /// The signal's number; a process that ends for it has the exit status 128 + this.
    public int number() {
        return number;
    }
}
