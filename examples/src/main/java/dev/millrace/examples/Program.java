package dev.millrace.examples;

import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.List;

/// A program that shows one thing.
public interface Program {
    /// What it is called on the command line: `coordinate-waitgroup`.
    String name();

    /// What it shows, in one line.
    String summary();

    /// What it shows, its options, and the answers to what readers ask about it.
    String help();

    /// Runs it under `ctx`; answers the exit status. A wrong argument is 2 and a line on `err`.
    ///
    /// Two programs (`hello`, `coordinate-context`) end the process themselves, as the end of Go's main does, and a third
    /// (`panic-f1`) is there to die: run those in a process of their own.
    ///
    /// @throws dev.millrace.context.ContextException when `ctx` ends first
    /// @throws Exception what the program does not handle
    int run(Context ctx, PrintStream out, PrintStream err, List<String> args) throws Exception;
}
