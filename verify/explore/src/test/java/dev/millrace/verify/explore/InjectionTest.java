package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.InterruptProtocols.interrupted;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.sync.Mutex;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What may come to a wait from outside: at each occasion a wake-up for no reason, which nobody may notice; at each an interrupt, which ends the wait and loses nothing.
class InjectionTest {
    static Stream<Case> wakeUps() {
        return Cases.WAKE_UPS.stream();
    }

    static Stream<Case> interrupts() {
        return Cases.INTERRUPTS.stream();
    }

    /// A value that was sent is received, unless both have been ended; one that was not is not.
    static void sendAndReceive() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var sent = new AtomicInteger();
        var sender = go("sender", () -> {
            try {
                if (!interrupted(() -> chan.send(1))) {
                    sent.incrementAndGet();
                }
            } catch (ChanClosedException e) {
                // the receiver was interrupted, and has closed
            }
            chan.tryClose();
        });
        var got = new AtomicInteger();
        interrupted(() -> {
            if (chan.next() instanceof Received.Value<Integer>) {
                got.incrementAndGet();
            }
        });
        chan.tryClose();
        Suite.join(sender);
        check(sent.get() == got.get(), "sent " + sent.get() + ", got " + got.get());
    }

    static void selectAndSend() throws Exception {
        var one = Chan.<Integer>unbuffered();
        var two = Chan.<Integer>unbuffered();
        var sent = new AtomicInteger();
        var sender = go("sender", () -> {
            sent.set(one.trySend(1) || two.trySend(1) ? 1 : 0);
            two.close();
        });
        var got = new AtomicInteger();
        boolean ended = interrupted(() -> got.set(Select.<Integer>first()
                .receive(one, v -> v)
                .next(two, v -> v instanceof Received.Value<Integer> ? 1 : 0)
                .run()));
        Suite.join(sender);
        check(!ended || got.get() == 0, "ended, and got something");
        check(got.get() == sent.get(), "sent " + sent.get() + ", got " + got.get());
    }

    static void mutex() throws Exception {
        var mutex = new Mutex();
        var n = new int[1];
        Suite.Body add = () -> {
            mutex.lock();
            n[0]++;
            mutex.unlock();
        };
        var other = go("other", add);
        add.run();
        Suite.join(other);
        mutex.lock();
        check(n[0] == 2, "n is " + n[0]);
        mutex.unlock();
    }

    static Stream<Case> allocations() {
        return Cases.ALLOCATIONS.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allocations")
    void noMemory_atEachOccasion_nothingHasHappened(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wakeUps")
    void wakeUp_atEachOccasion_isNotNoticed(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("interrupts")
    void interrupt_atEachOccasion_losesNothing(Case c) {
        Suite.passes(c);
    }
}
