package dev.millrace.conformance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One object of a program of kind `sync`, with the ops that are executed on it.
interface Thing {
    /// Executes `op`, which is one for this type. Answers what came of it, or [SlotRun#SKIPPED]; what it throws is its panic.
    Map<String, Object> perform(Op op, Turn turn) throws Exception;

    /// The tasks that were started on it so far, as the corpus has them; null when it has none.
    default @Nullable List<Map<String, Object>> tasks() {
        return null;
    }

    /// The program is over.
    default void end() {}
}
