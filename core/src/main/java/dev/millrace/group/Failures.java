package dev.millrace.group;

import dev.millrace.context.ContextException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What went wrong in a group, in order. The first failure stands for all; the others become its suppressed ones when it is
/// reported, once each, and never itself. To add one needs no memory: there may be none left, and a failure that is lost looks like success.
final class Failures {
    private @Nullable Failed first; // these are guarded by this
    private @Nullable Failed last;
    private int count;
    private int told; // how many of them a report has told

    /// True for the first.
    synchronized boolean add(Failed place, Throwable failure) {
        place.failed(failure);
        place.before(null);
        if (last == null) {
            first = place;
        } else {
            last.before(place);
        }
        last = place;
        return ++count == 1;
    }

    synchronized int count() {
        return count;
    }

    synchronized List<Throwable> all() {
        var all = new ArrayList<Throwable>(count);
        for (Failed f = first; f != null; f = f.next()) {
            all.add(f.what());
        }
        return List.copyOf(all);
    }

    /// The first failure, ready to be thrown; null when there is none.
    synchronized @Nullable Throwable report() {
        return first == null ? null : withSuppressed(first.what());
    }

    /// What no report has told yet: the first such failure, with those after it; null when there is none.
    synchronized @Nullable Throwable reportRest() {
        if (told == 0 || first == null) {
            return report();
        }
        int i = 0;
        for (Failed f = first; f != null; f = f.next()) {
            if (i++ >= told && !isEcho(f.what(), first.what())) {
                return withSuppressed(f.what());
            }
        }
        return null;
    }

    /// Hands everything that was not told to `failure`, which stands for it.
    private Throwable withSuppressed(Throwable failure) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.add(failure);
        int i = 0;
        for (Failed f = first; f != null; f = f.next()) {
            Throwable next = f.what();
            if (known.add(next) && i >= told && !isEcho(next, Objects.requireNonNull(first).what())) {
                failure.addSuppressed(next);
            }
            i++;
        }
        told = count;
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
