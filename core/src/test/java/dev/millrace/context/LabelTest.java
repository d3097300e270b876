package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelTest {
    private static final Context BG = Context.background();

    @Test
    void labels_derived_areHandedDownAndReplacedByName() {
        var ctx = BG.withLabel("tenant", "7").withLabel("call", "find");
        assertEquals(List.of("call", "tenant"), new ArrayList<>(ctx.labels().keySet()));
        try (var child = ctx.withCancel()) {
            assertEquals(Map.of("call", "find", "tenant", "7"), child.labels());
            assertEquals(Map.of("call", "find", "tenant", "8"), child.withLabel("tenant", "8").labels());
            assertEquals(ctx.labels(), child.labels());
            assertEquals(ctx.labels(), child.detach().labels());
        }
        assertEquals(Map.of(), BG.labels());
    }

    @Test
    void labels_read_cannotBeChanged() {
        var labels = BG.withLabel("tenant", "7").labels();
        assertThrows(UnsupportedOperationException.class, () -> labels.put("tenant", "8"));
    }

    @Test
    void label_inTheText_isShown() {
        assertEquals(
                "context.Background.WithLabel(tenant, 7).WithCancel",
                BG.withLabel("tenant", "7").withCancel().toString());
    }

    @Test
    void null_isRefused() {
        assertThrows(NullPointerException.class, () -> BG.withLabel(null, "x"));
        assertThrows(NullPointerException.class, () -> BG.withLabel("x", null));
    }

    @Test
    void goroutine_underALabelledContext_showsItsLabels() {
        var wg = new WaitGroup();
        try (var ctx = BG.withLabel("tenant", "7").withName("request").withCancel()) {
            wg.go(ctx, c -> c.awaitDone());
            var found = Go.goroutines().stream()
                    .filter(g -> g.context().equals("request"))
                    .map(GoroutineSnapshot::labels)
                    .toList();
            assertEquals(List.of(Map.of("tenant", "7")), found);
            assertTrue(ctx.dump().contains("{tenant=7}"), ctx.dump());
        }
        wg.await();
    }
}
