package dev.millrace.go;

import java.util.Objects;

/// How [Goroutines#dump(Appendable, DumpOptions)] writes. Immutable.
///
/// @param format see [Format]
/// @param stacks whether stacks are taken: some 50 microseconds each
/// @param limit how many goroutines are shown at most, those of the lowest numbers; the others are counted
public record DumpOptions(Format format, boolean stacks, int limit) {
    /// The forms of a dump.
    public enum Format {
        /// As Go prints them.
        TEXT,

        /// One object with
        ///
        ///  - `goroutines`, an array of objects with `id` (the thread's number), `kind` (`goroutine` or `thread`), `name` (perhaps empty), `state`
        ///    (as [Thread.State]), `stack` (an array of strings, the newest first; absent without stacks); of goroutines also `creator` (a
        ///    number), `context` (its name, perhaps empty), `labels` (an object of strings; of a thread when it shows some), `createdAt` (a line such as `A.java:12`; in debug mode
        ///    only); of those that wait by the library also `waitsFor` (text), `waitedNanos`, and `under`, the name of the context that
        ///    the wait observes, where there is one;
        ///  - `leftOut`, the number of those over the limit.
        JSON,

        /// The contexts as a tree, below each its goroutines; those that are alike (the same name, wait and line) as one line with their number.
        TREE
    }

    /// Checks the limit.
    public DumpOptions {
        Objects.requireNonNull(format, "format");
        if (limit < 0) {
            throw new IllegalArgumentException("the limit must be >= 0, was " + limit);
        }
    }

    /// Text, with stacks and without limit.
    public static DumpOptions text() {
        return new DumpOptions(Format.TEXT, true, Integer.MAX_VALUE);
    }

    /// JSON, with stacks and without limit.
    public static DumpOptions json() {
        return new DumpOptions(Format.JSON, true, Integer.MAX_VALUE);
    }

    /// The tree, with lines of the code (which takes stacks) and without limit.
    public static DumpOptions tree() {
        return new DumpOptions(Format.TREE, true, Integer.MAX_VALUE);
    }

    /// The same without stacks.
    public DumpOptions withoutStacks() {
        return new DumpOptions(format, false, limit);
    }

    /// The same for at most `n` goroutines.
    public DumpOptions limit(int n) {
        return new DumpOptions(format, stacks, n);
    }
}
