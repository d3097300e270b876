package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.InterruptProtocols.interrupted;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.sync.Mutex;
import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.verify.Hazard;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What may come to a wait from outside: at each occasion a wake-up for no reason, which nobody may notice; at each an interrupt, which ends the wait and loses nothing.
class InjectionTest {
    // Programs that only an injection can break, each in the way that its sweep is to find.

    static void parksOnce() throws Exception {
        var ready = new AtomicInteger();
        Thread me = Thread.currentThread();
        var other = go("other", () -> {
            ready.set(1);
            LockSupport.unpark(me);
        });
        if (ready.get() == 0) {
            LockSupport.park(); // and does not look again
        }
        check(ready.get() == 1, "woken too early");
        Suite.join(other);
    }

    static void trustsWait() throws Exception {
        var chan = Chan.<Integer>unbuffered();
        var other = go("other", () -> chan.send(1));
        try {
            check(chan.receive() == 1, "not 1");
        } catch (InterruptedWaitException e) {
            Suite.join(other); // who still sends
        }
    }

    static void makesUnderLock() throws Exception {
        var lock = new Semaphore(1);
        Suite.Body use = () -> {
            lock.acquire();
            check(new Object().hashCode() != 1, "no object"); // and does not give it back when there is none
            lock.release();
        };
        var other = go("other", () -> {
            try {
                use.run();
            } catch (OutOfMemoryError e) {
                // the operation has failed
            }
        });
        Suite.join(other);
        lock.acquire();
    }

    static Stream<Case> wakeUps() {
        return Stream.concat(Cases.WAKE_UPS.stream(), ChannelCases.WAKE_UPS.stream());
    }

    static Stream<Case> interrupts() {
        return Stream.concat(Cases.INTERRUPTS.stream(), ChannelCases.INTERRUPTS.stream());
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

    @BeforeAll
    static void canaries_brokenPrograms_areFound() {
        Suite.failsOnlyInjected(Case.wakeUps("parks once", InjectionTest::parksOnce));
        Suite.failsOnlyInjected(Case.interrupts("trusts a wait", InjectionTest::trustsWait));
        Suite.failsOnlyInjected(Case.allocations("makes under a lock", InjectionTest::makesUnderLock));
        Suite.failsOnlyInjected(Case.scarce("group that is not told", ScarceGroups::failing),
                new Mutation("dev.millrace.internal.Goroutine", "run", "finish", 0));
        Suite.failsOnlyInjected(Case.scarce("channel that is not closed", ScarceChannels::from),
                new Mutation("dev.millrace.chan.Feeder", "ended", "tryClose", 0));
        Suite.failsOnlyInjected(Case.scarce("subscriber that nobody has", ScarceChannels::broadcast),
                new Mutation("dev.millrace.chan.Broadcast", "subscribe", "leave", 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allocations")
    @Hazard(40)
    void noMemory_atEachOccasion_nothingHasHappened(Case c) {
        Suite.passes(c);
    }

    static Stream<Case> scarce() {
        return Cases.SCARCE.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scarce")
    @Hazard(40)
    void noMemory_inOtherOperations_nothingHasHappened(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wakeUps")
    @Hazard(9)
    void wakeUp_atEachOccasion_isNotNoticed(Case c) {
        Suite.passes(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("interrupts")
    @Hazard(10)
    void interrupt_atEachOccasion_losesNothing(Case c) {
        Suite.passes(c);
    }
}
