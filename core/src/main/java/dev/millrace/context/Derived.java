package dev.millrace.context;

import dev.millrace.internal.Node;
import org.jspecify.annotations.Nullable;

/// Contexts that nobody cancels directly: roots, values, names, detached ones, foreign ones, and views.
abstract sealed class Derived extends BasicContext {
    private Derived(@Nullable BasicContext parent, @Nullable Node node, Values values, String pendingName) {
        super(parent, node, values, pendingName);
    }

    /// The roots; apart, since a class must not make instances of its subclasses while it is initialised.
    static final class Roots {
        static final Context BACKGROUND = new Step(null, null, Values.NONE, "", "context.Background");
        static final Context TODO = new Step(null, null, Values.NONE, "", "context.TODO");

        private Roots() {}
    }

    /// A step with a fixed text.
    static final class Step extends Derived {
        private final String text;

        Step(@Nullable BasicContext parent, @Nullable Node node, Values values, String pendingName, String text) {
            super(parent, node, values, pendingName);
            this.text = text;
        }

        @Override
        String step() {
            return text;
        }
    }

    /// A key that was set, or hidden (no value).
    static final class Value extends Derived {
        private final Key<?> key;
        private final @Nullable Object value;

        Value(BasicContext parent, Key<?> key, @Nullable Object value, Values values, String pendingName) {
            super(parent, parent.node(), values, pendingName);
            this.key = key;
            this.value = value;
        }

        @Override
        String step() {
            return ".WithValue(" + key.name() + ", " + Texts.value(key, value) + ")";
        }
    }

    /// A cancellable context as seen by those who must not cancel it.
    static final class View extends Derived {
        private final CancelContext target;

        View(CancelContext target) {
            super(target.parent, target.node(), target.values, "");
            this.target = target;
        }

        @Override
        String step() {
            return target.step();
        }

        CancelContext target() {
            return target;
        }

        @Override
        public boolean equals(@Nullable Object o) {
            return target.equals(o);
        }

        @Override
        public int hashCode() {
            return target.hashCode();
        }
    }
}
