package dev.millrace.linear;

import java.util.List;

/// What an object should do, one operation after the other.
///
/// @param <S> what can be known of it; compared by `equals`, never changed
/// @param <O> what can be asked of it
public interface Spec<S, O> {
    /// What a new object is.
    S start();

    /// What the object may be after it has answered `answer` to `op`; empty when it must not have answered that.
    List<S> after(S state, O op, Object answer);

    /// [#after] of an object that can do one thing only: `to` when `answer` is what was expected.
    static <S> List<S> one(Object expected, Object answer, S to) {
        return java.util.Objects.equals(expected, answer) ? List.of(to) : List.of();
    }
}
