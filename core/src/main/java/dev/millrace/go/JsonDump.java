package dev.millrace.go;

import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Node;
import dev.millrace.internal.Sight;
import dev.millrace.internal.Sites;
import dev.millrace.internal.Stacks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Goroutines as JSON; the fields are listed at [DumpOptions.Format#JSON].
final class JsonDump {
    private final Appendable out;
    private final Json json;
    private final @Nullable Stacks stacks;

    JsonDump(Appendable out, @Nullable Stacks stacks) {
        this.out = out;
        this.json = new Json(out);
        this.stacks = stacks;
    }

    void write(List<Sight> all, int most) throws IOException {
        json.open('{').key("goroutines").open('[');
        int written = 0;
        int left = 0;
        for (Sight sight : all) {
            if (sight.isGone()) {
                continue;
            }
            if (written == most) {
                left++;
                continue;
            }
            out.append(written == 0 ? "\n" : ""); // a line for each, for tools that read lines
            write(sight);
            out.append('\n');
            written++;
        }
        json.close(']').key("leftOut").value(left).close('}');
        out.append('\n');
    }

    private void write(Sight seen) throws IOException {
        StackTraceElement[] stack = stacks == null ? new StackTraceElement[0] : stacks.of(seen.thread());
        Sight sight = seen.again();
        Goroutine g = sight.goroutine();
        json.open('{').key("id").value(sight.id()).key("kind").value(g == null ? "thread" : "goroutine");
        json.key("name").value(sight.name()).key("state").value(sight.thread().getState().name());
        if (sight.waiter() != null) {
            json.key("waitsFor").value(sight.waitsFor()).key("waitedNanos").value(sight.waited().toNanos());
            Node under = sight.observed();
            if (under != null) {
                json.key("under").value(under.name());
            }
        }
        if (g != null) {
            write(g);
        }
        Map<String, String> labels = sight.labels();
        if (g != null || !labels.isEmpty()) {
            json.key("labels").open('{');
            for (Map.Entry<String, String> label : labels.entrySet()) {
                json.key(label.getKey()).value(label.getValue());
            }
            json.close('}');
        }
        if (stacks != null) {
            json.key("stack").open('[');
            for (StackTraceElement frame : stack) {
                json.value(Sites.frame(frame));
            }
            json.close(']');
        }
        json.close('}');
    }

    private void write(Goroutine g) throws IOException {
        Node node = g.node();
        json.key("creator").value(g.creator()).key("context").value(node == null ? "" : node.name());
        StackTraceElement site = g.site();
        if (site != null) {
            json.key("createdAt").value(Sites.place(site));
        }
    }
}
