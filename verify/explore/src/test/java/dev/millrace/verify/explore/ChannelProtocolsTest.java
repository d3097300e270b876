package dev.millrace.verify.explore;

import static dev.millrace.testing.explore.engine.Mutation.Kind.ALWAYS;
import static dev.millrace.testing.explore.engine.Mutation.Kind.LEFT_OUT;
import static dev.millrace.testing.explore.engine.Mutation.Kind.NEVER;
import static dev.millrace.testing.explore.engine.Mutation.Kind.UNLOCKED;

import dev.millrace.testing.explore.engine.Mutation;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The protocols of [ChannelCases] can fail: each has a fault that it finds.
class ChannelProtocolsTest {
    private static final String CORE = "internal.ChanCore";

    static Stream<Arguments> mutants() {
        return Stream.of(
                mutant(LEFT_OUT, CORE, "finish", "claim", 2, "unbuffered, closed while one sends"),
                mutant(UNLOCKED, CORE, "sendNow", "lock", 0, "buffered, closed while one sends"),
                mutant(UNLOCKED, CORE, "sendNow", "lock", 0, "unlimited, closed while one sends"),
                mutant(LEFT_OUT, CORE, "sendDropping", "drop", 0, "latest, closed while one sends"),
                mutant(LEFT_OUT, CORE, "sendDropping", "drop", 0, "dropping oldest, closed while one sends"),
                mutant(LEFT_OUT, CORE, "send", "drop", 0, "dropping newest, closed while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "claim", 2, "unbuffered, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "buffered, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "unlimited, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "latest, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "dropping oldest, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "dropping newest, abandoned while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "unbuffered, cancelled while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "buffered, cancelled while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "unlimited, cancelled while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "latest, cancelled while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "dropping oldest, cancelled while one sends"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "dropping newest, cancelled while one sends"),
                mutant(NEVER, CORE, "give", "claim", 0, "unbuffered, in use, INTERRUPT"),
                mutant(NEVER, CORE, "give", "claim", 0, "buffered, in use, INTERRUPT"),
                mutant(NEVER, CORE, "give", "claim", 0, "unlimited, in use, INTERRUPT"),
                mutant(NEVER, CORE, "give", "claim", 0, "latest, in use, INTERRUPT"),
                mutant(NEVER, CORE, "give", "claim", 0, "dropping oldest, in use, INTERRUPT"),
                mutant(NEVER, CORE, "give", "claim", 0, "dropping newest, in use, INTERRUPT"),
                mutant(LEFT_OUT, CORE, "take", "remove", 0, "unbuffered, 1 to 2"),
                mutant(LEFT_OUT, CORE, "finish", "claim", 2, "unbuffered, close and senders"),
                mutant(LEFT_OUT, CORE, "take", "claim", 0, "sender under a context"),
                mutant(LEFT_OUT, CORE, "admitSenders", "claim", 1, "sender to a full one under a context"),
                mutant(LEFT_OUT, "internal.SelectCore", "await", "leave", 1, "select sends under a context"),
                mutant(LEFT_OUT, "internal.SelectCore", "listen", "claim", 0, "never"),
                mutant(LEFT_OUT, "chan.Feeder", "lambda$body$0", "send", 0, "from, two receivers"),
                mutant(LEFT_OUT, "chan.Feeder", "body", "tryClose", 1, "from, cancelled"),
                mutant(LEFT_OUT, CORE, "finish", "claim", 2, "from, abandoned"),
                mutant(LEFT_OUT, "chan.Producer", "tryClose", "done", 0, "producers, two"),
                mutant(LEFT_OUT, "chan.Producer", "tryClose", "done", 1, "producers, fail"),
                mutant(LEFT_OUT, "chan.Producer", "producers", "more", 0, "producers, one more"),
                mutant(LEFT_OUT, CORE, "finish", "drop", 0, "producers, abandoned"),
                mutant(LEFT_OUT, "chan.FlowReceiver", "handOn", "send", 0, "publisher completes"),
                mutant(LEFT_OUT, "chan.FlowReceiver", "handOn", "letGo", 0, "publisher fails"),
                mutant(LEFT_OUT, "chan.FlowReceiver", "onNext", "letGo", 0, "publisher is left"),
                mutant(LEFT_OUT, "chan.FlowReceiver", "lambda$start$0", "letGo", 0, "silent publisher is left"),
                mutant(LEFT_OUT, "chan.FlowReceiver", "letGo", "abandon", 1, "publisher is cancelled"),
                mutant(NEVER, CORE, "serveFromSource", "claim", 0, "alarm under a context"),
                mutant(LEFT_OUT, CORE, "await", "leave", 1, "ticker under a context"),
                mutant(LEFT_OUT, CORE, "finish", "claim", 0, "ticker is abandoned"),
                mutant(LEFT_OUT, "internal.Wait", "under", "claim", 0, "never, INTERRUPT"),
                mutant(LEFT_OUT, "chan.Feeder", "body", "tryClose", 1, "from, INTERRUPT"),
                mutant(NEVER, CORE, "serveFromSource", "claim", 0, "alarm, INTERRUPT"),
                mutant(LEFT_OUT, CORE, "serveFromSource", "remove", 0, "ticker, INTERRUPT"));
    }

    private static Arguments mutant(
            Mutation.Kind kind, String owner, String method, String what, int occurrence, String in) {
        Case c = ChannelCases.all().filter(one -> one.toString().equals(in)).findFirst().orElseThrow();
        return Arguments.of(new Mutation(kind, "dev.millrace." + owner, method, what, occurrence), c);
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("mutants")
    void mutant_inItsProtocol_isFound(Mutation planted, Case c) {
        Suite.finds(planted, c);
    }

    @Test
    void receiver_takingFromWhoWaitsFirst_isFound() {
        var overtakes = Edited.core("who waits overtakes what is in the buffer", "internal.ChanCore",
                new Edited.Edit("        if (count > 0) {\n            Object item = poll();\n",
                        "        if (count > 0 && senders == null) {\n            Object item = poll();\n"));
        Suite.finds(overtakes, 1, true, EndProtocols.class, "bufferedInOrder");
    }

    @Test
    void receiver_lookingAtTheFirstWhoWaitsOnly_isFound() {
        var first = Edited.core("looks at the first who waits only", "internal.ChanCore",
                new Edited.Edit("        while ((first = senders) != null) { // there is no buffer",
                        "        if ((first = senders) != null) { // there is no buffer"));
        Suite.finds(first, 2, true, EndProtocols.class, "secondSenderHasTheTurn");
    }

    @Test
    void select_passingOverWhoWaits_isFound() {
        Suite.finds(new Mutation(ALWAYS, "dev.millrace." + CORE, "give", "claim", 0), 2,
                FlavourProtocols::orderedSelectMeetsReceiver);
        Suite.finds(new Mutation(LEFT_OUT, "dev.millrace." + CORE, "sendDropping", "drop", 0), 2,
                FlavourProtocols::orderedSelectOnLatest);
    }

    /// What a channel orders, its lock orders.
    @ParameterizedTest
    @ValueSource(
            strings = {"receiveBeforeSendReturns", "receiveBeforeTheSendItMakesRoomFor", "sendAndCloseBeforeReceive"})
    void lock_givenBackByAPlainWrite_isFound(String protocol) {
        var plain = Edited.core("the lock is given back by a plain write", "internal.SeqLock",
                new Edited.Edit("WORD.setRelease(this,", "WORD.set(this,"));
        Suite.finds(plain, 2, true, MemoryOrderProtocols.class, protocol);
    }
}
