package dev.millrace.internal;

/// Unwinds a goroutine that called `Go.exit()`. An error, so that `catch (Exception)` lets it pass; it has no stack and
/// takes no suppressed exceptions.
public final class GoExit extends Error {
    private static final long serialVersionUID = 1;

    public GoExit() {
        super("Go.exit(): the goroutine ends here; do not catch this", null, false, false);
    }
}
