package dev.millrace.sync;

import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of counts and waits against a model.
///
/// A failure names its seed: `-Dwaitgroup.seed=…` repeats it.
@Timeout(60)
class WaitGroupModelTest {
    private enum Act {
        ADD,
        DONE,
        AWAIT,
        CANCEL,
        INTERRUPT
    }

    private record Op(Act act, int arg) {}

    private static String seen(String answer, int count, Object ended) {
        return answer + "; counts " + count + ", ended " + ended;
    }

    /// The wait group itself.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private WaitGroup group;

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            return seen(answer, group.count(), crowd.ended());
        }

        private String step(Op op) throws Exception {
            if (group == null) {
                group = new WaitGroup();
            }
            return switch (op.act) {
                case ADD -> refused(() -> group.add(op.arg));
                case DONE -> refused(group::done);
                case AWAIT -> crowd.start(ctx -> {
                    group.await(ctx);
                    return "all";
                });
                case CANCEL -> crowd.cancel(op.arg);
                case INTERRUPT -> crowd.interrupt(op.arg);
            };
        }

        private static String refused(Runnable step) {
            try {
                step.run();
                return "";
            } catch (IllegalStateException | SyncError e) {
                return "refused";
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
        COUNTS_BELOW_ZERO(1),
        WAKES_ONE(5),
        WAKES_AT_ONE(4),
        CANCEL_IS_NOT_HEARD(3),
        ZERO_DOES_NOT_PASS(1);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final List<Integer> waiting = new ArrayList<>();
        private int count;

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            String answer = switch (op.act) {
                case ADD -> add(op.arg);
                case DONE -> add(-1);
                case AWAIT -> {
                    int number = ledger.start();
                    if (count == 0 && fault != Fault.ZERO_DOES_NOT_PASS) {
                        ledger.end(number, "all");
                    } else {
                        waiting.add(number);
                    }
                    yield "";
                }
                case CANCEL -> leave(fault == Fault.CANCEL_IS_NOT_HEARD ? -1 : ledger.cancelled(op.arg), "cancelled");
                case INTERRUPT -> leave(ledger.cancelled(op.arg), "interrupted");
            };
            return seen(answer, count, ledger.ended());
        }

        private String add(int n) {
            if (count + n < 0 && fault != Fault.COUNTS_BELOW_ZERO) {
                return "refused";
            }
            count += n;
            if (count <= (fault == Fault.WAKES_AT_ONE ? 1 : 0)) {
                while (!waiting.isEmpty()) {
                    ledger.end(waiting.removeFirst(), "all");
                    if (fault == Fault.WAKES_ONE) {
                        break;
                    }
                }
            }
            return "";
        }

        private String leave(int number, String how) {
            if (waiting.remove((Integer) number)) {
                ledger.end(number, how);
            }
            return "";
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 40; i++) {
            int kind = random.nextInt(20);
            Act act = kind < 5 ? Act.ADD : kind < 11 ? Act.DONE : kind < 17 ? Act.AWAIT : kind < 19 ? Act.CANCEL
                    : Act.INTERRUPT;
            ops.add(new Op(act, act == Act.ADD ? random.nextInt(6) - 2 : random.nextInt(60)));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("waitgroup.seed", WaitGroupModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void group_randomSequences_doesWhatTheModelDoes() {
        search(Fault.NONE).findsNone(150);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void group_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
