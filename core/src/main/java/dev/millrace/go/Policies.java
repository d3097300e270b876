package dev.millrace.go;

import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Uncaught;
import org.jspecify.annotations.Nullable;

/// Translates policies to what the goroutines call.
final class Policies {
    private Policies() {}

    static FailurePolicy current() {
        return outer(Uncaught.current());
    }

    static FailurePolicy exchange(FailurePolicy policy) {
        return outer(Uncaught.set(inner(policy)));
    }

    private static Uncaught inner(FailurePolicy policy) {
        return switch (policy) {
            case FailurePolicy.Known.REPORT -> Uncaught.REPORT;
            case FailurePolicy.Known.CRASH -> Uncaught.CRASH;
            case FailurePolicy.Custom custom -> new Adapter(custom);
        };
    }

    private static FailurePolicy outer(Uncaught inner) {
        if (inner instanceof Adapter(FailurePolicy.Custom custom)) {
            return custom;
        }
        return inner == Uncaught.CRASH ? FailurePolicy.crash() : FailurePolicy.report();
    }

    private record Adapter(FailurePolicy.Custom custom) implements Uncaught {
        @Override
        public void uncaught(@Nullable Goroutine goroutine, Throwable failure) {
            String who = goroutine == null ? "thread " + Thread.currentThread().getName() : goroutine.toString();
            custom.handler().failed(who, failure);
        }
    }
}
