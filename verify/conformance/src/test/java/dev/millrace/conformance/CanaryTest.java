package dev.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Faults are planted; the sample must show each.
class CanaryTest {
    static Stream<Arguments> twins() {
        return Stream.of(
                planted(Planted.FORGOTTEN_CAUSE, Program.Kind.CONTEXT),
                twin("deadline forgets its cause", Program.Kind.CONTEXT,
                        Twins.contexts(new Twins.ForgetsCausesOfDeadlines())),
                twin("timeout does not hear its parent", Program.Kind.CONTEXT,
                        Twins.contexts(new Twins.TimesOutWithoutItsParent())),
                twin("detached context ends with its parent", Program.Kind.CONTEXT,
                        Twins.contexts(new Twins.DetachesNothing())),
                twin("stop says true too late", Program.Kind.CONTEXT, Twins.contexts(new Twins.StopsAlways())),
                twin("timeout of nothing is not past at once", Program.Kind.CONTEXT,
                        Twins.contexts(new Twins.WaitsTooLong())),
                twin("nil does not hide a value", Program.Kind.CONTEXT, Twins.contexts(new Twins.KeepsHiddenValues())),
                planted(Planted.LAST_WAITER_FIRST, Program.Kind.CHANNEL),
                planted(Planted.DEFAULT_WHILE_READY, Program.Kind.CHANNEL),
                twin("timeout is late", Program.Kind.CHANNEL, Twins.channels(new Twins.TimesOutLate())),
                twin("nil channel is closed", Program.Kind.CHANNEL, Twins.channels(new Twins.NilIsClosed())),
                twin("close loses what is buffered", Program.Kind.CHANNEL,
                        Twins.channels(new Twins.LosesWhatIsBuffered())),
                twin("close of closed channel is silent", Program.Kind.CHANNEL,
                        Twins.channels(new Twins.ClosesTwice())),
                twin("one place more", Program.Kind.CHANNEL, Twins.channels(new Twins.OnePlaceMore())),
                planted(Planted.LAST_WAITER_SIGNALED, Program.Kind.SYNC),
                twin("semaphore lets small ones pass", Program.Kind.SYNC, Twins.smallOnesPass()),
                twin("once runs again after a panic", Program.Kind.SYNC, Twins.runsAgainAfterPanic()),
                twin("ticker keeps the last tick", Program.Kind.SYNC, Twins.keepsTheLastTick()),
                twin("ticker drifts", Program.Kind.SYNC, Twins.driftsWithTheReceiver()),
                twin("wait group counts one more", Program.Kind.SYNC, Twins.countsOneMore()),
                twin("failure cancels nobody", Program.Kind.SYNC, Twins.cancelsNobody()),
                twin("flights share nothing", Program.Kind.SYNC, Twins.sharesNothing()),
                twin("stop of a timer withdraws nothing", Program.Kind.SYNC, Twins.stopsNothing()),
                twin("readers keep each other out", Program.Kind.SYNC, Twins.readersKeepEachOtherOut()),
                planted(Planted.BLIND_SWAP, Program.Kind.DATA),
                twin("add answers the old value", Program.Kind.DATA,
                        Twins.data("number.add", got -> Map.of("v", got.get("v") + "0"))),
                twin("range leaves one out", Program.Kind.DATA, Twins.data("map.range", got -> Map.of("entries",
                        ((java.util.List<?>) got.get("entries")).stream().skip(1).toList()))));
    }

    private static Arguments planted(Planted planted, Program.Kind kind) {
        return Arguments.of(planted.fault(), kind, new Conformance(planted));
    }

    private static Arguments twin(String name, Program.Kind kind, Library library) {
        return Arguments.of(name, kind, new Conformance(() -> library));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("twins")
    void brokenTwin_isFound(String name, Program.Kind kind, Conformance broken) {
        Divergence first = null;
        for (Program program : Sample.of(kind)) {
            Verdict verdict = broken.run(program);
            if (!verdict.divergences().isEmpty()) {
                first = verdict.divergences().getFirst();
                break;
            }
        }
        assertNotNull(first, () -> "nothing diverges although " + name);
        assertFalse(first.step().equals("the program"), first.toString()); // an answer, not a hang
    }
}
