package dev.millrace.internal;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Whether a virtual thread may keep its carrier for a moment without keeping others from running. Implemented by the
/// module `dev.millrace.jvm`; without it nobody knows, and nobody spins.
public interface Carriers {
    /// Whether at least two virtual threads can run now, and there is a carrier for each of them. One that was just woken counts although
    /// its carrier may still be on the way to it.
    boolean areFree();

    /// Whether any virtual thread runs, or is about to, whoever made it.
    boolean someRun();

    /// The implementation, null when there is none.
    static @Nullable Carriers known() {
        return Found.CARRIERS;
    }

    /// Apart, so that it is looked for when the first one asks.
    final class Found {
        static final @Nullable Carriers CARRIERS = find();

        private Found() {}

        private static @Nullable Carriers find() {
            try {
                return ServiceLoader.load(Carriers.class, Carriers.class.getClassLoader())
                        .findFirst()
                        .orElse(null);
            } catch (Throwable t) { // somebody waits already: he must not fail for this
                Uncaught.giveLater(t);
                return null;
            }
        }
    }
}
