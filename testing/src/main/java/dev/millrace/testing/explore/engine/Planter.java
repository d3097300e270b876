package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Counts the places of one class at which faults can be planted, in the order in which it is rewritten, and says at which one is.
final class Planter {
    private static final Set<String> ANSWERING =
            Set.of("claim", "interrupted", "add", "remove", "end", "stop", "register", "registerPath", "takeBack");
    private static final Set<String> ATOMIC = Set.of("compareAndSet", "compareAndExchange", "getAndSet",
            "getAndBitwiseOr", "getAndBitwiseAnd", "getAndAdd");
    private static final Set<String> FOR_WHO_LOOKS = Set.of("LockOrder", "Tap", "Debug", "Sites", "Owner", "Spin",
            "Tuning", "Uncaught");

    private final @Nullable Planting planting;
    private final String owner; // as in Java
    private final Map<String, Integer> seen = new HashMap<>();

    Planter(@Nullable Planting planting, String owner) {
        boolean elsewhere = planting instanceof Mutation m && !m.owner().equals(owner);
        this.planting = elsewhere ? null : planting;
        this.owner = owner;
    }

    /// Whether the fault is here. To be asked at each place, once for each kind that there may be.
    ///
    /// @param worth whether a census is to note it
    boolean at(CodeBuilder cb, Mutation.Kind kind, String method, String what, int line, boolean worth) {
        if (planting == null) {
            return false;
        }
        switch (planting) {
            case Mutation m -> {
                return kind == m.kind() && method.equals(m.method()) && what.equals(m.what())
                        && count(kind, method, what) == m.occurrence();
            }
            case Census census -> {
                var here = new Mutation(kind, owner, method, what, count(kind, method, what));
                if (worth && census.asksFor(here)) {
                    cb.loadConstant(census.note(here, line))
                            .invokestatic(Rewriter.HOOKS, "reached", MethodTypeDesc.of(CD_void, CD_int));
                }
                return false;
            }
        }
    }

    private int count(Mutation.Kind kind, String method, String what) {
        return seen.merge(kind + " " + method + " " + what, 1, Integer::sum) - 1;
    }

    /// Whether a call that is left out is likely to matter to others.
    boolean isWorthLeavingOut(String of, String name, MethodTypeDesc type) {
        if (!(planting instanceof Census)) {
            return false;
        }
        String simple = of.substring(of.lastIndexOf('/') + 1);
        boolean ours = of.startsWith("dev/millrace/") && !FOR_WHO_LOOKS.contains(simple);
        boolean ofThreads = of.equals("java/util/concurrent/locks/LockSupport") || of.equals("java/lang/Thread");
        boolean answers = type.returnType().equals(CD_boolean) && ANSWERING.contains(name);
        return (ours || ofThreads) && !isLocking(of, name, type) && !isUnlocking(of, name, type)
                && (type.returnType().equals(CD_void) || answers || changesList(of, name));
    }

    /// Whether it answers the list that it is given first, changed.
    static boolean changesList(String of, String name) {
        return of.equals("dev/millrace/internal/Link") && Set.of("append", "remove", "replace").contains(name);
    }

    /// Whether a method of a handle can be taken apart: it is of a field of an object.
    static boolean isAtomic(String name, MethodTypeDesc type) {
        return ATOMIC.contains(name) && type.parameterCount() == (name.startsWith("compare") ? 3 : 2)
                && !type.parameterType(0).isPrimitive();
    }

    static boolean isLocking(String of, String name, MethodTypeDesc type) {
        return of.startsWith("dev/millrace/internal/") && type.parameterCount() == 0
                && (name.equals("lock") ? type.returnType().equals(CD_void)
                        : name.equals("tryLock") && type.returnType().equals(CD_boolean));
    }

    static boolean isUnlocking(String of, String name, MethodTypeDesc type) {
        return of.startsWith("dev/millrace/internal/") && name.equals("unlock") && type.parameterCount() == 0
                && type.returnType().equals(CD_void);
    }
}
