package dev.millrace.chan;

import dev.millrace.context.Context;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of selects over three channels, and of those who send and receive beside them, against a model. Cases in order: which of several
/// ready ones a random select takes is the business of `SelectFairnessTest`.
///
/// A failure names its seed: `-Dselect.seed=…` repeats it.
@Timeout(60)
class SelectModelTest {
    private static final int[] CAPACITIES = {0, 1, 2};

    private enum Act {
        SELECT,
        POLL,
        CLOSE,
        CANCEL
    }

    private record Case(boolean sends, int chan, int value) {
        @Override
        public String toString() {
            return (sends ? "send " + value + " to " : "receive from ") + chan;
        }
    }

    private record Op(Act act, List<Case> cases, int arg) {}

    private static String seen(String answer, Stream<String> chans, Object ended) {
        return answer + "; " + chans.collect(Collectors.joining(", ")) + "; ended " + ended;
    }

    private static String seen(int length, int senders, int receivers, boolean closed) {
        return length + (closed ? " closed" : "") + " " + senders + " send " + receivers + " receive";
    }

    /// The channels themselves.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private final List<Chan<Integer>> chans = new ArrayList<>();

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            return seen(answer, chans.stream().map(Chan::snapshot)
                    .map(s -> seen(s.length(), s.blockedSenders(), s.blockedReceivers(), s.closed())), crowd.ended());
        }

        private String step(Op op) {
            if (chans.isEmpty()) {
                for (int capacity : CAPACITIES) {
                    chans.add(capacity == 0 ? Chan.unbuffered() : Chan.buffered(capacity));
                }
            }
            return switch (op.act) {
                case SELECT -> crowd.start(ctx -> failing(select(op.cases), ctx));
                case POLL -> failing(select(op.cases).orElse(() -> "nothing"), Context.background());
                case CLOSE -> "" + chans.get(op.arg % chans.size()).tryClose();
                case CANCEL -> crowd.cancel(op.arg);
            };
        }

        /// One case alone is what a plain send or receive is.
        private Select<String> select(List<Case> cases) {
            Select<String> select = Select.ordered();
            for (Case c : cases) {
                Chan<Integer> chan = chans.get(c.chan);
                if (c.sends) {
                    select.send(chan, c.value, () -> "sent " + c.value);
                } else {
                    select.next(chan, got -> got instanceof Received.Value<Integer>(var v) ? "got " + v
                            : c.chan + " is over");
                }
            }
            return select;
        }

        private static String failing(Select<String> select, Context ctx) {
            try {
                return select.run(ctx);
            } catch (ChanClosedException e) {
                return "closed";
            }
        }

        @Override
        public void close() {
            crowd.close();
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        LAST_READY_CASE(2),
        OTHER_PLACES_STAY(5),
        CANCELLED_PLACES_STAY(3),
        LAST_IN_FIRST_OUT(3),
        CLOSED_IS_NOT_READY_TO_SEND(2),
        CLOSE_SKIPS_SELECTS(3),
        BUFFER_BEFORE_WHO_WAITS(2),
        REFILLS_FROM_NOBODY(5);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        /// A place in a channel's queue of one who waits.
        private record Place(int number, Case of, int cases) {}

        private static final class Line {
            final ArrayDeque<Integer> buffer = new ArrayDeque<>();
            final List<Place> senders = new ArrayList<>();
            final List<Place> receivers = new ArrayList<>();
            boolean closed;
        }

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final List<Line> lines = IntStream.range(0, CAPACITIES.length).mapToObj(_ -> new Line()).toList();

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            String answer = switch (op.act) {
                case SELECT -> {
                    int number = ledger.start();
                    String got = take(op.cases);
                    if (got != null) {
                        ledger.end(number, got);
                    } else {
                        op.cases.forEach(c -> places(c).add(new Place(number, c, op.cases.size())));
                    }
                    yield "";
                }
                case POLL -> {
                    String got = take(op.cases);
                    yield got == null ? "nothing" : got;
                }
                case CLOSE -> "" + close(op.arg % lines.size());
                case CANCEL -> {
                    int number = ledger.cancelled(op.arg);
                    if (number >= 0) {
                        ledger.end(number, "cancelled");
                        leave(number, fault == Fault.CANCELLED_PLACES_STAY);
                    }
                    yield "";
                }
            };
            return seen(answer, lines.stream()
                    .map(l -> seen(l.buffer.size(), l.senders.size(), l.receivers.size(), l.closed)), ledger.ended());
        }

        private List<Place> places(Case c) {
            return c.sends ? lines.get(c.chan).senders : lines.get(c.chan).receivers;
        }

        private void leave(int number, boolean stays) {
            for (Line line : lines) {
                if (!stays) {
                    line.senders.removeIf(p -> p.number == number);
                    line.receivers.removeIf(p -> p.number == number);
                }
            }
        }

        private Place first(List<Place> queue) {
            return fault == Fault.LAST_IN_FIRST_OUT ? queue.removeLast() : queue.removeFirst();
        }

        private void ends(Place place, String how) {
            if (!ledger.hasEnded(place.number)) {
                ledger.end(place.number, how);
            }
            leave(place.number, fault == Fault.OTHER_PLACES_STAY);
        }

        /// What came of the first ready case; null when none is.
        private String take(List<Case> cases) {
            for (Case c : fault == Fault.LAST_READY_CASE ? cases.reversed() : cases) {
                String got = c.sends ? send(c) : receive(c.chan);
                if (got != null) {
                    return got;
                }
            }
            return null;
        }

        private String send(Case c) {
            Line line = lines.get(c.chan);
            if (line.closed) {
                return fault == Fault.CLOSED_IS_NOT_READY_TO_SEND ? null : "closed";
            }
            boolean room = line.buffer.size() < CAPACITIES[c.chan];
            if (!line.receivers.isEmpty() && !(room && fault == Fault.BUFFER_BEFORE_WHO_WAITS)) {
                ends(first(line.receivers), "got " + c.value);
            } else if (room) {
                line.buffer.add(c.value);
            } else {
                return null;
            }
            return "sent " + c.value;
        }

        private String receive(int chan) {
            Line line = lines.get(chan);
            if (!line.buffer.isEmpty()) {
                int value = line.buffer.poll();
                if (!line.senders.isEmpty() && fault != Fault.REFILLS_FROM_NOBODY) {
                    Place sender = first(line.senders);
                    line.buffer.add(sender.of.value);
                    ends(sender, "sent " + sender.of.value);
                }
                return "got " + value;
            }
            if (!line.senders.isEmpty()) {
                Place sender = first(line.senders);
                ends(sender, "sent " + sender.of.value);
                return "got " + sender.of.value;
            }
            return line.closed ? chan + " is over" : null;
        }

        private boolean close(int chan) {
            Line line = lines.get(chan);
            if (line.closed) {
                return false;
            }
            line.closed = true;
            for (List<Place> queue : List.of(line.receivers, line.senders)) {
                for (Place place : List.copyOf(queue)) {
                    if (queue.contains(place) && (place.cases == 1 || fault != Fault.CLOSE_SKIPS_SELECTS)) {
                        ends(place, place.of.sends ? "closed" : chan + " is over");
                    }
                }
            }
            return true;
        }
    }

    private static List<Op> sequence(Random random) {
        int length = 10 + random.nextInt(40);
        int sends = 20 + random.nextInt(60); // of a hundred
        var ops = new ArrayList<Op>();
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(40);
            Act act = kind == 0 ? Act.CLOSE : kind < 5 ? Act.CANCEL : kind < 15 ? Act.POLL : Act.SELECT;
            var cases = new ArrayList<Case>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                cases.add(new Case(random.nextInt(100) < sends, random.nextInt(CAPACITIES.length), 10 * i + n));
            }
            ops.add(new Op(act, act == Act.CLOSE || act == Act.CANCEL ? List.of() : cases, random.nextInt(60)));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("select.seed", SelectModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void select_randomSequences_doesWhatTheModelDoes() {
        search(Fault.NONE).findsNone(250);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void select_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
