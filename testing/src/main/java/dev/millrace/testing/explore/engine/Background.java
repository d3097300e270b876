package dev.millrace.testing.explore.engine;

/// What twins need of the engine, and no thread offers.
public final class Background {
    private Background() {}

    /// Starts `thread`, which need not end for a schedule to end, as a daemon; but it may be virtual.
    public static void start(Thread thread) {
        Calls.start(thread);
        Run run = Hooks.run();
        Strand s = run == null ? null : run.find(thread);
        if (s != null) {
            s.daemon = true;
        }
    }

    /// Ends the schedule: the program uses something that the explorer has no model of. No handler of the program gets to see it.
    public static RuntimeException refuse(String what, String instead) {
        String text = what + " has no model in the explorer: " + instead;
        Run run = Hooks.run();
        Strand s = run == null ? null : run.self();
        if (run != null && s != null) {
            run.fail(Failure.refused(text));
        }
        return new UnsupportedOperationException(text);
    }
}
