package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.Context;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Node;
import dev.millrace.verify.explore.ContextTreeProtocols.Heard;
import java.util.Objects;

/// Contexts with several parents.
final class ContextMergeProtocols {
    private ContextMergeProtocols() {}

    private static Node node(Context ctx) {
        return Objects.requireNonNull(ContextBase.nodeOf(ctx));
    }

    private static int hearers(Context ctx) {
        return node(ctx).listeners();
    }

    // Merged.

    /// It ends with either parent, also when nobody waits for it and it is only asked.
    static void mergedIsAsked() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var merged = Context.anyOf(one, two);
        var a = go("a", () -> {
            two.cancel(new IllegalStateException("two"));
            check(merged.isDone(), "a parent has ended, and it lives");
        });
        one.cancel(new IllegalStateException("one"));
        check(merged.isDone(), "a parent has ended, and it lives");
        var cause = merged.cause();
        Suite.join(a);
        check(cause == merged.cause() && (cause == one.cause() || cause == two.cause()), "its cause is " + cause);
    }

    /// Of several further parents one has ended before: it ends at once, and no other one keeps it.
    static void mergedOfEnded() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var three = Context.background().withCancel();
        two.cancel(new IllegalStateException("so"));
        var merged = Context.anyOf(one, two, three);
        check(merged.isDone() && merged.cause() == two.cause(), "a parent has ended, and it lives");
        check(hearers(one) == 0 && hearers(three) == 0, "still known: " + hearers(one) + ", " + hearers(three));
    }

    /// Ended by one parent it is no longer known to the other.
    static void mergedLeavesParents() throws Exception {
        for (int i = 0; i < 3; i++) {
            var one = Context.background().withCancel();
            var two = Context.background().withCancel();
            var merged = Context.anyOf(one, two);
            var sleeper = go("sleeper", merged::awaitDone);
            switch (i) {
                case 0 -> one.cancel();
                case 1 -> two.cancel();
                default -> merged.cancel();
            }
            Suite.join(sleeper);
            check((i == 0 || hearers(one) == 0) && (i == 1 || hearers(two) == 0),
                    "still known after " + i + ": " + hearers(one) + ", " + hearers(two));
        }
    }

    /// Two walks that meet each other's contexts wait for each other's end, and not in a ring.
    static void mergedCross() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var merged = Context.anyOf(one, two);
        var crossed = Context.anyOf(two, one);
        var child = merged.withCancel();
        var childToo = crossed.withCancel();
        check(node(child).add(new Heard()) && node(childToo).add(new Heard()), "not ended, and nobody is let in");
        var a = go("a", () -> {
            one.cancel();
            check(child.isDone() && childToo.isDone(), "a cancel has returned, and somebody below lives");
        });
        two.cancel();
        check(child.isDone() && childToo.isDone(), "a cancel has returned, and somebody below lives");
        Suite.join(a);
    }

    /// A cancel waits for what is below a merged context also when another parent has ended that.
    static void mergedDescendants() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var child = Context.anyOf(one, two).withCancel();
        check(node(child).add(new Heard()), "not ended, and nobody is let in");
        var a = go("a", () -> {
            one.cancel();
            check(child.isDone(), "a cancel has returned, and somebody below lives");
        });
        two.cancel();
        check(child.isDone(), "a cancel has returned, and somebody below lives");
        Suite.join(a);
    }

    /// While somebody waits below it, the collector does not take it, also when a further parent is all that refers to it.
    static void mergedIsHeld() throws Exception {
        var one = Context.background().withCancel();
        var two = Context.background().withCancel();
        var heard = new Heard();
        check(node(Context.anyOf(one, two)).add(heard), "not ended, and nobody is let in");
        ContextTreeProtocols.collect(node(two), "target");
        two.cancel();
        check(heard.times() == 1, "heard " + heard.times() + " times");
    }
}
