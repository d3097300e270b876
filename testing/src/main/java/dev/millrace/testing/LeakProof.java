package dev.millrace.testing;

import java.util.List;

/// What the garbage collector can say about goroutines that nothing can wake.
///
/// @param possible whether it can say anything on this JVM
/// @param whyNot what would have to be different; empty when it is possible
/// @param lost the goroutines that can never be woken any more; those that live are not proven to be well
public record LeakProof(boolean possible, String whyNot, List<Leak.Lost> lost) {
    static final LeakProof IMPOSSIBLE = new LeakProof(false,
            "cannot be proven on this JVM, which keeps all virtual threads: start it with -Djdk.trackAllThreads=false",
            List.of());

    /// Copies the list.
    public LeakProof {
        lost = List.copyOf(lost);
    }
}
