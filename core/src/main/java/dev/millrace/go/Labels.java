package dev.millrace.go;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Shown;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Words for people, such as a tenant or a route, that are shown with what runs under them: in [Goroutines#dump()],
/// [Go#goroutines()] and the events of the module `dev.millrace.jfr`.
///
/// ```java
/// Labels.of("tenant", "7", "route", "/cart").run(ctx, c -> cart.show(c));
/// ```
///
/// Labels belong to the context and go where it goes. A goroutine shows those of the context that it was started with; a thread that is within
/// [#run] or [#call] shows those of that context, main and other platform threads too. They are meant to be seen: put no secret there.
///
/// **Blocking and cancellation.** Nothing here waits or looks at the end of a context.
///
/// **Null.** No argument may be null ([NullPointerException]).
///
/// **Compared with Go.** `runtime/pprof`: `Labels` and `LabelSet`; `Do` is [#run], `WithLabels` is [#with], `Label` and `ForLabels` are
/// [Context#labels()], a map. Differs: a goroutine has the labels of the context that is given to it, not those of whoever starts it (the same
/// for `go(body)`, which inherits the context); after `Do` Go sets those of the outer *context*, here the thread shows again what it did
/// before. Not offered: `SetGoroutineLabels`, which has no end.
///
/// @param map from names to values; iterated in the order of the names
public record Labels(Map<String, String> map) {
    /// Copies the map.
    public Labels {
        var copy = new TreeMap<String, String>();
        map.forEach((name, value) -> copy.put(
                Objects.requireNonNull(name, "label name"), Objects.requireNonNull(value, "label value")));
        map = Collections.unmodifiableMap(copy);
    }

    /// Names and values in turn. Of a name that comes twice the later value counts.
    ///
    /// @throws IllegalArgumentException when a value is missing
    public static Labels of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "uneven number of arguments to Labels.of: expected a value for each name, was "
                            + namesAndValues.length + " of both");
        }
        var map = new TreeMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(Objects.requireNonNull(namesAndValues[i], "label name"),
                    Objects.requireNonNull(namesAndValues[i + 1], "label value"));
        }
        return new Labels(map);
    }

    /// A child of `ctx` with these labels beside its own. One of the same name is replaced.
    public Context with(Context ctx) {
        Context labelled = Objects.requireNonNull(ctx, "context is nil: use Context.todo()").view();
        for (Map.Entry<String, String> label : map.entrySet()) {
            labelled = labelled.withLabel(label.getKey(), label.getValue());
        }
        return labelled;
    }

    /// Runs `body` on this thread with the child of `ctx` that [#with] answers, which is current there. Until it ends the thread shows
    /// that child's labels; then those that it did before. Throws what the body throws.
    public <X extends Throwable> void run(Context ctx, Body<X> body) throws X {
        Objects.requireNonNull(body, "body");
        this.<@Nullable Void, X>call(ctx, c -> {
            body.run(c);
            return null;
        });
    }

    /// The same for a body with a result.
    public <T extends @Nullable Object, X extends Throwable> T call(Context ctx, Call<? extends T, X> body) throws X {
        Context labelled = with(ctx);
        Objects.requireNonNull(body, "body");
        return Shown.<T, X>call((ContextBase) labelled, () -> labelled.<T, X>call(() -> body.call(labelled)));
    }

    /// What runs under labels.
    ///
    /// @param <X> what it throws
    @FunctionalInterface
    public interface Body<X extends Throwable> {
        void run(Context ctx) throws X;
    }

    /// What runs under labels and has a result.
    ///
    /// @param <T> the result
    /// @param <X> what it throws
    @FunctionalInterface
    public interface Call<T extends @Nullable Object, X extends Throwable> {
        T call(Context ctx) throws X;
    }

    /// `{route=/cart, tenant=7}`.
    @Override
    public String toString() {
        return Shown.set(map);
    }
}
