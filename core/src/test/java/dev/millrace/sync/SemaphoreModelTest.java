package dev.millrace.sync;

import dev.millrace.chan.Select;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of operations against a model that is simple enough to be believed; everybody comes to rest after each step. Models that
/// are wrong in one thing show that the comparison would notice.
///
/// A failure names its seed: `-Dsemaphore.seed=…` repeats it.
@Timeout(60)
class SemaphoreModelTest {
    private enum Act {
        TRY,
        ACQUIRE,
        SELECT,
        RELEASE,
        RESIZE,
        CANCEL,
        INTERRUPT
    }

    private record Op(Act act, int arg) {}

    private static String seen(
            String answer, long size, long held, int waiters, long wanted, long available, Map<Integer, String> ended) {
        return answer + "; " + held + " of " + size + " held, " + available + " free, " + waiters + " wait for "
                + wanted
                + ", ended " + ended;
    }

    /// The semaphore itself, under virtual time.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private WeightedSemaphore sem;

        @Override
        public String apply(Op op) throws Exception {
            String answer = crowd.apply(() -> step(op));
            SemaphoreSnapshot now = sem.snapshot();
            return seen(answer, now.size(), now.held(), now.waiters(), now.wanted(), sem.available(), crowd.ended());
        }

        private String step(Op op) throws Exception {
            if (sem == null) {
                sem = new WeightedSemaphore(4);
            }
            return switch (op.act) {
                case TRY -> "" + sem.tryAcquire(op.arg);
                case ACQUIRE -> crowd.start(ctx -> {
                    sem.acquire(ctx, op.arg);
                    return "has";
                });
                case SELECT -> crowd.start(ctx -> Select.<String>first().acquire(sem, op.arg, () -> "has").run(ctx));
                case RELEASE -> release(op.arg);
                case RESIZE -> {
                    sem.resize(op.arg);
                    yield "";
                }
                case CANCEL -> crowd.cancel(op.arg);
                case INTERRUPT -> crowd.interrupt(op.arg);
            };
        }

        private String release(long n) {
            try {
                sem.release(n);
                return "released";
            } catch (IllegalStateException e) {
                return "refused";
            }
        }

        @Override
        public void close() {
            crowd.close();
        }
    }

    /// What a model does wrong. With each, how many steps are enough to see it.
    enum Flaw {
        NONE(0),
        LETS_SMALL_ONES_PASS(5),
        TRY_PASSES_WHO_WAITS(4),
        CANCEL_LETS_NOBODY_IN(5),
        EXCESS_BLOCKS(2),
        RESIZE_FORGETS_EXCESS(2),
        SHRINK_FORGETS_EXCESS(5),
        EXCESS_COMES_FIRST(8),
        RELEASES_WHAT_IS_NOT_HELD(1);

        private final int steps;

        Flaw(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private record Asker(int number, long n) {}

        private final Flaw flaw;
        private final Ledger ledger = new Ledger();
        private long size = 4;
        private long held;
        private final List<Asker> queue = new ArrayList<>();
        private final List<Asker> excess = new ArrayList<>(); // who asks for more than there will ever be

        Model(Flaw flaw) {
            this.flaw = flaw;
        }

        @Override
        public String apply(Op op) {
            String answer = switch (op.act) {
                case TRY -> "" + take(op.arg, false);
                case ACQUIRE, SELECT -> ask(op.arg);
                case RELEASE -> release(op.arg);
                case RESIZE -> resize(op.arg);
                case CANCEL -> leave(op.arg, "cancelled");
                case INTERRUPT -> leave(op.arg, "interrupted");
            };
            var waiting = new ArrayList<>(queue);
            waiting.addAll(excess);
            return seen(answer, size, held, waiting.size(), waiting.stream().mapToLong(Asker::n).sum(),
                    Math.max(0, size - held), ledger.ended());
        }

        private boolean take(long n, boolean waits) {
            boolean free = n <= size - held && (queue.isEmpty() || (!waits && flaw == Flaw.TRY_PASSES_WHO_WAITS));
            if (free) {
                held += n;
            }
            return free;
        }

        private String ask(long n) {
            int number = ledger.start();
            if (take(n, true)) {
                ledger.end(number, "has");
            } else {
                (n > size && flaw != Flaw.EXCESS_BLOCKS ? excess : queue).add(new Asker(number, n));
            }
            return "";
        }

        private String release(long n) {
            if (n > held && flaw != Flaw.RELEASES_WHAT_IS_NOT_HELD) {
                return "refused";
            }
            held -= n;
            admit();
            return "released";
        }

        private String leave(int which, String how) {
            int number = ledger.cancelled(which);
            boolean first = queue.removeIf(a -> a.number == number);
            if (first | excess.removeIf(a -> a.number == number)) {
                ledger.end(number, how);
            }
            if (first && flaw != Flaw.CANCEL_LETS_NOBODY_IN) {
                admit();
            }
            return "";
        }

        private String resize(long n) {
            size = n;
            if (flaw != Flaw.RESIZE_FORGETS_EXCESS) {
                var possible = excess.stream().filter(a -> a.n <= n).toList();
                excess.removeAll(possible);
                queue.addAll(flaw == Flaw.EXCESS_COMES_FIRST ? 0 : queue.size(), possible);
            }
            if (flaw != Flaw.SHRINK_FORGETS_EXCESS && flaw != Flaw.EXCESS_BLOCKS) {
                var impossible = queue.stream().filter(a -> a.n > n).toList();
                queue.removeAll(impossible);
                excess.addAll(impossible);
            }
            admit();
            return "";
        }

        private void admit() {
            for (int i = 0; i < queue.size();) {
                Asker asker = queue.get(i);
                if (asker.n <= size - held) {
                    held += asker.n;
                    queue.remove(i);
                    ledger.end(asker.number, "has");
                } else if (flaw == Flaw.LETS_SMALL_ONES_PASS) {
                    i++;
                } else {
                    return;
                }
            }
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 60; i++) {
            int kind = random.nextInt(12);
            Act act = kind < 2 ? Act.TRY : kind < 3 ? Act.SELECT : kind < 6 ? Act.ACQUIRE : kind < 9 ? Act.RELEASE
                    : kind < 10 ? Act.RESIZE : kind < 11 ? Act.CANCEL : Act.INTERRUPT;
            ops.add(new Op(act, random.nextInt(act == Act.RELEASE || act == Act.RESIZE ? 9 : 7)));
        }
        return ops;
    }

    private static Search<Op> search(Flaw flaw) {
        return Search.of("semaphore.seed", SemaphoreModelTest::sequence, Real::new, () -> new Model(flaw));
    }

    @Test
    void semaphore_randomOperations_doesWhatTheModelDoes() {
        search(Flaw.NONE).findsNone(150);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void model_wrongInOneThing_isFoundAndMadeShort(Flaw flaw) {
        search(flaw).finds(200, flaw.steps);
    }
}
