package dev.millrace.time;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The retries that may still be made under a context. Who takes one takes it from all budgets around, the innermost
/// first.
final class Budget {
    private final @Nullable Budget outer;
    private final AtomicInteger left;

    Budget(@Nullable Budget outer, int retries) {
        this.outer = outer;
        this.left = new AtomicInteger(retries);
    }

    /// False when this or one around it is used up; then nothing was taken.
    boolean take() {
        for (Budget b = this; b != null; b = b.outer) {
            if (b.left.getAndUpdate(n -> n == 0 ? 0 : n - 1) == 0) {
                giveBackBelow(b);
                return false;
            }
        }
        return true;
    }

    void giveBack() {
        giveBackBelow(null);
    }

    private void giveBackBelow(@Nullable Budget end) {
        for (Budget b = this; b != end && b != null; b = b.outer) {
            b.left.incrementAndGet();
        }
    }

    /// By the tightest.
    int left() {
        int least = Integer.MAX_VALUE;
        for (Budget b = this; b != null; b = b.outer) {
            least = Math.min(least, b.left.get());
        }
        return least;
    }
}
