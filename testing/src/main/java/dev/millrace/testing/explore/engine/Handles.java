package dev.millrace.testing.explore.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// What rewritten code calls in place of methods that make handles: so it is known which field each is of. And what copies of JDK classes call that only the JDK may.
public final class Handles {
    private Handles() {}

    /// See [MethodHandles.Lookup#findVarHandle].
    public static VarHandle findVarHandle(MethodHandles.Lookup lookup, Class<?> owner, String name, Class<?> type)
            throws NoSuchFieldException, IllegalAccessException {
        return noted(lookup.findVarHandle(owner, name, type), owner, name);
    }

    /// See [MethodHandles.Lookup#findStaticVarHandle].
    public static VarHandle findStaticVarHandle(MethodHandles.Lookup lookup, Class<?> owner, String name, Class<?> type)
            throws NoSuchFieldException, IllegalAccessException {
        return noted(lookup.findStaticVarHandle(owner, name, type), owner, name);
    }

    private static VarHandle noted(VarHandle handle, Class<?> owner, String name) {
        Run run = Hooks.run();
        if (run != null) {
            run.catalog.handle(handle, run.catalog.field(owner.getName() + "." + name));
        }
        return handle;
    }

    // What copies of JDK classes call, and only the JDK may.

    /// As `jdk.internal.invoke.MhUtil` does.
    public static VarHandle ownVarHandle(MethodHandles.Lookup lookup, String name, Class<?> type) {
        return itsVarHandle(lookup, lookup.lookupClass(), name, type);
    }

    /// As `jdk.internal.invoke.MhUtil` does.
    public static VarHandle itsVarHandle(MethodHandles.Lookup lookup, Class<?> owner, String name, Class<?> type) {
        try {
            return findVarHandle(lookup, owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// See `ThreadLocalRandom.nextSecondarySeed()`.
    public static int nextSecondarySeed() {
        return (int) Times.chance();
    }

    /// See `jdk.internal.util.ArraysSupport.newLength`.
    public static int newLength(int length, int least, int preferred) {
        return Math.addExact(length, Math.max(least, preferred));
    }

    /// The number by which [#at] finds `handle` again, in the same exploration.
    public static long offset(VarHandle handle) {
        return catalog().offset(handle);
    }

    /// The handle of that number.
    public static VarHandle at(long offset) {
        return catalog().at((int) offset);
    }

    private static Catalog catalog() {
        return Objects.requireNonNull(Hooks.run(), "outside of a schedule").catalog;
    }
}
