package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.internal.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
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

    private interface Machine {
        String apply(Op op);
    }

    private static String seen(
            String answer, boolean held, int readers, int writing, int reading, Map<Integer, String> ended) {
        return answer + "; " + (held ? "held, " : "") + readers + " read, " + writing + " and " + reading
                + " wait, ended "
                + ended;
    }

    /// The lock itself, under virtual time.
    private static final class Real implements Machine {
        private final ManualScheduler time = new ManualScheduler();
        private final Map<Integer, String> ended = new ConcurrentSkipListMap<>();
        private final List<CancellableContext> contexts = new ArrayList<>();
        private RWMutex lock;

        Real() {
            time.run(() -> lock = new RWMutex());
        }

        @Override
        public String apply(Op op) {
            return time.call(() -> applyInside(op));
        }

        private String applyInside(Op op) {
            String answer =
                    switch (op.act) {
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
                        case CANCEL -> {
                            if (op.arg < contexts.size()) {
                                contexts.get(op.arg).cancel();
                            }
                            yield "";
                        }
                    };
            time.awaitIdle();
            LockSnapshot now = lock.snapshot();
            return seen(
                    answer,
                    now.locked(),
                    now.readers(),
                    now.waitingWriters(),
                    now.waitingReaders(),
                    new TreeMap<>(ended));
        }

        private String start(java.util.function.Consumer<Context> body) {
            int n = contexts.size();
            time.run(() -> contexts.add(Context.background().withCancel()));
            time.go(() -> {
                try {
                    body.accept(contexts.get(n));
                    ended.put(n, "locked");
                } catch (ContextException e) {
                    ended.put(n, "cancelled");
                } catch (Throwable t) {
                    ended.put(n, t.toString());
                }
            });
            return "";
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

    private enum Fault {
        NONE,
        READERS_PASS_WAITING_WRITERS,
        WRITERS_FIRST_ON_UNLOCK,
        ONE_READER_ON_UNLOCK,
        CANCEL_LEAVES_READERS,
        LAST_IN_FIRST_OUT,
        READ_UNLOCK_SERVES_NOBODY,
        TRY_READ_PASSES_WRITERS,
        UNLOCK_UNLOCKS_READERS
    }

    /// What must happen.
    private static final class Model implements Machine {
        private record Waits(int number, boolean writes, boolean reads) {}

        private final Fault fault;
        private final List<Waits> queue = new ArrayList<>();
        private final Map<Integer, String> ended = new TreeMap<>();
        private int started;
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
            return seen(answer, held, readers, (int) count(true), (int) count(false), new TreeMap<>(ended));
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
            int n = started++;
            boolean got = (writes && tryLock()) || (reads && tryRead(fault == Fault.READERS_PASS_WAITING_WRITERS));
            if (got) {
                ended.put(n, "locked");
            } else {
                queue.add(new Waits(n, writes, reads));
            }
            return "";
        }

        private void admit(Waits one) {
            queue.remove(one);
            ended.put(one.number, "locked");
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

        private String cancel(int n) {
            if (n < started && queue.removeIf(w -> w.number == n)) {
                ended.put(n, "cancelled");
                if (!held && count(true) == 0 && fault != Fault.CANCEL_LEAVES_READERS) {
                    admitReaders();
                }
            }
            return "";
        }
    }

    /// The first difference between the two, null when there is none.
    private static String difference(long seed, Fault fault) {
        var random = new Random(seed);
        var real = new Real();
        var model = new Model(fault);
        var acts = Act.values();
        int waits = 0;
        var log = new StringBuilder();
        for (int step = 0; step < 60; step++) {
            Act act = acts[random.nextInt(acts.length)];
            int favour = random.nextInt(8);
            if (favour < 2) {
                act = random.nextBoolean() ? Act.UNLOCK : Act.READ_UNLOCK; // or it stays locked most of the time
            } else if (favour == 2) {
                act = Act.CANCEL;
            }
            var op = new Op(act, act == Act.CANCEL ? Math.max(0, waits - 1 - random.nextInt(4)) : 0);
            if (act.ordinal() <= Act.SELECT_BOTH.ordinal()) {
                waits++;
            }
            String is = real.apply(op);
            String must = model.apply(op);
            log.append("\n  ").append(op).append(" -> ").append(is);
            if (!is.equals(must)) {
                return "-Dlock.seed=" + seed + ", step " + step + ": is\n  " + is + "\nmust be\n  " + must + "\nafter"
                        + log;
            }
        }
        assertTrue(real.time.lowest() >= 0, "counted " + real.time.lowest());
        return null;
    }

    @Test
    void lock_randomOperations_doesWhatTheModelDoes() {
        Long given = Long.getLong("lock.seed");
        long first = given != null ? given : System.nanoTime();
        for (long seed = first; seed < first + (given != null ? 1 : 150); seed++) {
            String difference = difference(seed, Fault.NONE);
            if (difference != null) {
                fail(difference);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void lock_brokenModel_isFoundOut(Fault fault) {
        int found = 0;
        for (long seed = 1; seed <= 40; seed++) {
            found += difference(seed, fault) != null ? 1 : 0;
        }
        assertTrue(found > 0, "nobody noticed");
        assertEquals(null, difference(1, Fault.NONE));
    }
}
