package dev.millrace.bench.shapes;

import dev.millrace.context.Context;

/// Our contexts are in their parent's list, and have a timer, only once something has waited for their end. Whoever
/// wants to measure such contexts makes them so.
final class Registered {
    private Registered() {}

    static void register(Context context) {
        if (!context.afterFunc(() -> {}).stop()) {
            throw new IllegalStateException("the context had ended");
        }
    }
}
