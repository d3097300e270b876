package dev.millrace.atomic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A reference that many threads change at once without a lock. It may be null, and starts so.
///
/// ```java
/// var config = new Pointer<>(Config.read());
/// config.store(Config.read()); // whoever loads gets one or the other, whole
/// ```
///
/// It compares **objects**, by `==`, and not what they hold: two equal strings may be two objects, and a boxed number is one
/// object or another as Java likes. For numbers take [Int64] and its like; to compare by `equals` take [Value].
///
/// No operation waits.
///
/// **Memory.** As for [Int32]. Whoever loads an object sees what its storer had done to it before.
///
/// **Compared with Go.** `atomic.Pointer[T]`, the same. [#update] is ours. It is `AtomicReference` with Go's names.
public final class Pointer<T> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Pointer.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable T value;

    /// Starts as null.
    public Pointer() {}

    /// Starts as `value`.
    public Pointer(@Nullable T value) {
        this.value = value;
    }

    /// The object now; null when there is none.
    public @Nullable T load() {
        return value;
    }

    /// Sets it to `value`.
    public void store(@Nullable T value) {
        this.value = value;
    }

    /// Sets it to `value`; answers the old one.
    @SuppressWarnings("unchecked") // holds Ts only
    public @Nullable T swap(@Nullable T value) {
        return (T) VALUE.getAndSet(this, value);
    }

    /// Sets it to `value` if it is the object `old`. False when it was not, and never for another reason.
    public boolean compareAndSwap(@Nullable T old, @Nullable T value) {
        return VALUE.compareAndSet(this, old, value);
    }

    /// Sets it to what `next` makes of the old one; answers the new one. `next` runs again when another thread was faster, so
    /// it should do nothing but compute. When it throws, that goes to the caller, and nothing has changed.
    public @Nullable T update(UnaryOperator<@Nullable T> next) {
        Objects.requireNonNull(next, "next");
        for (;;) {
            T old = value;
            T made = next.apply(old);
            if (VALUE.compareAndSet(this, old, made)) {
                return made;
            }
        }
    }

    /// The text of the object now.
    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
