package dev.millrace.chan;

import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of sends, receives, subscriptions and leavings, with subscribers of three kinds, against a model.
///
/// A failure names its seed: `-Dbroadcast.seed=…` repeats it.
@Timeout(60)
class BroadcastModelTest {
    private enum Act {
        SUBSCRIBE,
        SEND,
        TRY_RECEIVE,
        RECEIVE,
        ABANDON,
        CLOSE,
        CANCEL
    }

    private record Op(Act act, int arg, int id) {
        @Override
        public String toString() {
            return act + "(" + (act == Act.SEND ? id : arg) + ")";
        }
    }

    /// How much a subscriber of a kind holds: 0 unbuffered, 1 buffered, 2 the latest only.
    private static final int LATEST = 2;

    private static String seen(String answer, int subscribers, int sending, List<String> channels, Object ended) {
        return answer + "; " + subscribers + " subscribed, " + sending + " want to send, " + channels + ", ended "
                + ended;
    }

    private static String seen(int length, boolean closed, int receivers) {
        return length + (closed ? " closed " : " ") + receivers + " receive";
    }

    /// The broadcast itself.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private final List<ReceiveChan<Integer>> all = new ArrayList<>();
        private Broadcast<Integer> broadcast;

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            return seen(answer, broadcast.subscribers(), broadcast.snapshot().waitingSenders(),
                    all.stream().map(ReceiveChan::snapshot)
                            .map(s -> seen(s.length(), s.closed(), s.blockedReceivers())).toList(),
                    crowd.ended());
        }

        private String step(Op op) {
            if (broadcast == null) {
                broadcast = new Broadcast<>();
            }
            ReceiveChan<Integer> one = all.isEmpty() ? null : all.get(op.arg % all.size());
            switch (op.act) {
                case SUBSCRIBE -> all.add(broadcast.subscribe(m -> switch (op.arg % 3) {
                    case 0 -> m.unbuffered();
                    case 1 -> m.buffered(1);
                    default -> m.latest();
                }));
                case SEND -> crowd.start(ctx -> {
                    try {
                        broadcast.send(ctx, op.id);
                        return "sent";
                    } catch (ChanClosedException e) {
                        return "closed";
                    }
                });
                case TRY_RECEIVE -> {
                    return one == null ? "" : text(one.tryReceive());
                }
                case RECEIVE -> {
                    if (one != null) {
                        crowd.start(ctx -> text(one.next(ctx)));
                    }
                }
                case ABANDON -> {
                    if (one != null) {
                        one.abandon("planted");
                    }
                }
                case CLOSE -> {
                    return "" + broadcast.tryClose();
                }
                case CANCEL -> crowd.cancel(op.arg);
            }
            return "";
        }

        private static String text(Received<Integer> got) {
            return switch (got) {
                case null -> "nothing";
                case Received.Value<Integer>(var v) -> "got " + v;
                case Received.Closed<Integer> _ -> "over";
            };
        }

        @Override
        public void close() {
            crowd.close();
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        WAITS_BEFORE_IT_GIVES(4),
        SENDS_ARE_NOT_IN_TURN(8),
        LATEST_HOLDS_THE_SENDER(3),
        WHO_CAME_LATER_GETS_IT_TOO(4),
        CUT_SHORT_GOES_ON(4),
        WHO_LEAVES_IS_WAITED_FOR(3),
        CLOSE_DROPS_WHAT_IS_BUFFERED(4),
        CLOSE_LEAVES_SENDERS(4);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private static final class Line {
            final int kind;
            final ArrayDeque<Integer> buffer = new ArrayDeque<>();
            final ArrayDeque<Integer> receivers = new ArrayDeque<>();
            boolean subscribed = true;
            boolean closed;

            Line(int kind) {
                this.kind = kind;
            }
        }

        private record Sends(int number, int value) {}

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final List<Line> lines = new ArrayList<>();
        private final ArrayDeque<Sends> queue = new ArrayDeque<>();
        private final List<Line> late = new ArrayList<>(); // whom the running send waits for
        private Sends running;
        private boolean closed;

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            Line one = lines.isEmpty() ? null : lines.get(op.arg % lines.size());
            String answer = switch (op.act) {
                case SUBSCRIBE -> {
                    var line = new Line(op.arg % 3);
                    line.closed = closed;
                    line.subscribed = !closed;
                    lines.add(line);
                    if (running != null && fault == Fault.WHO_CAME_LATER_GETS_IT_TOO) {
                        late.add(line);
                    }
                    yield "";
                }
                case SEND -> {
                    var send = new Sends(ledger.start(), op.id);
                    if (closed) {
                        ledger.end(send.number, "closed");
                    } else if (fault == Fault.SENDS_ARE_NOT_IN_TURN) {
                        queue.addFirst(send);
                    } else {
                        queue.add(send);
                    }
                    yield "";
                }
                case TRY_RECEIVE -> one == null ? "" : take(one, "nothing");
                case RECEIVE -> {
                    if (one != null) {
                        int number = ledger.start();
                        String got = take(one, null);
                        if (got != null) {
                            ledger.end(number, got);
                        } else {
                            one.receivers.add(number);
                        }
                    }
                    yield "";
                }
                case ABANDON -> {
                    if (one != null) {
                        abandon(one);
                    }
                    yield "";
                }
                case CLOSE -> {
                    boolean first = !closed;
                    shut();
                    yield "" + first;
                }
                case CANCEL -> {
                    cancel(ledger.cancelled(op.arg));
                    yield "";
                }
            };
            goOn();
            return seen(answer, (int) lines.stream().filter(l -> l.subscribed).count(), queue.size(), lines.stream()
                    .map(l -> seen(l.buffer.size(), l.closed, l.receivers.size())).toList(), ledger.ended());
        }

        /// Whether it could be given at once.
        private boolean give(Line line, int value) {
            if (!line.receivers.isEmpty()) {
                ledger.end(line.receivers.poll(), "got " + value);
                return true;
            }
            if (line.kind == LATEST && fault != Fault.LATEST_HOLDS_THE_SENDER) {
                line.buffer.clear();
            }
            if (line.buffer.size() < Math.min(line.kind, 1)) {
                line.buffer.add(value);
                return true;
            }
            return false;
        }

        private void goOn() {
            for (;;) {
                if (running == null) {
                    running = queue.poll();
                    if (running == null) {
                        return;
                    }
                    for (Line line : lines) {
                        if (line.subscribed && ((fault == Fault.WAITS_BEFORE_IT_GIVES && !late.isEmpty())
                                || !give(line, running.value))) {
                            late.add(line);
                        }
                    }
                }
                while (!late.isEmpty() && give(late.getFirst(), running.value)) {
                    late.removeFirst();
                }
                if (!late.isEmpty()) {
                    return;
                }
                ledger.end(running.number, "sent");
                running = null;
            }
        }

        private String take(Line line, String nothing) {
            if (!line.buffer.isEmpty()) {
                return "got " + line.buffer.poll();
            }
            if (!late.isEmpty() && late.getFirst() == line) {
                late.removeFirst();
                return "got " + running.value;
            }
            return line.closed ? "over" : nothing;
        }

        private void over(Line line) {
            line.closed = true;
            line.subscribed = false;
            line.receivers.forEach(r -> ledger.end(r, "over"));
            line.receivers.clear();
        }

        private void abandon(Line line) {
            line.buffer.clear();
            if (fault != Fault.WHO_LEAVES_IS_WAITED_FOR) {
                late.remove(line);
            }
            over(line);
        }

        private void shut() {
            if (closed) {
                return;
            }
            closed = true;
            late.clear();
            if (running != null) {
                ledger.end(running.number, "closed");
                running = null;
            }
            if (fault != Fault.CLOSE_LEAVES_SENDERS) {
                queue.forEach(s -> ledger.end(s.number, "closed"));
            }
            queue.clear();
            for (Line line : lines) {
                if (fault == Fault.CLOSE_DROPS_WHAT_IS_BUFFERED) {
                    line.buffer.clear();
                }
                over(line);
            }
        }

        private void cancel(int number) {
            if (running != null && running.number == number && fault != Fault.CUT_SHORT_GOES_ON) {
                ledger.end(number, "cancelled");
                running = null;
                late.clear();
            }
            boolean left = queue.removeIf(s -> s.number == number);
            for (Line line : lines) {
                left |= line.receivers.removeIf(r -> r == number);
            }
            if (left) {
                ledger.end(number, "cancelled");
            }
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 40; i++) {
            int kind = random.nextInt(60);
            Act act = kind < 8 ? Act.SUBSCRIBE : kind < 26 ? Act.SEND : kind < 36 ? Act.TRY_RECEIVE
                    : kind < 48 ? Act.RECEIVE : kind < 52 ? Act.ABANDON : kind < 59 ? Act.CANCEL : Act.CLOSE;
            ops.add(new Op(act, random.nextInt(60), i));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("broadcast.seed", BroadcastModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void broadcast_randomSequences_doesWhatTheModelDoes() {
        search(Fault.NONE).findsNone(200);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void broadcast_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
