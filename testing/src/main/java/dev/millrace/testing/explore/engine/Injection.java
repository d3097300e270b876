package dev.millrace.testing.explore.engine;

import org.jspecify.annotations.Nullable;

/// Something that happens once in each schedule, at the `at`th occasion.
final class Injection {
    static final Injection NONE = new Injection(null, -1);

    private final Settings.@Nullable Sweep what;
    private final int at;
    private int occasions;
    private boolean reached;

    Injection(Settings.@Nullable Sweep what, int at) {
        this.what = what;
        this.at = at;
    }

    void begin() {
        occasions = 0;
    }

    /// Whether it happens now, at one more occasion for `sweep`.
    boolean strikes(Settings.Sweep sweep) {
        if (sweep != what || occasions++ != at) {
            return false;
        }
        reached = true;
        return true;
    }

    int occasions() {
        return occasions;
    }

    /// Whether any schedule came to it.
    boolean wasReached() {
        return reached;
    }

    int at() {
        return at;
    }

    @Override
    public String toString() {
        return what == null ? "nothing" : what + " at occasion " + at;
    }
}
