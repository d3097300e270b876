package dev.millrace.exec;

/// What asks a command to stop when its context has ended, in place of the signal TERM. Go's field `Cmd.Cancel`.
@FunctionalInterface
public interface CancelHook {
    /// Asks `running` to stop, for instance by a word to its standard input. Runs on a goroutine of its own; the grace time runs
    /// meanwhile, and after it the tree is killed, whatever this does. What it throws does not stop that: the tree gets TERM at once,
    /// and the failure is suppressed in the context's exception.
    void cancel(Running running) throws Exception;
}
