package dev.millrace.conformance;

/// What may differ from Go's answer, and why. A rule knows ops, never programs.
public enum Rule {
    /// A call that fails throws: there is no value beside the failure to compare, and `run` of a flight does not say whether it was
    /// shared.
    FAILED_CALL("a call that fails throws, so what Go answers beside the error is not there"),

    /// `negative WaitGroup counter` and `released more than held`: Go has counted all the same and is corrupt from there on, here
    /// nothing has changed. The program is compared up to that op.
    REFUSED_MISUSE("misuse changes nothing here and corrupts the object in Go: compared up to it");

    private final String reason;

    Rule(String reason) {
        this.reason = reason;
    }

    /// The name in reports: `failed-call`.
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /// Why.
    public String reason() {
        return reason;
    }
}
