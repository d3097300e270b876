package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.FailurePolicy;
import dev.millrace.go.Go;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class GoroutineProgramsTest {
    @RepeatedTest(20)
    void hello_main_greetsAndTheGoroutineMay() {
        var ends = new ArrayList<Integer>();
        var out = Run.of(new Hello(ends::add)).out();
        assertEquals(1, Collections.frequency(out, "Hello from main!"));
        assertTrue(Collections.frequency(out, "Hello from the goroutine!") <= 1);
        assertTrue(out.size() <= 2, out::toString);
        assertEquals(List.of(0), ends);
    }

    @RepeatedTest(20)
    void hello_cured_bothGreet() {
        var out = Run.of(new Hello(_ -> {}), "--cured").out();
        assertEquals(List.of("Hello from main!", "Hello from the goroutine!"), out.stream().sorted().toList());
    }

    @Test
    void hello_asItsOwnProcess_isEndedByTheEndOfMain() {
        var run = Run.child("hello");
        assertEquals(0, run.status());
        assertTrue(run.out().contains("Hello from main!"), run.out()::toString);
        assertTrue(run.outWith("main goes on").isEmpty(), run.out()::toString);
    }

    @Test
    void helloMany_everyGoroutineAndLambda_greetsOnce() {
        var out = Run.of(new HelloMany(), "--goroutines", "50").out();
        var expected = IntStream.rangeClosed(1, 50).boxed()
                .flatMap(n -> List.of("Hello from goroutine " + n + "!", "Hello from lambda " + n + "!").stream())
                .sorted().toList();
        assertEquals(expected, out.stream().sorted().toList());
    }

    @Test
    void gmp_thousandGoroutines_liveAtOnceOnFewThreads() {
        var out = Run.of(new Gmp(), "--goroutines", "1000").out();
        assertEquals(5, out.size(), out::toString);
        assertEquals("P: " + Go.maxProcs() + " goroutines can run at once, on " + Go.numCpu() + " processors",
                out.get(0));
        var waiting = out.get(2).split(" G | goroutines; M | threads");
        assertEquals("waiting:", waiting[0]);
        assertTrue(Long.parseLong(waiting[1].replace(",", "")) >= 1_000, out::toString);
        assertTrue(Integer.parseInt(waiting[2]) < 200, out::toString);
        assertTrue(out.get(2).matches(".* threads, [0-9]+ for goroutines, [0-9]+ of them at work; .*"), out::toString);
        var bytes = out.get(3).replaceAll("bytes for each goroutine: (-?[0-9,]+) of the heap.*", "$1");
        assertTrue(Long.parseLong(bytes.replace(",", "")) > 0, out::toString);
        assertTrue(out.get(4).startsWith("after:   G "), out::toString);
    }

    @Test
    void panicF1_asItsOwnProcess_crashesWithGosText() {
        var run = Run.child("panic-f1");
        assertEquals(2, run.status());
        assertEquals(List.of("in goroutine...."), run.out());
        assertEquals("panic: panic in goroutine", run.err().get(0));
        assertEquals("", run.err().get(1));
        assertTrue(run.err().get(2).matches("goroutine [0-9]+ \\[running]:"), run.err()::toString);
        assertTrue(run.err().subList(3, run.err().size()).stream().anyMatch(line -> line.contains("PanicF1.java:")),
                run.err()::toString);
    }

    @Test
    void panicF2_recoversInside_andGoesOn() {
        var run = Run.of(new PanicF2(), "--pause", "300ms");
        assertEquals(0, run.status());
        assertEquals(List.of("in goroutine....", "recover inner panic:panic in goroutine", "exit"), run.out());
        assertEquals(List.of(), run.err());
    }

    @Test
    void panicF2_asItsOwnProcess_endsWithStatus0() {
        var run = Run.child("panic-f2");
        assertEquals(0, run.status());
        assertEquals(List.of(), run.err());
        assertEquals("exit", run.out().get(2));
    }

    @Test
    void programs_failurePolicy_isAsBefore() {
        Run.of(new PanicF2(), "--pause", "0");
        assertEquals(FailurePolicy.report(), Go.failurePolicy());
    }
}
