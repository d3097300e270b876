package dev.millrace.internal;

/// What a channel does with a value when its buffer is full and nobody receives.
public enum Overflow {
    /// The sender waits.
    WAIT,

    /// The buffer grows.
    GROW,

    /// The oldest value goes.
    DROP_OLDEST,

    /// The new value goes.
    DROP_NEWEST,

    /// There is no channel at all: whoever sends or receives waits for ever, and meets nobody. Go's nil channel.
    NEVER
}
