package dev.millrace.group;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of tasks that are started, end and fail, of joins, and of cancels from above, in a group with two places, against a model.
///
/// Nobody joins while somebody waits for a place, and nobody waits for one while somebody joins: whether such a task still counts for that join is a race, in Go as here.
///
/// A failure names its seed: `-Dgroup.seed=…` repeats it.
@Timeout(60)
class GroupModelTest {
    private static final int LIMIT = 2;

    private enum Act {
        GO,
        TRY_GO,
        FINISH,
        FAIL,
        JOIN,
        LEAVE,
        INTERRUPT,
        CANCEL
    }

    private record Op(Act act, int arg, int id) {
        @Override
        public String toString() {
            return act + "(" + (act == Act.GO || act == Act.TRY_GO || act == Act.CANCEL ? id : arg) + ")";
        }
    }

    /// A failure that was planted.
    private static final class Planted extends RuntimeException {
        Planted(String text) {
            super(text);
        }
    }

    private static String seen(String answer, Object running, String cause, List<String> failures, Object ended) {
        return answer + "; running " + running + ", context " + cause + ", failures " + failures + ", ended " + ended;
    }

    /// The group itself. A task hears of nothing but its own end.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private final TaskGroup.Mode mode;
        private final Map<Integer, Chan<Boolean>> running = new ConcurrentSkipListMap<>();
        private final AtomicInteger joining = new AtomicInteger();
        private final AtomicInteger waiting = new AtomicInteger();
        private CancellableContext parent;
        private TaskGroup group;

        Real(TaskGroup.Mode mode) {
            this.mode = mode;
        }

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            return crowd.apply(() -> seen(answer, List.copyOf(running.keySet()), text(group.context().cause()),
                    group.failures().stream().map(Throwable::getMessage).toList(), crowd.ended()));
        }

        private static String text(Throwable cause) {
            return cause == null ? "alive" : cause instanceof Planted ? cause.getMessage() : "over";
        }

        private String step(Op op) throws Exception {
            if (group == null) {
                parent = Context.background().withCancel();
                group = TaskGroup.open(parent, mode).limit(LIMIT);
            }
            Chan<Boolean> gate = Chan.buffered(1);
            switch (op.act) {
                case GO -> {
                    if (joining.get() == 0 || running.size() < LIMIT) {
                        return crowd.start(_ -> {
                            waiting.getAndIncrement();
                            try {
                                group.go(_ -> task(op.id, gate));
                            } finally {
                                waiting.getAndDecrement();
                            }
                            return "started";
                        });
                    }
                }
                case TRY_GO -> {
                    return "" + group.tryGo(_ -> task(op.id, gate));
                }
                case FINISH, FAIL -> {
                    var gates = List.copyOf(running.values());
                    if (!gates.isEmpty()) {
                        gates.get(op.arg % gates.size()).send(op.act == Act.FINISH);
                    }
                }
                case JOIN -> {
                    if (waiting.get() == 0) {
                        return crowd.start(this::join);
                    }
                }
                case LEAVE -> crowd.cancel(op.arg);
                case INTERRUPT -> crowd.interrupt(op.arg);
                case CANCEL -> parent.cancel(new Planted("c" + op.id));
            }
            return "";
        }

        private void task(int id, Chan<Boolean> gate) {
            running.put(id, gate);
            boolean well;
            try {
                well = gate.receive();
            } finally {
                running.remove(id);
            }
            if (!well) {
                throw new Planted("f" + id);
            }
        }

        private String join(Context ctx) throws Exception {
            joining.getAndIncrement();
            try {
                group.join(ctx);
                return "joined";
            } catch (Planted e) {
                return "joined with " + e.getMessage();
            } finally {
                joining.getAndDecrement();
            }
        }

        @Override
        public void close() {
            for (int n = 0; n < 60 && !running.isEmpty(); n++) {
                crowd.run(() -> running.values().forEach(gate -> gate.trySend(true)));
            }
            crowd.close();
        }
    }

    /// With each, in which mode, and how many steps are enough to see it.
    private enum Fault {
        NONE(TaskGroup.Mode.FIRST_FAILURE, 0),
        NONE_OF_ALL(TaskGroup.Mode.COLLECT_ALL, 0),
        FAILURE_CANCELS_NOTHING(TaskGroup.Mode.FIRST_FAILURE, 2),
        FAILURE_CANCELS_IN_ANY_MODE(TaskGroup.Mode.COLLECT_ALL, 2),
        LAST_FAILURE_IS_THROWN(TaskGroup.Mode.COLLECT_ALL, 5),
        ONE_PLACE_MORE(TaskGroup.Mode.FIRST_FAILURE, 3),
        TRY_WITHOUT_A_PLACE(TaskGroup.Mode.FIRST_FAILURE, 3),
        JOIN_DOES_NOT_WAIT(TaskGroup.Mode.FIRST_FAILURE, 2),
        JOIN_LEAVES_THE_CONTEXT(TaskGroup.Mode.COLLECT_ALL, 1),
        FAILURE_LOSES_THE_PLACE(TaskGroup.Mode.FIRST_FAILURE, 5),
        WHO_LEAVES_TAKES_A_PLACE(TaskGroup.Mode.FIRST_FAILURE, 6),
        PARENT_IS_NOT_HEARD(TaskGroup.Mode.FIRST_FAILURE, 1);

        private final TaskGroup.Mode mode;
        private final int steps;

        Fault(TaskGroup.Mode mode, int steps) {
            this.mode = mode;
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private record Waits(int number, int id) {}

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final TreeSet<Integer> running = new TreeSet<>();
        private final ArrayDeque<Waits> waiting = new ArrayDeque<>();
        private final List<Integer> joining = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        private int lost; // places, of broken ones
        private String cause = "alive";

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            String answer = "";
            switch (op.act) {
                case GO -> go(op.id);
                case TRY_GO -> answer = "" + tryGo(op.id);
                case FINISH, FAIL -> ends(op);
                case JOIN -> {
                    if (waiting.isEmpty()) {
                        joining.add(ledger.start());
                        joins(fault == Fault.JOIN_DOES_NOT_WAIT);
                    }
                }
                case LEAVE -> {
                    int number = ledger.cancelled(op.arg);
                    if (joining.remove((Integer) number)) {
                        ledger.end(number, "cancelled"); // a go hears no context
                    }
                }
                case INTERRUPT -> interrupt(ledger.cancelled(op.arg));
                case CANCEL -> cancel("c" + op.id, fault == Fault.PARENT_IS_NOT_HEARD);
            }
            return seen(answer, running, cause, failures, ledger.ended());
        }

        private void cancel(String why, boolean deaf) {
            if (cause.equals("alive") && !deaf) {
                cause = why;
            }
        }

        private boolean hasPlace() {
            return running.size() + lost < LIMIT + (fault == Fault.ONE_PLACE_MORE ? 1 : 0);
        }

        private void go(int id) {
            if (!hasPlace() && !joining.isEmpty()) {
                return;
            }
            int number = ledger.start();
            if (hasPlace()) {
                running.add(id);
                ledger.end(number, "started");
            } else {
                waiting.add(new Waits(number, id));
            }
        }

        private boolean tryGo(int id) {
            boolean starts = hasPlace() || fault == Fault.TRY_WITHOUT_A_PLACE;
            if (starts) {
                running.add(id);
            }
            return starts;
        }

        private void ends(Op op) {
            if (running.isEmpty()) {
                return;
            }
            int id = List.copyOf(running).get(op.arg % running.size());
            running.remove(id);
            if (op.act == Act.FAIL) {
                failures.add("f" + id);
                cancel("f" + id, fault == Fault.FAILURE_CANCELS_NOTHING
                        || (fault.mode == TaskGroup.Mode.COLLECT_ALL && fault != Fault.FAILURE_CANCELS_IN_ANY_MODE));
                lost += fault == Fault.FAILURE_LOSES_THE_PLACE ? 1 : 0;
            }
            while (hasPlace() && !waiting.isEmpty()) {
                Waits next = waiting.poll();
                running.add(next.id);
                ledger.end(next.number, "started");
            }
            joins(false);
        }

        private void joins(boolean early) {
            if (running.isEmpty() || early) {
                boolean any = !joining.isEmpty();
                for (int number : joining) {
                    ledger.end(number, failures.isEmpty() ? "joined"
                            : "joined with "
                                    + (fault == Fault.LAST_FAILURE_IS_THROWN ? failures.getLast()
                                            : failures.getFirst()));
                }
                joining.clear();
                if (any) {
                    cancel("over", fault == Fault.JOIN_LEAVES_THE_CONTEXT);
                }
            }
        }

        private void interrupt(int number) {
            boolean waited = waiting.removeIf(w -> w.number == number);
            if (waited | joining.remove((Integer) number)) {
                ledger.end(number, "interrupted");
            }
            lost += waited && fault == Fault.WHO_LEAVES_TAKES_A_PLACE ? 1 : 0;
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        boolean joins = random.nextBoolean();
        for (int i = 0; i < 40; i++) {
            int kind = random.nextInt(40);
            Act act = kind < 14 ? Act.GO : kind < 18 ? Act.TRY_GO : kind < 28 ? Act.FINISH : kind < 31 ? Act.FAIL
                    : kind < 34 ? joins ? Act.JOIN : Act.GO : kind < 36 ? Act.LEAVE : kind < 39 ? Act.INTERRUPT
                    : Act.CANCEL;
            ops.add(new Op(act, random.nextInt(60), i));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("group.seed", GroupModelTest::sequence, () -> new Real(fault.mode), () -> new Model(fault));
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "NONE_OF_ALL"})
    void group_randomSequences_doesWhatTheModelDoes(Fault none) {
        search(none).findsNone(100);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"NONE", "NONE_OF_ALL"})
    void group_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
