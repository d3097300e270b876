package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.go.Task;
import org.jspecify.annotations.Nullable;

/// One op that is being executed: what it may use beside the object that it is on.
///
/// The library has several ways to say one thing (with a context or without, a method or a select): `form` chooses, so that
/// the programs together use all of them.
///
/// @param over ends when the program is over, and whoever waits under it
/// @param tasks starts what the op starts and has to be waited for
record Turn(World world, Context over, int form, SlotRun.Tasks tasks) {
    /// The context for the forms that take one; null: the form without.
    @Nullable Context underOver() {
        return (form & 1) == 0 ? null : over;
    }

    /// One of `n` ways, apart from the context.
    int way(int n) {
        return (form >>> 1) % n;
    }

    /// A body that is counted until it has ended, so that the program's end waits for it.
    Task counted(Task body) {
        return tasks.counted(body);
    }
}
