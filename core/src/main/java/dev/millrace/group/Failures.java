package dev.millrace.group;

import dev.millrace.context.ContextException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What went wrong in a group, in order. The first failure stands for all; the others become its suppressed ones when it is
/// reported, once each, and never itself.
final class Failures {
    private final List<Throwable> all = new ArrayList<>(0); // guarded by this
    private int suppressed; // how many of them the first has taken; guarded by this
    private boolean reported; // guarded by this

    /// True for the first.
    synchronized boolean add(Throwable failure) {
        all.add(failure);
        return all.size() == 1;
    }

    synchronized List<Throwable> all() {
        return List.copyOf(all);
    }

    /// The first failure, ready to be thrown; null when there is none.
    synchronized @Nullable Throwable report() {
        if (all.isEmpty()) {
            return null;
        }
        reported = true;
        Throwable first = all.getFirst();
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < all.size(); i++) {
            Throwable next = all.get(i);
            if (known.add(next) && i >= suppressed && next != first && !isEcho(next, first)) {
                first.addSuppressed(next);
            }
        }
        suppressed = all.size();
        return first;
    }

    /// Like [#report()], null also when it was reported before.
    synchronized @Nullable Throwable reportOnce() {
        return reported ? null : report();
    }

    /// Whether a failure says no more than that the first one cancelled the context.
    private static boolean isEcho(Throwable next, Throwable first) {
        return next instanceof ContextException && next.getCause() == first;
    }

    /// For a method that may throw checked exceptions.
    static Exception asItIs(Throwable failure) {
        if (failure instanceof Exception e) {
            return e;
        }
        throw (Error) failure;
    }

    /// For a method that declares none: throws whatever it is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the cast is not checked at run time: that is the point
    static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
