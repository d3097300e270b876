package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What every operation of a channel touches, apart from the rest of [ChanCore]: the JVM lays out the fields of a superclass first, so these lie beside the
/// lock's word, and come with it when another processor has had them.
abstract class ChanQueues extends Selectable {
    // Guarded by the lock; read without it as hints, or between stamp() and unchanged().
    int count; // of the values in the buffer
    @Nullable Link receivers;
    @Nullable Link senders;
}
