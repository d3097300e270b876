package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final Context BG = Context.background();

    private static String dump(DumpOptions options) {
        var text = new StringBuilder();
        try {
            Goroutines.dump(text, options);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    @Test
    void of_pairs_sortsAndTakesTheLaterOfTwo() {
        assertEquals(Map.of("a", "2", "b", "x"), Labels.of("b", "x", "a", "1", "a", "2").map());
        assertEquals("{a=2, b=x}", Labels.of("b", "x", "a", "2").toString());
        assertEquals(Labels.of("a", "1"), new Labels(Map.of("a", "1")));
        assertEquals(Map.of(), Labels.of().map());
    }

    @Test
    void of_unevenNumber_saysSo() {
        var e = assertThrows(IllegalArgumentException.class, () -> Labels.of("a", "1", "b"));
        assertEquals("uneven number of arguments to Labels.of: expected a value for each name, was 3 of both",
                e.getMessage());
    }

    @Test
    void anything_null_isRefused() {
        var labels = Labels.of("a", "1");
        assertThrows(NullPointerException.class, () -> Labels.of("a", null));
        assertThrows(NullPointerException.class, () -> Labels.of(null, "a"));
        assertThrows(NullPointerException.class, () -> new Labels(null));
        assertThrows(NullPointerException.class, () -> labels.with(null));
        assertThrows(NullPointerException.class, () -> labels.run(null, _ -> {}));
        assertThrows(NullPointerException.class, () -> labels.run(BG, null));
        assertThrows(NullPointerException.class, () -> labels.call(BG, null));
    }

    @Test
    void map_givenAndChanged_staysAsItWas() {
        var map = new HashMap<>(Map.of("a", "1"));
        var labels = new Labels(map);
        map.put("a", "2");
        assertEquals("1", labels.map().get("a"));
        assertThrows(UnsupportedOperationException.class, () -> labels.map().put("a", "3"));
    }

    @Test
    void with_addsToThoseOfTheContext_andCannotCancelIt() {
        try (var outer = BG.withLabel("a", "1").withLabel("b", "1").withCancel()) {
            Context ctx = Labels.of("b", "2", "c", "3").with(outer);
            assertEquals(Map.of("a", "1", "b", "2", "c", "3"), ctx.labels());
            assertTrue(!(ctx instanceof dev.millrace.context.CancellableContext));
            assertTrue(!(Labels.of().with(outer) instanceof dev.millrace.context.CancellableContext));
        }
    }

    @Test
    void run_body_hasThemAsCurrentAndGivesThemToGoroutines() {
        var seen = new AtomicReference<Map<String, String>>();
        Labels.of("tenant", "7").run(BG, c -> {
            assertEquals(Map.of("tenant", "7"), c.labels());
            assertEquals(c.labels(), Context.current().labels());
            var wg = new WaitGroup();
            wg.go(() -> seen.set(Context.current().labels()));
            wg.await();
        });
        assertEquals(Map.of("tenant", "7"), seen.get());
        assertEquals(Map.of(), Context.current().labels());
    }

    @Test
    void run_bodyThrows_throwsThatAndShowsNoMore() {
        var e = assertThrows(IOException.class, () -> Labels.of("gone", "1").run(BG, _ -> {
            throw new IOException("as it is");
        }));
        assertEquals("as it is", e.getMessage());
        assertTrue(!dump(DumpOptions.text()).contains("\"gone\""));
    }

    @Test
    void call_answersTheResult() throws Exception {
        int n = Labels.of("a", "12").<Integer, RuntimeException>call(BG, c -> Integer.parseInt(c.labels().get("a")));
        assertEquals(12, n);
    }

    /// The header of the goroutine called `name` once it waits.
    private static String header(String name) throws Exception {
        var found = new String[] {""};
        Until.until(name + " waits", () -> {
            found[0] = Arrays.stream(dump(DumpOptions.text().withoutStacks()).split("\n"))
                    .filter(l -> l.contains('"' + name + '"'))
                    .findFirst().orElse("");
            return found[0].contains("chan receive");
        });
        return found[0];
    }

    @Test
    void dump_withinNestedRuns_showsTheInnermostAndThenTheOuterAgain() throws Exception {
        var chan = Chan.<Integer>named("labelled").unbuffered();
        var wg = new WaitGroup();
        wg.go(BG.withName("nested").withLabel("start", "0"), c -> {
            Thread.currentThread().setName("nested labels");
            chan.receive();
            Labels.of("outer", "1").run(c, d -> {
                chan.receive();
                Labels.of("inner", "a\nb\"c").run(d, _ -> {
                    chan.receive();
                });
                chan.receive();
            });
            chan.receive();
        });
        var headers = new String[5];
        for (int i = 0; i < 5; i++) {
            int step = i;
            Until.until("it waits " + i, () -> {
                headers[step] = Arrays.stream(dump(DumpOptions.text().withoutStacks()).split("\n"))
                        .filter(l -> l.contains("\"labelled\"")).findFirst().orElse("");
                return headers[step].contains("chan receive");
            });
            if (i == 2) {
                assertTrue(dump(DumpOptions.json()).contains(
                        "\"labels\":{\"inner\":\"a\\nb\\\"c\",\"outer\":\"1\",\"start\":\"0\"}"));
                assertTrue(dump(DumpOptions.tree()).contains(" {inner=a\\nb\\\"c, outer=1, start=0}"),
                        () -> dump(DumpOptions.tree()));
                assertTrue(Go.goroutines().stream().anyMatch(
                        g -> g.labels().equals(Map.of("inner", "a\nb\"c", "outer", "1", "start", "0"))));
            }
            chan.send(i);
        }
        wg.await();
        var shown = Arrays.stream(headers).map(h -> h.substring(h.indexOf(" labels:"))).toList();
        assertEquals(List.of(
                " labels:{\"start\": \"0\"}]:",
                " labels:{\"outer\": \"1\", \"start\": \"0\"}]:",
                " labels:{\"inner\": \"a\\nb\\\"c\", \"outer\": \"1\", \"start\": \"0\"}]:",
                " labels:{\"outer\": \"1\", \"start\": \"0\"}]:",
                " labels:{\"start\": \"0\"}]:"), shown);
    }

    @Test
    void dump_goroutineStartedWithin_showsThem() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var wg = new WaitGroup();
        Labels.of("within", "1").run(BG, c -> Go.go("labelled within", () -> chan.receive()));
        assertTrue(header("labelled within").endsWith(" labels:{\"within\": \"1\"}]:"), header("labelled within"));
        chan.send(1);
        wg.await();
    }

    @Test
    void dump_platformThread_showsThemWithin() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var thread = Thread.ofPlatform().name("labelled thread")
                .start(() -> Labels.of("thread", "1").run(BG, _ -> chan.receive()));
        assertTrue(header("labelled thread").endsWith(" labels:{\"thread\": \"1\"}]:"), header("labelled thread"));
        String json = dump(DumpOptions.json());
        assertTrue(json.contains("\"labels\":{\"thread\":\"1\"}"), json);
        chan.send(1);
        thread.join();
    }

    @Test
    void dump_withoutLabels_isAsBefore() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        Go.go("unlabelled", () -> chan.receive());
        assertTrue(header("unlabelled").endsWith("(unbuffered)]:"), header("unlabelled"));
        chan.send(1);
    }
}
