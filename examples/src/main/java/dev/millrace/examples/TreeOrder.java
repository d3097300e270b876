package dev.millrace.examples;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextSnapshot;
import dev.millrace.probe.Event;
import dev.millrace.probe.Probes;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// In which order does a cancel reach a tree, and in which order do those who wait wake up?
final class TreeOrder extends Example {
    private static final Context.Key<String> NOTHING = Context.Key.named("");

    TreeOrder() {
        super("tree-order");
    }

    // region tree-order
    @Override
    int play(Context ctx, PrintStream out, Options options) {
        options.end();
        try (var root = child(ctx, "root")) {
            var a = child(root, "A");
            var b = child(root, "B");
            var tree = List.of(root, a, b,
                    child(a.withValue(NOTHING, ""), "A1"), child(a, "A2"), child(b, "B1"), child(b, "B2"));

            var woken = new ConcurrentLinkedQueue<String>();
            var wg = new WaitGroup();
            for (var node : tree) {
                wg.go(node, c -> {
                    c.awaitDone();
                    woken.add(c.name());
                });
            }
            while (waiting(root.snapshot()) < tree.size()) {
                ctx.sleep(Duration.ofMillis(1));
            }
            out.print(root.dump());

            var marked = new ConcurrentLinkedQueue<String>();
            try (var _ = Probes.install(event -> {
                if (event instanceof Event.ContextEnded ended && ended.end().origin().equals("root")) {
                    marked.add(ended.name());
                }
            })) {
                root.cancel();
            }
            wg.await();
            out.println("marked: " + String.join(" ", marked));
            out.println("woken:  " + String.join(" ", woken));
        }
        return 0;
    }

    private static CancellableContext child(Context parent, String name) {
        return parent.withName(name).withCancel();
    }
    // endregion

    private static long waiting(ContextSnapshot tree) {
        return tree.tasks().stream().filter(task -> !task.waitsFor().isEmpty()).count()
                + tree.children().stream().mapToLong(TreeOrder::waiting).sum();
    }
}
