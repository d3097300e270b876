package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.context.AfterFunc;
import dev.millrace.context.Context;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Actions of contexts that cancel relatives and register others, while these are cancelled by others as well.
final class CallbackProtocols {
    private CallbackProtocols() {}

    /// The action of a context cancels its child, its sibling, its parent and itself: after each, all below that has ended. What it then
    /// registers runs.
    static void cancelsRelatives() throws Exception {
        var parent = Context.background().withCancel();
        var ctx = parent.withCancel();
        var sibling = parent.withCancel();
        var child = sibling.withCancel();
        var ran = new AtomicInteger();
        var again = new AtomicInteger();
        var second = new AtomicReference<AfterFunc>();
        var heard = child.afterFunc(again::incrementAndGet);
        var first = ctx.afterFunc(() -> {
            ran.incrementAndGet();
            sibling.cancel();
            check(child.isDone(), "below the sibling is one alive");
            parent.cancel();
            ctx.cancel();
            check(parent.isDone() && ctx.isDone(), "alive");
            second.set(ctx.afterFunc(again::incrementAndGet));
        });
        var other = go("other", parent::cancel);
        ctx.cancel();
        first.await();
        second.get().await();
        heard.await();
        Suite.join(other);
        check(ran.get() == 1 && again.get() == 2, "ran " + ran.get() + ", again " + again.get());
    }

    /// Two siblings, each of which has an action that cancels the other, and the parent.
    static void cancelEachOther() throws Exception {
        var parent = Context.background().withCancel();
        var one = parent.withCancel();
        var two = parent.withCancel();
        var ran = new AtomicInteger();
        var ofOne = one.afterFunc(() -> {
            two.cancel();
            parent.cancel();
            check(parent.isDone(), "alive");
            ran.incrementAndGet();
        });
        var ofTwo = two.afterFunc(() -> {
            one.cancel();
            parent.cancel();
            check(parent.isDone(), "alive");
            ran.incrementAndGet();
        });
        var other = go("other", one::cancel);
        two.cancel();
        ofOne.await();
        ofTwo.await();
        Suite.join(other);
        check(ran.get() == 2 && one.isDone() && two.isDone(), "ran " + ran.get());
    }

    /// The action registers others at the sibling, which lives, and at the parent, while the parent is cancelled.
    static void registersAtRelatives() throws Exception {
        var parent = Context.background().withCancel();
        var ctx = parent.withCancel();
        var sibling = parent.withCancel();
        var ran = new AtomicInteger();
        var atSibling = new AtomicReference<AfterFunc>();
        var atParent = new AtomicReference<AfterFunc>();
        var first = ctx.afterFunc(() -> {
            atSibling.set(sibling.afterFunc(ran::incrementAndGet));
            atParent.set(parent.afterFunc(ran::incrementAndGet));
        });
        var other = go("other", parent::cancel);
        ctx.cancel();
        first.await();
        atSibling.get().await();
        atParent.get().await();
        Suite.join(other);
        check(ran.get() == 2, "ran " + ran.get());
    }

    /// Two actions of one context, each of which stops the other; the one waits for the other too.
    static void stopEachOther() throws Exception {
        var ctx = Context.background().withCancel();
        var ran = new AtomicInteger();
        var stopped = new AtomicInteger();
        var two = new AtomicReference<AfterFunc>();
        var one = ctx.afterFunc(() -> {
            ran.incrementAndGet();
            AfterFunc neighbour = two.get();
            if (neighbour != null) {
                stopped.addAndGet(neighbour.stop() ? 1 : 0);
            }
        });
        two.set(ctx.afterFunc(() -> {
            ran.incrementAndGet();
            stopped.addAndGet(one.stop() ? 1 : 0);
            one.await();
        }));
        ctx.cancel();
        one.await();
        two.get().await();
        check(ran.get() + stopped.get() == 2, "ran " + ran.get() + ", stopped " + stopped.get());
    }
}
