package dev.millrace.testing.explore.engine;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the program under test has registered with cleaners in one schedule. When the collector runs is no choice of the program; so for cleaners it runs
/// where the program calls [System#gc()], and nowhere else, and their actions have ended when that returns.
final class Cleanings {
    private final List<Cleaning> all = new ArrayList<>();

    private final class Cleaning implements Cleaner.Cleanable {
        private final WeakReference<Object> object;
        private @Nullable Runnable action; // null: done

        Cleaning(Object object, Runnable action) {
            this.object = new WeakReference<>(object);
            this.action = action;
        }

        @Override
        public void clean() {
            Runnable once = action;
            action = null;
            all.remove(this);
            if (once != null) {
                once.run();
            }
        }
    }

    Cleaner.Cleanable register(Object object, Runnable action) {
        var cleaning = new Cleaning(object, action);
        all.add(cleaning);
        return cleaning;
    }

    /// The real collector decides what is reachable. Cleaners swallow what an action throws; the explorer's own error they do not.
    void collect() {
        System.gc();
        for (Cleaning cleaning : List.copyOf(all)) {
            if (cleaning.object.refersTo(null)) {
                try {
                    cleaning.clean();
                } catch (Unwound end) {
                    throw end;
                } catch (Throwable t) {
                    // as Cleaner does
                }
            }
        }
    }
}
