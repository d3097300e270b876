package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of operations against a model that is simple enough to be believed. Models that are wrong in one thing show that
/// the comparison would notice.
class SemaphoreModelTest {
    /// What a model does wrong.
    enum Flaw {
        NONE,
        LETS_SMALL_ONES_PASS,
        TRY_PASSES_WHO_WAITS,
        CANCEL_LETS_NOBODY_IN,
        EXCESS_BLOCKS,
        RESIZE_FORGETS_EXCESS,
        SHRINK_FORGETS_EXCESS,
        EXCESS_COMES_FIRST,
        RELEASES_WHAT_IS_NOT_HELD
    }

    /// One who asks.
    private static final class Asker {
        final long n;
        final CancellableContext ctx = Context.background().withCancel();
        Actor actor;

        Asker(long n) {
            this.n = n;
        }
    }

    private static final class Model {
        final Flaw flaw;
        long size;
        long held;
        final List<Asker> queue = new ArrayList<>();
        final List<Asker> excess = new ArrayList<>();

        Model(long size, Flaw flaw) {
            this.size = size;
            this.flaw = flaw;
        }

        boolean take(long n, boolean waits) {
            boolean free = n <= size - held && (queue.isEmpty() || (!waits && flaw == Flaw.TRY_PASSES_WHO_WAITS));
            if (free) {
                held += n;
            }
            return free;
        }

        void ask(Asker asker) {
            if (!take(asker.n, true)) {
                (asker.n > size && flaw != Flaw.EXCESS_BLOCKS ? excess : queue).add(asker);
            }
        }

        boolean release(long n) {
            if (n > held && flaw != Flaw.RELEASES_WHAT_IS_NOT_HELD) {
                return false;
            }
            held -= n;
            admit();
            return true;
        }

        void leave(Asker asker) {
            excess.remove(asker);
            if (queue.remove(asker) && flaw != Flaw.CANCEL_LETS_NOBODY_IN) {
                admit();
            }
        }

        void resize(long n) {
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
        }

        private void admit() {
            for (int i = 0; i < queue.size();) {
                if (queue.get(i).n <= size - held) {
                    held += queue.remove(i).n;
                } else if (flaw == Flaw.LETS_SMALL_ONES_PASS) {
                    i++;
                } else {
                    return;
                }
            }
        }

        List<Asker> waiting() {
            var all = new ArrayList<>(queue);
            all.addAll(excess);
            return all;
        }
    }

    /// What differs between the semaphore and the model after some operations, null when nothing does.
    private static String difference(long seed, int operations, Flaw flaw) throws Exception {
        var random = new Random(seed);
        long size = random.nextInt(8);
        var sem = new WeightedSemaphore(size);
        var model = new Model(size, flaw);
        var before = new ArrayList<Asker>(); // those who waited after the last operation
        String found = null;
        for (int i = 0; i < operations && found == null; i++) {
            long n = random.nextInt(7);
            int kind = random.nextInt(12);
            String what;
            if (kind < 2) {
                boolean got = sem.tryAcquire(n);
                what = "tryAcquire " + n + ": " + got;
                found = got == model.take(n, false) ? null : what;
            } else if (kind < 6) {
                var asker = new Asker(n);
                int waiters = sem.snapshot().waiters();
                asker.actor = Actor.go(() -> {
                    if (kind == 2) {
                        Select.<Boolean>first().acquire(sem, asker.n, () -> true).run(asker.ctx);
                    } else {
                        sem.acquire(asker.ctx, asker.n);
                    }
                });
                Until.until("asked", () -> asker.actor.hasEnded() || sem.snapshot().waiters() > waiters);
                model.ask(asker);
                what = "acquire " + n;
                if (!model.waiting().contains(asker) && !asker.actor.hasEnded()) {
                    found = what + " waits";
                }
                before.add(asker);
            } else if (kind < 9) {
                n = random.nextInt(10);
                boolean done = true;
                try {
                    sem.release(n);
                } catch (IllegalStateException e) {
                    done = false;
                }
                what = "release " + n + ": " + done;
                found = done == model.release(n) ? null : what;
            } else if (kind == 9) {
                n = random.nextInt(9);
                sem.resize(n);
                model.resize(n);
                what = "resize " + n;
            } else {
                what = "nobody gives up";
                if (!before.isEmpty()) {
                    Asker asker = before.get(random.nextInt(before.size()));
                    what = "gives up: " + asker.n;
                    if (kind == 10) {
                        asker.ctx.cancel();
                        asker.actor.failure(CancelledException.class);
                    } else {
                        asker.actor.thread().interrupt();
                        asker.actor.failure(InterruptedWaitException.class);
                    }
                    before.remove(asker);
                    model.leave(asker);
                }
            }
            if (found == null) {
                found = compare(sem, model, before);
            }
            if (found != null) {
                found = "seed " + seed + ", operation " + i + " (" + what + "): " + found;
            }
        }
        for (Asker asker : before) {
            asker.ctx.cancel();
            asker.actor.outcome();
        }
        return found;
    }

    private static String compare(WeightedSemaphore sem, Model model, List<Asker> before) {
        SemaphoreSnapshot now = sem.snapshot();
        List<Asker> waiting = model.waiting();
        long wanted = waiting.stream().mapToLong(a -> a.n).sum();
        if (now.size() != model.size
                || now.held() != model.held
                || now.waiters() != waiting.size()
                || now.wanted() != wanted
                || sem.available() != Math.max(0, model.size - model.held)) {
            return now + ", but in the model " + model.held + " are held, and " + waiting.size() + " wait for "
                    + wanted;
        }
        for (Asker asker : waiting) {
            if (asker.actor.hasEnded()) {
                return "one who asked for " + asker.n + " has it, but waits in the model";
            }
        }
        for (Asker asker : List.copyOf(before)) {
            if (!waiting.contains(asker)) {
                asker.actor.join();
                before.remove(asker);
            }
        }
        return null;
    }

    @Test
    void semaphore_randomOperations_doesWhatTheModelDoes() throws Exception {
        long end = System.nanoTime() + 2_500_000_000L;
        int ran = 0;
        for (long seed = 1; seed <= 600 && (seed <= 100 || System.nanoTime() - end < 0); seed++) {
            assertNull(difference(seed, 60, Flaw.NONE));
            ran++;
        }
        assertTrue(ran >= 100);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void model_wrongInOneThing_isNoticed(Flaw flaw) throws Exception {
        for (long seed = 1; seed <= 100; seed++) {
            if (difference(seed, 60, flaw) != null) {
                return;
            }
        }
        throw new AssertionError("a model that " + flaw + " was not noticed");
    }
}
