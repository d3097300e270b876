package dev.millrace.internal;

/// What a garbage collection does to the library, at the moment at which a protocol asks for it.
public final class Collection {
    private Collection() {}

    /// As if a collection had been.
    public static void of(Stash stash) {
        stash.age();
    }
}
