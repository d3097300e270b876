package dev.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A sample of the corpus; all of it is what `millrace conformance` runs.
class ConformanceTest {
    @ParameterizedTest
    @EnumSource(Program.Kind.class)
    void sample_onTheLibrary_answersAsGo(Program.Kind kind) {
        var conformance = new Conformance();
        var divergences = new ArrayList<Divergence>();
        for (Program program : Sample.of(kind)) {
            divergences.addAll(conformance.run(program).divergences());
        }
        assertEquals("", divergences.stream().limit(5).map(Divergence::toString).collect(Collectors.joining("\n")));
        assertTrue(Sample.of(kind).size() >= 200, () -> kind + " " + Sample.of(kind).size());
    }

    @Test
    void op_thatWaitsWhereGoDidNot_isADivergenceThatSaysWhoWaitsForWhat() throws BadLineException {
        Verdict verdict =
                run("""
                {"id":"p","kind":"channel","slots":2,"slot":1000,"horizon":9500,"channels":[{"name":"ch0","cap":0}],\
                "goroutines":[[{"op":"send","ch":"ch0","v":1,"expect":{"start":0,"end":3000}}],\
                [{"op":"len","ch":"ch0","expect":{"start":1000,"end":1000,"len":0,"cap":0}},{"op":"sleep","us":90000}]]}""");
        Divergence first = verdict.divergences().getFirst();
        assertEquals("goroutine 0 op 0 (send ch=ch0 v=1)", first.step());
        assertEquals("{\"start\":0,\"end\":3000}", first.expected());
        assertEquals("{\"start\":0,\"blocked\":true}", first.got());
        assertEquals(2, first.waiting().size(), first.toString());
        assertTrue(first.waiting().getFirst().startsWith("goroutine 0: waits for chan send on channel \"ch0\""),
                first.toString());
        assertEquals(2, verdict.divergences().size(), "the sleep that Go never executed is one as well");
    }

    @Test
    void op_thatEndsWhereGoWaited_isADivergence() throws BadLineException {
        Verdict verdict = run("""
                {"id":"p","kind":"sync","slots":1,"slot":1000,"horizon":9500,"objects":{"wg":{"type":"waitgroup"}},\
                "goroutines":[[{"op":"wg.wait","on":"wg","expect":{"start":0,"blocked":true}}]]}""");
        assertEquals(List.of("{\"start\":0,\"end\":0}"), verdict.divergences().stream().map(Divergence::got).toList());
    }

    @Test
    void program_thatGoCorruptsItsObjectIn_isComparedUpToThatOp() throws BadLineException {
        String program = """
                {"id":"p","kind":"sync","slots":2,"slot":1000,"horizon":9500,"objects":{"wg":{"type":"waitgroup"}},\
                "goroutines":[[{"op":"wg.add","on":"wg","n":1,"expect":{"start":0,"end":0}},\
                {"op":"wg.add","on":"wg","n":-2,"expect":{"start":2000,"end":2000,"panic":"sync: negative WaitGroup counter"}},\
                {"op":"wg.add","on":"wg","n":1,"expect":{"start":4000,"end":4000}}],\
                [{"op":"wg.wait","on":"wg","expect":{"start":1000,"end":WHEN}}]]}""";
        Verdict verdict = run(program.replace("WHEN", "4000"));
        assertEquals(List.of(), verdict.divergences());
        assertEquals(java.util.Map.of(Rule.REFUSED_MISUSE, 1L), verdict.allowed());
        assertEquals(1, run(program.replace("WHEN", "1000")).divergences().size(), "what lies before it is compared");
    }

    @Test
    void turns_areTheFirstOwnSlotsBehindTheLastOp() {
        var ops = List.of(List.<Op>of(), List.<Op>of(), List.<Op>of());
        var slots = new Program.Slots("p", Program.Kind.SYNC, 1000, 1, java.util.Map.of(), ops, java.util.Map.of());
        for (int g = 0; g < 3; g++) {
            for (long end = -1; end < 13_000; end += 250) {
                long t = end + 1;
                while (t % 3000 != g * 1000L) {
                    t++;
                }
                assertEquals(t, slots.next(g, end), "goroutine " + g + " behind " + end);
            }
        }
    }

    private static Verdict run(String line) throws BadLineException {
        return new Conformance().run(LineReader.read(line));
    }
}
