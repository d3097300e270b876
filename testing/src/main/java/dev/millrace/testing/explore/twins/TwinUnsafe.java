package dev.millrace.testing.explore.twins;

import dev.millrace.testing.explore.engine.Handles;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.locks.LockSupport;

/// In place of `jdk.internal.misc.Unsafe`, as far as copies of JDK classes use it: each access goes through a handle of the field, so that it is announced.
public final class TwinUnsafe {
    private static final TwinUnsafe ONLY = new TwinUnsafe();

    private TwinUnsafe() {}

    public static TwinUnsafe getUnsafe() {
        return ONLY;
    }

    /// A number for the field, by which the other methods find it.
    public long objectFieldOffset(Class<?> owner, String name) {
        try {
            Class<?> type = owner.getDeclaredField(name).getType();
            var lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
            return Handles.offset(lookup.findVarHandle(owner, name, type));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean compareAndSetInt(Object object, long offset, int expected, int next) {
        return Handles.at(offset).compareAndSet(object, expected, next);
    }

    public boolean weakCompareAndSetInt(Object object, long offset, int expected, int next) {
        return compareAndSetInt(object, offset, expected, next);
    }

    public boolean compareAndSetLong(Object object, long offset, long expected, long next) {
        return Handles.at(offset).compareAndSet(object, expected, next);
    }

    public boolean compareAndSetReference(Object object, long offset, Object expected, Object next) {
        return Handles.at(offset).compareAndSet(object, expected, next);
    }

    public boolean weakCompareAndSetReference(Object object, long offset, Object expected, Object next) {
        return compareAndSetReference(object, offset, expected, next);
    }

    public int getAndAddInt(Object object, long offset, int delta) {
        return (int) Handles.at(offset).getAndAdd(object, delta);
    }

    public int getAndBitwiseAndInt(Object object, long offset, int mask) {
        return (int) Handles.at(offset).getAndBitwiseAnd(object, mask);
    }

    public void putInt(Object object, long offset, int next) {
        Handles.at(offset).set(object, next);
    }

    public void putIntOpaque(Object object, long offset, int next) {
        Handles.at(offset).setOpaque(object, next);
    }

    public void putReference(Object object, long offset, Object next) {
        Handles.at(offset).set(object, next);
    }

    public void park(boolean absolute, long nanos) {
        LockSupport.parkNanos(nanos);
    }
}
