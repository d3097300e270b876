package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Done;
import dev.millrace.verify.Hazard;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// An event is not lost because the one who brings it about has no stack left: he does nothing, or all of it.
class EventRoomTest {
    private static final int ROUNDS = 15;
    private static final int STACK = 256 * 1024;

    /// Something to do, and the event that it brings about.
    private record Act(Runnable act, Done event) {}

    @Test
    @Hazard(39)
    void waitGroup_doneOverflows_nothingOrAll() throws Exception {
        overflow(() -> {
            var wg = new WaitGroup();
            wg.add(1);
            return new Act(wg::done, wg.allDone());
        });
    }

    @Test
    @Hazard(39)
    void once_runOverflows_nothingOrAll() throws Exception {
        overflow(() -> {
            var once = new Once();
            return new Act(() -> once.run(() -> {}), once.done());
        });
    }

    @Test
    @Hazard(39)
    void onceValue_getOverflows_nothingOrAll() throws Exception {
        overflow(() -> {
            var value = OnceValue.of(() -> 7);
            return new Act(value::get, value.done());
        });
    }

    private static void overflow(Supplier<Act> made) throws Exception {
        made.get().act().run(); // so that all classes are there
        int[] tries = new int[1];
        for (int round = 0; round < ROUNDS; round++) {
            Act act = made.get();
            var failure = new AtomicReference<Throwable>();
            int pad = round;
            var deep = new Thread(null, () -> {
                try {
                    pad(pad, () -> dive(act.act(), pad, tries));
                } catch (Throwable t) {
                    failure.set(t);
                }
            }, "deep", STACK);
            deep.start();
            deep.join();
            assertTrue(act.event().isDone(), () -> "round " + pad + ": lost, then " + failure.get());
        }
        assertTrue(tries[0] > 10 * ROUNDS, tries[0] + " tries: it has hardly overflowed");
    }

    /// Goes down until the stack is full, and on the way up tries again and again, until it does not overflow: at each seventh frame, which
    /// are others in each round.
    @SuppressWarnings("InfiniteRecursion") // it does throw that
    private static void dive(Runnable act, int n, int[] tries) {
        try {
            dive(act, n + 1, tries);
            return;
        } catch (StackOverflowError e) {
            if (n % 7 != 0) {
                throw e;
            }
            tries[0]++;
        }
        act.run();
    }

    /// So many frames of another size before that, so that each round overflows at other places.
    private static void pad(int n, Runnable then) {
        long a = n;
        long b = a + 1;
        if (n == 0) {
            then.run();
        } else {
            pad((int) (b - 2), then);
        }
    }
}
