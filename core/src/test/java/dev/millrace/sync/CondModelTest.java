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

/// Random sequences of waits, signals and cancels, while the lock is free or held by somebody else, against a model.
///
/// A failure names its seed: `-Dcond.seed=…` repeats it.
@Timeout(60)
class CondModelTest {
    private enum Act {
        AWAIT,
        SIGNAL,
        BROADCAST,
        HOLD,
        LET_GO,
        CANCEL
    }

    private record Op(Act act, int arg) {}

    private static String seen(String answer, int waiting, boolean held, int locking, Object ended) {
        return answer + "; " + waiting + " wait, " + locking + " want the lock, " + (held ? "held" : "free")
                + ", ended " + ended;
    }

    /// The condition itself.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private Mutex mutex;
        private Cond cond;
        private boolean held; // by who takes the steps

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            return seen(answer, cond.waiting(), mutex.isLocked(), mutex.snapshot().waitingWriters(), crowd.ended());
        }

        private String step(Op op) {
            if (cond == null) {
                mutex = new Mutex();
                cond = new Cond(mutex);
            }
            switch (op.act) {
                case AWAIT -> crowd.start(ctx -> mutex.callHolding(() -> {
                    cond.await(ctx);
                    return "woken";
                }));
                case SIGNAL -> cond.signal();
                case BROADCAST -> cond.broadcast();
                case HOLD -> held |= mutex.tryLock();
                case LET_GO -> letGo();
                case CANCEL -> crowd.cancel(op.arg);
            }
            return "";
        }

        private void letGo() {
            if (held) {
                held = false;
                mutex.unlock();
            }
        }

        @Override
        public void close() {
            crowd.run(this::letGo);
            crowd.close();
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        SIGNAL_WAKES_THE_LAST(3),
        SIGNAL_WAKES_ALL(3),
        BROADCAST_WAKES_ONE(3),
        WHO_GAVE_UP_TAKES_A_SIGNAL(4),
        WHO_GIVES_UP_DOES_NOT_LOCK_AGAIN(3),
        CANCEL_COMES_BEFORE_A_SIGNAL(7);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        /// One who wants the lock: at first, or again. How its wait has ended then.
        private static final class Locking {
            final int number;
            String outcome;
            boolean cancelled;

            Locking(int number, String outcome) {
                this.number = number;
                this.outcome = outcome;
            }
        }

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final List<Integer> waiting = new ArrayList<>();
        private final List<Locking> locking = new ArrayList<>();
        private boolean held;

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            switch (op.act) {
                case AWAIT -> lock(new Locking(ledger.start(), null));
                case SIGNAL -> signal();
                case BROADCAST -> {
                    for (int n = fault == Fault.BROADCAST_WAKES_ONE ? 1 : waiting.size(); n > 0; n--) {
                        wake(0);
                    }
                }
                case HOLD -> held = true;
                case LET_GO -> {
                    held = false;
                    var all = List.copyOf(locking);
                    locking.clear();
                    all.forEach(this::lock);
                }
                case CANCEL -> cancel(ledger.cancelled(op.arg));
            }
            int alive = (int) waiting.stream().filter(n -> !ledger.hasEnded(n)).count();
            return seen("", alive, held, locking.size(), ledger.ended());
        }

        private void signal() {
            if (fault == Fault.SIGNAL_WAKES_ALL) {
                while (!waiting.isEmpty()) {
                    wake(0);
                }
            }
            wake(fault == Fault.SIGNAL_WAKES_THE_LAST ? waiting.size() - 1 : 0);
        }

        private void wake(int index) {
            if (!waiting.isEmpty()) {
                int number = waiting.remove(index);
                if (!ledger.hasEnded(number)) {
                    lock(new Locking(number, "woken"));
                }
            }
        }

        private void lock(Locking one) {
            if (held) {
                locking.add(one);
            } else if (one.outcome != null) {
                ledger.end(one.number, one.outcome);
            } else if (one.cancelled) {
                ledger.end(one.number, "cancelled");
            } else {
                waiting.add(one.number);
            }
        }

        private void cancel(int number) {
            int index = waiting.indexOf(number);
            if (index >= 0) {
                if (fault == Fault.WHO_GIVES_UP_DOES_NOT_LOCK_AGAIN) {
                    ledger.end(waiting.remove(index), "cancelled");
                } else {
                    lock(new Locking(number, "cancelled"));
                    if (fault != Fault.WHO_GAVE_UP_TAKES_A_SIGNAL) {
                        waiting.remove(index);
                    }
                }
            }
            for (Locking one : locking) {
                if (one.number == number) {
                    one.cancelled = true;
                    if (one.outcome != null && fault == Fault.CANCEL_COMES_BEFORE_A_SIGNAL) {
                        one.outcome = "cancelled";
                    }
                }
            }
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 40; i++) {
            int kind = random.nextInt(20);
            Act act = kind < 8 ? Act.AWAIT : kind < 12 ? Act.SIGNAL : kind < 13 ? Act.BROADCAST : kind < 15 ? Act.HOLD
                    : kind < 17 ? Act.LET_GO : Act.CANCEL;
            ops.add(new Op(act, random.nextInt(60)));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("cond.seed", CondModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void cond_randomSequences_doesWhatTheModelDoes() {
        search(Fault.NONE).findsNone(200);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void cond_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
