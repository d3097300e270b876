package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;

import dev.millrace.context.Context;
import dev.millrace.go.Interruptible;
import dev.millrace.go.Task;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.atomic.AtomicInteger;

/// A region that a context's end interrupts: the library's, and two that are wrong. And a cancel that is stopped in the middle.
interface Regions {
    void run(Context ctx, Task body) throws Exception;

    static Regions of(Run run) {
        return switch (run.fault()) {
            case "flag" -> Regions::forgetting;
            case "spins" -> Regions::spinning;
            default -> Interruptible::run;
        };
    }

    /// Does not take back an interrupt that nobody has heard.
    private static void forgetting(Context ctx, Task body) throws Exception {
        var thread = Thread.currentThread();
        var ear = tell(ctx, thread::interrupt);
        try {
            body.run();
        } finally {
            node(ctx).remove(ear);
        }
    }

    /// Waits at its end for an interrupt that is on its way, as it must; by looking again and again.
    private static void spinning(Context ctx, Task body) throws Exception {
        var state = new AtomicInteger(); // 1: on its way, 2: sent, 3: left
        var thread = Thread.currentThread();
        var ear = tell(ctx, () -> {
            if (state.compareAndSet(0, 1)) {
                thread.interrupt();
                state.set(2);
            }
        });
        try {
            body.run();
        } finally {
            node(ctx).remove(ear);
            if (!state.compareAndSet(0, 3)) {
                while (state.get() == 1) {
                    Thread.onSpinWait();
                }
                Thread.interrupted();
            }
        }
    }

    private static Listener tell(Context ctx, Runnable action) {
        var ear = new Listener() {
            @Override
            protected void tell(Ending ending) {
                action.run();
            }
        };
        node(ctx).add(ear);
        return ear;
    }

    private static Node node(Context ctx) {
        Node node = ContextBase.nodeOf(ctx);
        check(node != null, "no node");
        return node;
    }

    /// Who is interrupted while this is open closes it, on the thread that interrupts: that is held there until the other waits.
    final class Held extends AbstractInterruptibleChannel {
        private final Run run;
        private final Thread owner = Thread.currentThread();
        private volatile boolean reached;
        private volatile boolean waits;

        Held(Run run) {
            this.run = run;
            begin();
        }

        @Override
        protected void implCloseChannel() {
            reached = true;
            try {
                waits = run.comesTrue(() -> owner.getState() == Thread.State.WAITING);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        void letGo() {
            try {
                end(true);
            } catch (AsynchronousCloseException e) {
                // by the interrupt
            }
        }
    }

    /// The region is left while the interrupt is on its way, for as long as it takes: its thread parks then, and does not look again and again.
    static void leftInTheMiddle(Run run, Regions region) throws Exception {
        var held = new Held(run);
        Thread canceller;
        try (var ctx = Context.background().withCancel()) {
            canceller = Thread.ofPlatform().daemon().unstarted(ctx::cancel);
            region.run(ctx, () -> {
                canceller.start();
                while (!held.reached) {
                    Thread.onSpinWait(); // and does not park: the next time that it does is at the region's end
                }
            });
        } finally {
            held.letGo();
        }
        canceller.join();
        check(held.waits, "spins while the interrupt is on its way");
        check(!Thread.interrupted(), "1 flags are left");
    }
}
