package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.ChanTools.Clock;
import dev.millrace.chan.ChanTools.Flavour;
import dev.millrace.chan.ChanTools.History;
import dev.millrace.chan.ChanTools.Kind;
import dev.millrace.chan.ChanTools.Running;
import dev.millrace.chan.ChanTools.World;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Random sequences of operations against a model that is simple enough to be believed, and random programs of many goroutines
/// against a check of what they saw. Broken models and broken channels show that both would notice.
///
/// A failure names its seed: `-Dchan.seed=…` repeats it.
@Timeout(60)
class ChanModelTest {
    /// What a sequence consists of. Those that may wait run on goroutines of their own, numbered from 0; after each step
    /// everybody comes to rest.
    private enum Act {
        TRY_SEND,
        TRY_RECEIVE,
        CLOSE,
        CLOSE_WITH_CAUSE,
        ABANDON,
        SEND,
        RECEIVE,
        CANCEL
    }

    private record Op(Act act, int arg) {
        @Override
        public String toString() {
            return act + "(" + arg + ")";
        }
    }

    private static String seen(
            String answer, int len, int senders, int receivers, boolean closed, List<Integer> undelivered,
            Object ended) {
        return answer + "; len " + len + ", " + senders + " send, " + receivers + " receive, "
                + (closed ? "closed" : "open") + ", undelivered " + undelivered + ", ended " + ended;
    }

    private static final IllegalStateException CAUSE = new IllegalStateException("planted");

    /// The channel itself, under virtual time.
    private static final class Real implements Machine<Op> {
        private final World w;
        private final List<CancellableContext> contexts = new ArrayList<>();
        private final Map<Integer, String> ended = new ConcurrentSkipListMap<>();

        Real(Kind kind) {
            w = new World(kind, Clock.VIRTUAL);
        }

        @Override
        public String apply(Op op) {
            return w.make(() -> applyInside(op));
        }

        private String applyInside(Op op) {
            String answer = switch (op.act()) {
                case TRY_SEND -> failing(() -> String.valueOf(w.chan.trySend(op.arg())));
                case TRY_RECEIVE -> text(w.chan.tryReceive());
                case CLOSE -> String.valueOf(w.chan.tryClose());
                case CLOSE_WITH_CAUSE -> String.valueOf(w.chan.tryClose(CAUSE));
                case ABANDON -> {
                    w.chan.abandon("");
                    yield "";
                }
                case SEND -> start(ctx -> {
                    w.chan.send(ctx, op.arg());
                    return "sent";
                });
                case RECEIVE -> start(ctx -> text(w.chan.next(ctx)));
                case CANCEL -> {
                    List<Integer> living = new ArrayList<>();
                    for (int i = 0; i < contexts.size(); i++) {
                        if (!ended.containsKey(i)) {
                            living.add(i);
                        }
                    }
                    if (!living.isEmpty()) {
                        contexts.get(living.get(op.arg() % living.size())).cancel();
                    }
                    yield "";
                }
            };
            w.time().awaitIdle();
            ChanSnapshot now = w.chan.snapshot();
            assertEquals(now.length(), w.chan.len());
            assertEquals(w.undelivered.size(), now.undelivered());
            return seen(
                    answer,
                    now.length(),
                    now.blockedSenders(),
                    now.blockedReceivers(),
                    now.closed(),
                    List.copyOf(w.undelivered),
                    ended);
        }

        private String start(Function<Context, String> body) {
            int number = contexts.size();
            var ctx = w.cancellable();
            contexts.add(ctx);
            w.go(() -> {
                try {
                    ended.put(number, failing(() -> body.apply(ctx)));
                } catch (CancelledException e) {
                    ended.put(number, "cancelled");
                }
            });
            return "";
        }

        private static String failing(Supplier<String> body) {
            try {
                return body.get();
            } catch (ChanClosedException e) {
                return e.isAbandoned() ? "abandoned" : "closed " + e.getCause();
            }
        }

        private static String text(Received<Integer> got) {
            return switch (got) {
                case null -> "nothing";
                case Received.Value<Integer>(var v) -> "got " + v;
                case Received.Closed<Integer>(var cause) -> "over " + cause;
            };
        }

        @Override
        public void close() {
            w.make(() -> {
                w.chan.abandon("the sequence is over");
                return true;
            });
            w.close();
        }
    }

    /// What a channel should do: a queue of values, and two queues of those who wait.
    private static class Model implements Machine<Op> {
        private record Waiting(int number, int value) {}

        final Kind kind;
        final ArrayDeque<Integer> buffer = new ArrayDeque<>();
        final ArrayDeque<Waiting> receivers = new ArrayDeque<>();
        final ArrayDeque<Waiting> senders = new ArrayDeque<>();
        final List<Integer> undelivered = new ArrayList<>();
        final Map<Integer, String> ended = new TreeMap<>();
        int started;
        boolean over;
        boolean abandoned;
        boolean closedOnce;
        Throwable cause;

        Model(Kind kind) {
            this.kind = kind;
        }

        // What broken ones do otherwise.

        void put(int value) {
            buffer.addLast(value);
        }

        int poll() {
            return buffer.pollFirst();
        }

        void drop(int value) {
            undelivered.add(value);
        }

        int places() {
            return kind.places();
        }

        void leave(int number) {
            receivers.removeIf(r -> r.number() == number);
            senders.removeIf(s -> s.number() == number);
        }

        void release() {
            receivers.forEach(r -> ended.put(r.number(), "over " + cause));
            receivers.clear();
            senders.forEach(s -> ended.put(s.number(), refusal()));
            senders.clear();
        }

        // What all do.

        private String refusal() {
            return abandoned ? "abandoned" : "closed " + cause;
        }

        @Override
        public final synchronized String apply(Op op) {
            String answer = "";
            switch (op.act()) {
                case TRY_SEND -> answer = over ? refusal() : String.valueOf(accept(op.arg()));
                case TRY_RECEIVE -> answer = take("nothing");
                case CLOSE -> answer = String.valueOf(end(null));
                case CLOSE_WITH_CAUSE -> answer = String.valueOf(end(CAUSE));
                case ABANDON -> {
                    if (!abandoned && (!over || !buffer.isEmpty())) {
                        abandoned = true;
                        finish(true);
                    }
                }
                case SEND -> {
                    int number = started++;
                    if (over) {
                        ended.put(number, refusal());
                    } else if (accept(op.arg())) {
                        ended.put(number, "sent");
                    } else if (kind.flavour() == Flavour.DROPS_NEWEST) {
                        drop(op.arg());
                        ended.put(number, "sent");
                    } else {
                        senders.add(new Waiting(number, op.arg()));
                    }
                }
                case RECEIVE -> {
                    int number = started++;
                    String got = take(null);
                    if (got != null) {
                        ended.put(number, got);
                    } else {
                        receivers.add(new Waiting(number, 0));
                    }
                }
                case CANCEL -> {
                    var living = new ArrayList<Integer>();
                    for (int i = 0; i < started; i++) {
                        if (!ended.containsKey(i)) {
                            living.add(i);
                        }
                    }
                    if (!living.isEmpty()) {
                        int number = living.get(op.arg() % living.size());
                        ended.put(number, "cancelled");
                        leave(number);
                    }
                }
            }
            return seen(answer, buffer.size(), senders.size(), receivers.size(), over, undelivered, ended);
        }

        private boolean accept(int value) {
            Waiting receiver = receivers.poll();
            if (receiver != null) {
                ended.putIfAbsent(receiver.number(), "got " + value);
                return true;
            }
            if (buffer.size() >= places()) {
                if (kind.flavour() != Flavour.DROPS_OLDEST) {
                    return false;
                }
                drop(poll());
            }
            put(value);
            return true;
        }

        private String take(String nothing) {
            if (!buffer.isEmpty()) {
                int value = poll();
                Waiting sender = senders.poll();
                if (sender != null) {
                    put(sender.value());
                    ended.put(sender.number(), "sent");
                }
                return "got " + value;
            }
            Waiting sender = senders.poll();
            if (sender != null) {
                ended.put(sender.number(), "sent");
                return "got " + sender.value();
            }
            return over ? "over " + cause : nothing;
        }

        private boolean end(Throwable why) {
            if (closedOnce) {
                return false;
            }
            closedOnce = true;
            if (!over) {
                cause = why;
                finish(why != null);
            }
            return true;
        }

        private void finish(boolean discard) {
            over = true;
            if (discard) {
                while (!buffer.isEmpty()) {
                    drop(poll());
                }
            }
            release();
        }
    }

    // The search for a difference.

    private static List<Op> sequence(Random random, Kind kind, boolean goroutines) {
        int length = 10 + random.nextInt(goroutines ? 40 : Math.min(600, 60 + 4 * kind.filling()));
        int sends = 20 + random.nextInt(65); // of a hundred; so that some fill and some drain
        int endings = random.nextInt(3); // of a hundred
        var ops = new ArrayList<Op>();
        for (int i = 0; i < length; i++) {
            Act act;
            if (random.nextInt(100) < endings) {
                act = switch (random.nextInt(3)) {
                    case 0 -> Act.CLOSE;
                    case 1 -> Act.CLOSE_WITH_CAUSE;
                    default -> Act.ABANDON;
                };
            } else if (goroutines && random.nextInt(6) == 0) {
                act = Act.CANCEL;
            } else {
                boolean waits = goroutines && random.nextInt(3) > 0;
                act = random.nextInt(100) < sends ? waits ? Act.SEND : Act.TRY_SEND : waits ? Act.RECEIVE
                        : Act.TRY_RECEIVE;
            }
            ops.add(new Op(act, i));
        }
        return ops;
    }

    private interface Maker {
        Machine<Op> make(Kind kind);
    }

    private static Search<Op> search(Kind kind, boolean goroutines, Maker model) {
        return Search.of("chan.seed", random -> sequence(random, kind, goroutines), () -> new Real(kind),
                () -> model.make(kind));
    }

    @TestFactory
    Stream<DynamicTest> tryForms_randomSequences_doWhatTheModelDoes() {
        return Kind.ALL.stream()
                .map(kind -> DynamicTest.dynamicTest(kind.text(), () -> search(kind, false, Model::new).findsNone(60)));
    }

    @TestFactory
    Stream<DynamicTest> waitingForms_randomSequences_doWhatTheModelDoes() {
        return Kind.ALL.stream()
                .map(kind -> DynamicTest.dynamicTest(kind.text(), () -> search(kind, true, Model::new).findsNone(60)));
    }

    // Would it notice?

    private record Fault(String name, Maker maker, int steps) {}

    /// With each, how many steps it takes to show.
    private static final List<Fault> FAULTS = List.of(
            new Fault("last in, first out", kind -> new Model(kind) {
                @Override
                int poll() {
                    return buffer.pollLast();
                }
            }, 3),
            new Fault("loses every fourth value", kind -> new Model(kind) {
                private int count;

                @Override
                void put(int value) {
                    if (++count % 4 != 0) {
                        super.put(value);
                    }
                }
            }, 9),
            new Fault("doubles a value", kind -> new Model(kind) {
                @Override
                void put(int value) {
                    super.put(value);
                    if (buffer.size() == 2) {
                        super.put(value);
                    }
                }
            }, 2),
            new Fault("has one place too many", kind -> new Model(kind) {
                @Override
                int places() {
                    return super.places() + 1;
                }
            }, 3),
            new Fault("drops in silence", kind -> new Model(kind) {
                @Override
                void drop(int value) {}
            }, 2),
            new Fault("forgets to take out who was cancelled", kind -> new Model(kind) {
                @Override
                void leave(int number) {}
            }, 4),
            new Fault("leaves the waiting ones behind at the end", kind -> new Model(kind) {
                @Override
                void release() {}
            }, 4));

    @TestFactory
    Stream<DynamicTest> brokenModel_sameSearch_isFoundAndMadeShort() {
        return FAULTS.stream().map(fault -> DynamicTest.dynamicTest(fault.name(),
                () -> search(Kind.waiting(2), true, fault.maker()).finds(2_000, fault.steps())));
    }

    // Programs of many goroutines.

    /// What a program uses of a channel. Broken ones override it.
    private static class Line {
        final Chan<Integer> chan;

        Line(Chan<Integer> chan) {
            this.chan = chan;
        }

        void send(Context ctx, int value) {
            chan.send(ctx, value);
        }

        boolean trySend(int value) {
            return chan.trySend(value);
        }

        Received<Integer> next(Context ctx) {
            return chan.next(ctx);
        }

        void close() {
            chan.tryClose();
        }
    }

    private interface LineMaker {
        Line make(Chan<Integer> chan);
    }

    private static final Context NONE = Context.background();

    /// Runs the program of `seed`, and checks what its goroutines saw.
    private static void runProgram(long seed, Kind kind, LineMaker maker) {
        var random = new Random(seed);
        var history = new History();
        Chan<Integer> chan = kind.make(history.undelivered::add);
        Line line = maker.make(chan);
        int values = 40 + random.nextInt(80);
        int senders = 1 + random.nextInt(4);
        int receivers = 1 + random.nextInt(4);
        int ending = random.nextInt(6); // 0: fails in the middle; 1: given up in the middle; 2: closed in the middle
        int middle = random.nextInt(values * senders);
        var accepted = new AtomicInteger();
        var sending = new ArrayList<Running>();
        var receiving = new ArrayList<Running>();
        for (int r = 0; r < receivers; r++) {
            var got = history.receiver();
            var mine = new Random(random.nextLong());
            receiving.add(start(chan, () -> receive(line, mine, got)));
        }
        for (int s = 0; s < senders; s++) {
            int sender = s;
            var sent = history.sender();
            var mine = new Random(random.nextLong());
            sending.add(start(chan, () -> {
                for (int i = 0; i < values; i++) {
                    int value = History.value(sender, i);
                    if (!send(line, mine, value)) {
                        return;
                    }
                    sent.add(value);
                    if (accepted.incrementAndGet() == middle) {
                        switch (ending) {
                            case 0 -> chan.tryClose(CAUSE);
                            case 1 -> chan.abandon("planted");
                            case 2 -> chan.tryClose();
                            default -> {}
                        }
                    }
                }
            }));
        }
        sending.forEach(Running::join);
        line.close();
        receiving.forEach(Running::join);
        history.undelivered.addAll(ChanTools.drain(chan));
        history.check();
        ChanTools.until(chan, "nobody waits", () -> {
            ChanSnapshot now = chan.snapshot();
            return now.blockedReceivers() == 0 && now.blockedSenders() == 0;
        });
    }

    private static Running start(Chan<?> chan, ChanTools.Body body) {
        var running = new Running(chan, body);
        Thread.startVirtualThread(running);
        return running;
    }

    /// False when the channel has ended.
    private static boolean send(Line line, Random random, int value) {
        for (;;) {
            try {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        if (line.trySend(value)) {
                            return true;
                        }
                        Thread.yield();
                    }
                    case 1 -> {
                        try (var ctx = NONE.withTimeout(Duration.ofNanos(random.nextInt(60_000)))) {
                            line.send(ctx, value);
                            return true;
                        }
                    }
                    default -> {
                        line.send(NONE, value);
                        return true;
                    }
                }
            } catch (ContextException e) {
                Thread.yield();
            } catch (ChanClosedException e) {
                return false;
            }
        }
    }

    private static void receive(Line line, Random random, List<Integer> got) {
        for (;;) {
            try {
                Received<Integer> next;
                switch (random.nextInt(4)) {
                    case 0 -> next = line.chan.tryReceive();
                    case 1 -> {
                        try (var ctx = NONE.withTimeout(Duration.ofNanos(random.nextInt(60_000)))) {
                            next = line.next(ctx);
                        }
                    }
                    default -> next = line.next(NONE);
                }
                switch (next) {
                    case null -> Thread.yield();
                    case Received.Value<Integer>(var v) -> got.add(v);
                    case Received.Closed<Integer> _ -> {
                        return;
                    }
                }
            } catch (ContextException e) {
                Thread.yield();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> programs_random_loseNothingAndKeepEachSendersOrder() {
        return Kind.ALL.stream().map(kind -> DynamicTest.dynamicTest(kind.text(), () -> {
            long first = Long.getLong("chan.seed", System.nanoTime());
            long end = System.nanoTime() + 150_000_000;
            for (long seed = first; seed < first + 30 && (seed < first + 5 || System.nanoTime() < end); seed++) {
                try {
                    runProgram(seed, kind, Line::new);
                } catch (Throwable t) {
                    throw new AssertionError("-Dchan.seed=" + seed + " with " + kind + ": " + t.getMessage(), t);
                }
            }
        }));
    }

    private record BrokenLine(String name, String complaint, LineMaker maker) {}

    private static final List<BrokenLine> BROKEN = List.of(
            new BrokenLine("loses a value", "lost or doubled", chan -> new Line(chan) {
                @Override
                void send(Context ctx, int value) {
                    ctx.check();
                    if (value % 10 != 7) {
                        super.send(ctx, value);
                    }
                }
            }),
            new BrokenLine("doubles a value", "order", chan -> new Line(chan) {
                @Override
                void send(Context ctx, int value) {
                    super.send(ctx, value);
                    if (value % 10 == 7) {
                        super.trySend(value);
                    }
                }
            }),
            new BrokenLine("overtakes", "order", chan -> new Line(chan) {
                private final AtomicReference<Integer> held = new AtomicReference<>();

                @Override
                void send(Context ctx, int value) {
                    ctx.check();
                    if (value % 10 == 7 && held.compareAndSet(null, value)) {
                        return;
                    }
                    super.send(ctx, value);
                    flush();
                }

                private void flush() {
                    Integer late = held.getAndSet(null);
                    if (late != null) {
                        try {
                            super.send(NONE, late);
                        } catch (ChanClosedException e) {
                            return; // it is lost, and the check will say so
                        }
                    }
                }

                @Override
                void close() {
                    flush();
                    super.close();
                }
            }),
            new BrokenLine("sends and says that it was cancelled", "lost or doubled|order", chan -> new Line(chan) {
                @Override
                void send(Context ctx, int value) {
                    super.send(ctx, value);
                    if (value % 10 == 7) {
                        var over = NONE.withCancel();
                        over.cancel();
                        over.check();
                    }
                }
            }),
            new BrokenLine("takes a value and says that it was cancelled", "lost or doubled", chan -> new Line(chan) {
                @Override
                Received<Integer> next(Context ctx) {
                    var got = super.next(ctx);
                    if (got instanceof Received.Value<Integer>(var v) && v % 10 == 7) {
                        var over = NONE.withCancel();
                        over.cancel();
                        over.check();
                    }
                    return got;
                }
            }));

    private static boolean matches(String complaint, BrokenLine broken) {
        return Pattern.compile(broken.complaint()).matcher(complaint).find();
    }

    /// The same programs on a channel with a fault: the check must see it within a few of them.
    @TestFactory
    Stream<DynamicTest> brokenChannel_samePrograms_areFound() {
        return BROKEN.stream().map(broken -> DynamicTest.dynamicTest(broken.name(), () -> {
            String complaint = null;
            long seed = System.nanoTime();
            for (int i = 0; i < 60 && (complaint == null || !matches(complaint, broken)); i++) {
                try {
                    runProgram(seed + i, Kind.waiting(8), broken.maker());
                } catch (AssertionError e) {
                    complaint = e.getMessage();
                }
            }
            assertNotNull(complaint, "not noticed");
            assertTrue(matches(complaint, broken), complaint);
        }));
    }
}
