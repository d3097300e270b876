package dev.millrace.group;

import org.jspecify.annotations.Nullable;

/// Something that may fail, and then is an element of [Failures]: made when it is started, so that there is room for its failure whatever memory is
/// left by then. Used by one thread before it is added, then under the lock of the list.
interface Failed {
    /// Notes the failure.
    void failed(Throwable failure);

    /// The failure.
    Throwable what();

    /// Sets what comes after it in the list.
    void before(@Nullable Failed later);

    /// What comes after it.
    @Nullable Failed next();
}
