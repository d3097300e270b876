package dev.millrace.model;

/// What is examined by a [Search], and what it should do: both take the same steps. The answer to a step is all that can be seen of it afterwards.
///
/// Any sequence of steps must make sense, also one of which some were left out: a step that has nothing to work on does nothing.
public interface Machine<O> extends AutoCloseable {
    String apply(O op) throws Exception;

    /// Ends what still waits, and looks whether anything is left.
    @Override
    default void close() {}
}
