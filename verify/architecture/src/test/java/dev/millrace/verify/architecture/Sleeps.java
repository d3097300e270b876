package dev.millrace.verify.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/// Where threads of the core come to a halt. All that a user waits for is a `Waiter`'s park: only so every wait can be given up, be listed, and
/// stand still in a bubble's time.
final class Sleeps {
    /// Who parks and unparks, and why.
    static final Map<String, String> PARKING = Map.of(
            "dev.millrace.internal.Waiter", "the one wait of all operations",
            "dev.millrace.internal.Waking", "the one wake-up",
            "dev.millrace.internal.Spin", "pauses of who waits for a section, or for memory",
            "dev.millrace.internal.Fairness", "who is held back for those from outside, and the warden who does that",
            "dev.millrace.internal.InterruptBridge", "an exit that waits for the interrupt which is on its way",
            "dev.millrace.internal.RealScheduler", "the thread of the timers",
            "dev.millrace.internal.Stacks", "the helper that takes stacks",
            "dev.millrace.internal.Watcher", "the thread of the watch");

    private static final Set<String> OF_THREADS = Set.of("sleep", "join");

    private Sleeps() {}

    /// {@return one line for each use of what stops a thread that is not allowed, and for each allowance that is not needed}
    ///
    /// @param parking reasons by the name of a top-level class, which may use `LockSupport`
    static List<String> violations(Iterable<JavaClass> classes, Map<String, String> parking) {
        var found = new TreeSet<String>();
        var needed = new TreeSet<String>();
        for (JavaClass type : classes) {
            String name = type.getName().replaceFirst("\\$.*", "");
            for (JavaCodeUnitAccess<?> access : accesses(type)) {
                if (access.getTargetOwner().isEquivalentTo(LockSupport.class)) {
                    needed.add(name);
                    if (!parking.containsKey(name)) {
                        found.add(name + " must wait by a Waiter: " + access.getDescription());
                    }
                } else if (isSleep(access)) {
                    found.add(name + " must not sleep: " + access.getDescription());
                }
            }
        }
        for (String name : parking.keySet()) {
            if (!needed.contains(name)) {
                found.add(name + " does not park and needs no reason to (Sleeps.PARKING)");
            }
        }
        return List.copyOf(found);
    }

    private static List<JavaCodeUnitAccess<?>> accesses(JavaClass type) {
        var all = new ArrayList<JavaCodeUnitAccess<?>>(type.getMethodCallsFromSelf());
        all.addAll(type.getMethodReferencesFromSelf());
        return all;
    }

    private static boolean isSleep(JavaCodeUnitAccess<?> access) {
        String method = access.getTarget().getName();
        JavaClass owner = access.getTargetOwner();
        return method.equals("wait") && owner.isEquivalentTo(Object.class)
                || OF_THREADS.contains(method) && owner.isAssignableTo(Thread.class);
    }
}
