package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of operations against a model that is simple enough to be believed; everybody comes to rest after each step. Broken
/// models show that a difference would be noticed.
///
/// A failure names its seed: `-Dlock.seed=…` repeats it.
@Timeout(60)
class LockModelTest {
    private enum Act {
        LOCK,
        READ_LOCK,
        SELECT_LOCK,
        SELECT_READ_LOCK,
        SELECT_BOTH,
        TRY_LOCK,
        TRY_READ_LOCK,
        POLL_LOCK,
        POLL_READ_LOCK,
        UNLOCK,
        READ_UNLOCK,
        CANCEL
    }

    private record Op(Act act, int arg) {}

    private static String seen(
            String answer, boolean held, int readers, int writing, int reading, Map<Integer, String> ended) {
        return answer + "; " + (held ? "held, " : "") + readers + " read, " + writing + " and " + reading
                + " wait, ended "
                + ended;
    }

    /// The lock itself, under virtual time.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private RWMutex lock;

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            LockSnapshot now = lock.snapshot();
            return seen(
                    answer,
                    now.locked(),
                    now.readers(),
                    now.waitingWriters(),
                    now.waitingReaders(),
                    crowd.ended());
        }

        private String step(Op op) {
            if (lock == null) {
                lock = new RWMutex();
            }
            return switch (op.act) {
                case LOCK -> start(c -> lock.lock(c));
                case READ_LOCK -> start(c -> lock.rLock(c));
                case SELECT_LOCK -> start(c -> select(c, lock));
                case SELECT_READ_LOCK -> start(c -> select(c, lock.readLocker()));
                case SELECT_BOTH -> start(c -> select(c, lock, lock.readLocker()));
                case TRY_LOCK -> "" + lock.tryLock();
                case TRY_READ_LOCK -> "" + lock.tryRLock();
                case POLL_LOCK -> poll(lock);
                case POLL_READ_LOCK -> poll(lock.readLocker());
                case UNLOCK -> refused(lock::unlock);
                case READ_UNLOCK -> refused(lock::rUnlock);
                case CANCEL -> crowd.cancel(op.arg);
            };
        }

        private String start(Consumer<Context> body) {
            return crowd.start(ctx -> {
                body.accept(ctx);
                return "locked";
            });
        }

        @Override
        public void close() {
            crowd.close();
        }

        private static void select(Context ctx, Locker... lockers) {
            var select = (lockers.length == 1 ? Select.<Boolean>first() : Select.<Boolean>ordered())
                    .receive(Chan.<Integer>never(), _ -> false);
            for (Locker locker : lockers) {
                select.lock(locker, () -> true);
            }
            assertTrue(select.run(ctx));
        }

        private static String poll(Locker locker) {
            return "" + Select.<Boolean>first().lock(locker, () -> true).orElse(() -> false).run();
        }

        private static String refused(Runnable unlock) {
            try {
                unlock.run();
                return "";
            } catch (SyncError e) {
                return "refused";
            }
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        READERS_PASS_WAITING_WRITERS(3),
        WRITERS_FIRST_ON_UNLOCK(4),
        ONE_READER_ON_UNLOCK(4),
        CANCEL_LEAVES_READERS(6),
        LAST_IN_FIRST_OUT(4),
        READ_UNLOCK_SERVES_NOBODY(3),
        TRY_READ_PASSES_WRITERS(3),
        UNLOCK_UNLOCKS_READERS(2);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private record Waits(int number, boolean writes, boolean reads) {}

        private final Fault fault;
        private final List<Waits> queue = new ArrayList<>();
        private final Ledger ledger = new Ledger();
        private boolean held;
        private int readers;

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            String answer =
                    switch (op.act) {
                        case LOCK, SELECT_LOCK -> start(true, false);
                        case READ_LOCK, SELECT_READ_LOCK -> start(false, true);
                        case SELECT_BOTH -> start(true, true);
                        case TRY_LOCK, POLL_LOCK -> "" + tryLock();
                        case TRY_READ_LOCK -> "" + tryRead(fault == Fault.TRY_READ_PASSES_WRITERS);
                        case POLL_READ_LOCK -> "" + tryRead(false);
                        case UNLOCK -> unlock();
                        case READ_UNLOCK -> readUnlock();
                        case CANCEL -> cancel(op.arg);
                    };
            return seen(answer, held, readers, (int) count(true), (int) count(false), ledger.ended());
        }

        private long count(boolean writes) {
            return queue.stream().filter(w -> writes ? w.writes : w.reads).count();
        }

        private boolean tryLock() {
            if (held || readers > 0) {
                return false;
            }
            held = true;
            return true;
        }

        private boolean tryRead(boolean pass) {
            if (held || (count(true) > 0 && !pass)) {
                return false;
            }
            readers++;
            return true;
        }

        private String start(boolean writes, boolean reads) {
            int n = ledger.start();
            boolean got = (writes && tryLock()) || (reads && tryRead(fault == Fault.READERS_PASS_WAITING_WRITERS));
            if (got) {
                ledger.end(n, "locked");
            } else {
                queue.add(new Waits(n, writes, reads));
            }
            return "";
        }

        private void admit(Waits one) {
            queue.remove(one);
            ledger.end(one.number, "locked");
        }

        private int admitReaders() {
            int n = 0;
            for (Waits w : List.copyOf(queue)) {
                if (w.reads && (n == 0 || fault != Fault.ONE_READER_ON_UNLOCK)) {
                    admit(w);
                    n++;
                }
            }
            readers += n;
            return n;
        }

        private void serveWriter() {
            var writers = queue.stream().filter(Waits::writes).toList();
            if (!writers.isEmpty()) {
                admit(fault == Fault.LAST_IN_FIRST_OUT ? writers.getLast() : writers.getFirst());
                held = true;
            }
        }

        private String unlock() {
            if (!held) {
                if (fault == Fault.UNLOCK_UNLOCKS_READERS && readers > 0) {
                    readers--;
                    return "";
                }
                return "refused";
            }
            held = false;
            if (fault == Fault.WRITERS_FIRST_ON_UNLOCK) {
                serveWriter();
            }
            if (!held && admitReaders() == 0) {
                serveWriter();
            }
            return "";
        }

        private String readUnlock() {
            if (readers == 0) {
                return "refused";
            }
            readers--;
            if (readers == 0 && fault != Fault.READ_UNLOCK_SERVES_NOBODY) {
                serveWriter();
            }
            return "";
        }

        private String cancel(int which) {
            int n = ledger.cancelled(which);
            if (queue.removeIf(w -> w.number == n)) {
                ledger.end(n, "cancelled");
                if (!held && count(true) == 0 && fault != Fault.CANCEL_LEAVES_READERS) {
                    admitReaders();
                }
            }
            return "";
        }
    }

    private static List<Op> sequence(Random random) {
        var acts = Act.values();
        var ops = new ArrayList<Op>();
        for (int step = 0; step < 60; step++) {
            Act act = acts[random.nextInt(acts.length)];
            int favour = random.nextInt(8);
            if (favour < 2) {
                act = random.nextBoolean() ? Act.UNLOCK : Act.READ_UNLOCK; // or it stays locked most of the time
            } else if (favour == 2) {
                act = Act.CANCEL;
            }
            ops.add(new Op(act, random.nextInt(100)));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("lock.seed", LockModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void lock_randomOperations_doesWhatTheModelDoes() {
        search(Fault.NONE).findsNone(150);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void lock_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(200, fault.steps);
    }
}
