package dev.millrace.testing.junit;

import dev.millrace.go.Task;

/// Throws what there is, checked or not.
final class Sneaky {
    private Sneaky() {}

    static void run(Task body) {
        try {
            body.run();
        } catch (Exception e) {
            throw Sneaky.<RuntimeException>asItIs(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the cast is not checked at run time: that is the point
    static <X extends Throwable> X asItIs(Throwable failure) throws X {
        throw (X) failure;
    }
}
