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
    private int told; // how many of them a report has told; guarded by this

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
        return all.isEmpty() ? null : withSuppressed(all.getFirst());
    }

    /// What no report has told yet: the first such failure, with those after it; null when there is none.
    synchronized @Nullable Throwable reportRest() {
        if (told == 0) {
            return report();
        }
        Throwable next = null;
        for (int i = told; i < all.size() && next == null; i++) {
            next = isEcho(all.get(i), all.getFirst()) ? null : all.get(i);
        }
        return next == null ? null : withSuppressed(next);
    }

    /// Hands everything that was not told to `failure`, which stands for it.
    private Throwable withSuppressed(Throwable failure) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.add(failure);
        for (int i = 0; i < all.size(); i++) {
            Throwable next = all.get(i);
            if (known.add(next) && i >= told && !isEcho(next, all.getFirst())) {
                failure.addSuppressed(next);
            }
        }
        told = all.size();
        return failure;
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
        throw Failures.<Error>sneaky(failure); // also something that is neither
    }

    /// For a method that declares none: throws whatever it is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the cast is not checked at run time: that is the point
    static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
