package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.Done;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.sync.Locker;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds for select however it is written; and, at the end, what only the forms with handlers have.
class SelectTest {
    static final Duration HOUR = Duration.ofHours(1);

    // What the tests of select share.

    /// What came of a select: Go's index, value, ok.
    record Happened(int index, Object value, boolean ok) {
        static final Happened DEFAULT = new Happened(-1, null, false);
        static final Happened LATE = new Happened(-2, null, false);

        static Happened received(int index, int value) {
            return new Happened(index, value, true);
        }

        static Happened closed(int index) {
            return new Happened(index, null, false);
        }

        static Happened sent(int index) {
            return new Happened(index, "sent", true);
        }

        static Happened event(int index) {
            return new Happened(index, "event", true);
        }
    }

    /// The three ways to write a select, so that one test can use all.
    enum Form {
        CHAIN {
            @Override
            Plan ready(boolean ordered) {
                return new Chain(ordered ? Select.ordered() : Select.first());
            }
        },
        CASES {
            @Override
            Plan ready(boolean ordered) {
                return new Cases(ordered);
            }
        },
        SELECTOR {
            @Override
            Plan ready(boolean ordered) {
                return new Indexed(ordered ? Selector.ordered() : Selector.random());
            }
        };

        abstract Plan ready(boolean ordered);

        Plan plan() {
            return ready(false);
        }
    }

    /// A select that is being written, and can be run.
    abstract static class Plan {
        int size;

        abstract Plan receive(ReceiveChan<Integer> chan);

        abstract Plan send(SendChan<Integer> chan, int value);

        abstract Plan done(Context ctx);

        abstract Plan event(Done event);

        abstract Plan lock(Locker locker);

        abstract Plan acquire(WeightedSemaphore semaphore, long n);

        abstract Plan completed(CompletionStage<?> stage);

        abstract Plan timeout(Duration timeout);

        abstract Plan orElse();

        abstract Happened run();

        abstract Happened run(Context ctx);
    }

    private static final class Chain extends Plan {
        private final Select<Happened> select;

        Chain(Select<Happened> select) {
            this.select = select;
        }

        @Override
        Plan receive(ReceiveChan<Integer> chan) {
            int i = size++;
            select.next(chan, got -> happened(i, got));
            return this;
        }

        @Override
        Plan send(SendChan<Integer> chan, int value) {
            int i = size++;
            select.send(chan, value, () -> Happened.sent(i));
            return this;
        }

        @Override
        Plan done(Context ctx) {
            int i = size++;
            select.done(ctx, cause -> {
                assertNotNull(cause);
                return Happened.event(i);
            });
            return this;
        }

        @Override
        Plan event(Done event) {
            int i = size++;
            select.event(event, () -> Happened.event(i));
            return this;
        }

        @Override
        Plan lock(Locker locker) {
            int i = size++;
            select.lock(locker, () -> Happened.event(i));
            return this;
        }

        @Override
        Plan acquire(WeightedSemaphore semaphore, long n) {
            int i = size++;
            select.acquire(semaphore, n, () -> Happened.event(i));
            return this;
        }

        @Override
        Plan completed(CompletionStage<?> stage) {
            int i = size++;
            select.completed(stage, () -> Happened.event(i));
            return this;
        }

        @Override
        Plan timeout(Duration timeout) {
            select.timeout(timeout, () -> Happened.LATE);
            return this;
        }

        @Override
        Plan orElse() {
            select.orElse(() -> Happened.DEFAULT);
            return this;
        }

        @Override
        Happened run() {
            return select.run();
        }

        @Override
        Happened run(Context ctx) {
            return select.run(ctx);
        }
    }

    static Happened happened(int index, Received<Integer> got) {
        return switch (got) {
            case Received.Value<Integer>(var value) -> Happened.received(index, value);
            case Received.Closed<Integer> _ -> Happened.closed(index);
        };
    }

    private static final class Cases extends Plan {
        private final List<Case<Happened>> cases = new ArrayList<>();
        private final boolean ordered;

        Cases(boolean ordered) {
            this.ordered = ordered;
        }

        @Override
        Plan receive(ReceiveChan<Integer> chan) {
            int i = size++;
            cases.add(Case.next(chan, got -> happened(i, got)));
            return this;
        }

        @Override
        Plan send(SendChan<Integer> chan, int value) {
            int i = size++;
            cases.add(Case.send(chan, value, () -> Happened.sent(i)));
            return this;
        }

        @Override
        Plan done(Context ctx) {
            int i = size++;
            cases.add(Case.done(ctx, _ -> Happened.event(i)));
            return this;
        }

        @Override
        Plan event(Done event) {
            int i = size++;
            cases.add(Case.event(event, () -> Happened.event(i)));
            return this;
        }

        @Override
        Plan lock(Locker locker) {
            int i = size++;
            cases.add(Case.lock(locker, () -> Happened.event(i)));
            return this;
        }

        @Override
        Plan acquire(WeightedSemaphore semaphore, long n) {
            int i = size++;
            cases.add(Case.acquire(semaphore, n, () -> Happened.event(i)));
            return this;
        }

        @Override
        Plan completed(CompletionStage<?> stage) {
            int i = size++;
            cases.add(Case.completed(stage, () -> Happened.event(i)));
            return this;
        }

        @Override
        Plan timeout(Duration timeout) {
            cases.add(Case.timeout(timeout, () -> Happened.LATE));
            return this;
        }

        @Override
        Plan orElse() {
            cases.addFirst(Case.orElse(() -> Happened.DEFAULT)); // where it stands is all the same
            return this;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        Happened run() {
            Case<Happened>[] all = cases.toArray(new Case[0]);
            return ordered ? Select.ordered(all) : Select.first(all);
        }

        @Override
        Happened run(Context ctx) {
            throw new UnsupportedOperationException("this form observes no context");
        }
    }

    private static final class Indexed extends Plan {
        private final Selector selector;
        private Duration timeout;
        private boolean poll;

        Indexed(Selector selector) {
            this.selector = selector;
        }

        @Override
        Plan receive(ReceiveChan<Integer> chan) {
            selector.receive(chan);
            return this;
        }

        @Override
        Plan send(SendChan<Integer> chan, int value) {
            selector.send(chan, value);
            return this;
        }

        @Override
        Plan done(Context ctx) {
            selector.done(ctx);
            return this;
        }

        @Override
        Plan event(Done event) {
            selector.event(event);
            return this;
        }

        @Override
        Plan lock(Locker locker) {
            selector.lock(locker);
            return this;
        }

        @Override
        Plan acquire(WeightedSemaphore semaphore, long n) {
            selector.acquire(semaphore, n);
            return this;
        }

        @Override
        Plan completed(CompletionStage<?> stage) {
            selector.completed(stage);
            return this;
        }

        @Override
        Plan timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        @Override
        Plan orElse() {
            poll = true;
            return this;
        }

        @Override
        Happened run() {
            if (poll) {
                return happened(selector.poll(), Happened.DEFAULT);
            }
            return timeout == null
                    ? happened(selector.await(), null)
                    : happened(selector.await(timeout), Happened.LATE);
        }

        @Override
        Happened run(Context ctx) {
            return happened(selector.await(ctx), null);
        }

        private static Happened happened(Selector.Case done, Happened none) {
            return switch (done) {
                case null -> {
                    assertNotNull(none, "an await without limit answered null");
                    yield none;
                }
                case Selector.Receive<?> receive when receive.isClosed() -> Happened.closed(receive.index());
                case Selector.Receive<?> receive -> new Happened(receive.index(), receive.value(), true);
                case Selector.Send<?> send -> Happened.sent(send.index());
                case Selector.Event event -> Happened.event(event.index());
                case Selector.Acquire acquire -> Happened.event(acquire.index());
            };
        }
    }

    interface Body {
        void run() throws Throwable;
    }

    /// Threads whose failures reach the test when they are joined.
    static final class Threads {
        private final List<Thread> all = new ArrayList<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final long limit = System.nanoTime() + 15_000_000_000L;

        Thread go(Body body) {
            return started(Thread.ofVirtual().unstarted(guarded(body)));
        }

        Thread platform(Body body) {
            return started(Thread.ofPlatform().daemon().unstarted(guarded(body)));
        }

        private Runnable guarded(Body body) {
            return () -> {
                try {
                    body.run();
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            };
        }

        private Thread started(Thread thread) {
            all.add(thread);
            thread.start();
            return thread;
        }

        Throwable failure() {
            return failure.get();
        }

        void join() throws InterruptedException {
            for (Thread thread : all) {
                while (!thread.join(Duration.ofMillis(20))) {
                    if (failure.get() != null) {
                        throw new AssertionError("a thread failed, and another still runs", failure.get());
                    }
                    if (System.nanoTime() - limit > 0) {
                        Until.ended(thread); // fails with the stack of that thread
                    }
                }
            }
            all.clear();
            if (failure.get() != null) {
                throw new AssertionError("a thread failed", failure.get());
            }
        }

    }

    /// A select that runs on a goroutine of its own.
    static final class Running {
        final CompletableFuture<Happened> outcome = new CompletableFuture<>();
        final Thread thread;
        volatile boolean interruptedAfterwards;

        Running(Supplier<Happened> run) {
            thread = Thread.startVirtualThread(() -> {
                try {
                    Happened happened = run.get();
                    interruptedAfterwards = Thread.interrupted();
                    outcome.complete(happened);
                } catch (Throwable t) {
                    interruptedAfterwards = Thread.interrupted();
                    outcome.completeExceptionally(t);
                }
            });
        }

        Happened get() throws Exception {
            Until.ended(thread);
            return outcome.get();
        }

        <X extends Throwable> X failure(Class<X> type) throws Exception {
            Until.ended(thread);
            return assertInstanceOf(type, outcome.handle((_, t) -> t).get());
        }
    }

    /// Returns when so many stand in the queues of `chan`.
    static void queued(Chan<?> chan, int senders, int receivers) throws Exception {
        Until.until(senders + " senders and " + receivers + " receivers wait", () -> {
            ChanSnapshot now = chan.snapshot();
            return now.blockedSenders() == senders && now.blockedReceivers() == receivers;
        });
    }

    static void nobodyWaits(Chan<?>... chans) {
        for (Chan<?> chan : chans) {
            ChanSnapshot now = chan.snapshot();
            assertEquals(0, now.blockedSenders(), "senders in the queue of " + chan);
            assertEquals(0, now.blockedReceivers(), "receivers in the queue of " + chan);
        }
    }

    static Chan<Integer> filled(int capacity, int... values) {
        var chan = Chan.<Integer>buffered(capacity);
        for (int value : values) {
            chan.send(value);
        }
        return chan;
    }

    static Chan<Integer> ended() {
        var chan = Chan.<Integer>unbuffered();
        chan.close();
        return chan;
    }

    // What is ready.

    @ParameterizedTest
    @EnumSource
    void run_oneCaseReady_doesThatOneOnly(Form form) {
        var a = filled(1);
        var b = filled(2, 7, 8);
        var full = filled(1, 1);
        assertEquals(
                Happened.received(2, 7),
                form.plan().receive(a).send(full, 5).receive(b).run());
        assertEquals(List.of(0, 1, 1), List.of(a.len(), b.len(), full.len()));
        nobodyWaits(a, b, full);
    }

    @ParameterizedTest
    @EnumSource
    void run_partnerWaits_handsOver(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var silent = Chan.<Integer>unbuffered();
        var threads = new Threads();
        threads.go(() -> c.send(4));
        queued(c, 1, 0);
        assertEquals(Happened.received(1, 4), form.plan().receive(silent).receive(c).run());
        threads.go(() -> assertEquals(5, c.receive()));
        queued(c, 0, 1);
        assertEquals(Happened.sent(1), form.plan().send(silent, 9).send(c, 5).run());
        threads.join();
        nobodyWaits(c, silent);
    }

    @ParameterizedTest
    @EnumSource
    void run_nothingReady_waitsForWhicheverComesFirst(Form form) throws Exception {
        var a = Chan.<Integer>unbuffered();
        var b = filled(1, 1);
        var c = filled(8);
        Supplier<Happened> select = () -> form.plan().receive(a).send(b, 2).receive(c).run();

        var first = new Running(select);
        queued(c, 0, 1);
        a.send(10);
        assertEquals(Happened.received(0, 10), first.get());

        var second = new Running(select);
        queued(c, 0, 1);
        assertEquals(1, b.receive());
        assertEquals(Happened.sent(1), second.get());
        assertEquals(2, b.receive());
        b.send(1);

        var third = new Running(select);
        queued(c, 0, 1);
        c.send(30);
        assertEquals(Happened.received(2, 30), third.get());
        assertEquals(List.of(1, 0), List.of(b.len(), c.len()));
        nobodyWaits(a, b, c);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-02"})
    @Hazard(7)
    void default_onlyIfNothingIsReady_andNeverWaits(Form form) {
        var empty = filled(1);
        var full = filled(1, 1);
        var unbuffered = Chan.<Integer>unbuffered();
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    Happened.DEFAULT,
                    form.plan()
                            .receive(empty)
                            .send(full, 2)
                            .receive(unbuffered)
                            .send(unbuffered, 3)
                            .orElse()
                            .run());
        }
        nobodyWaits(empty, full, unbuffered);
        empty.send(6);
        assertEquals(
                Happened.received(0, 6),
                form.plan().receive(empty).send(full, 2).orElse().run());
        assertEquals(1, full.receive());
        assertEquals(
                Happened.sent(1), form.plan().receive(empty).send(full, 2).orElse().run());
        assertEquals(2, full.receive());
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-07"})
    void never_isIgnored_andWaitsForEverWithoutDefault(Form form) throws Exception {
        var never = Chan.<Integer>never();
        assertEquals(
                Happened.DEFAULT,
                form.plan().receive(never).send(never, 1).orElse().run());
        assertEquals(
                Happened.received(1, 3),
                form.plan().receive(never).receive(filled(1, 3)).send(never, 1).run());
        waitsForEver(() -> form.plan().receive(never).send(never, 1).run());
        nobodyWaits(never);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-08"})
    void select_withoutCases_waitsForEver_orTakesItsDefault(Form form) throws Exception {
        assertEquals(Happened.DEFAULT, form.plan().orElse().run());
        assertEquals(Happened.LATE, form.plan().timeout(Duration.ofNanos(1)).run());
        waitsForEver(() -> form.plan().run());
    }

    @ParameterizedTest
    @EnumSource
    void done_ofAContextThatNeverEnds_isIgnored(Form form) throws Exception {
        assertEquals(
                Happened.DEFAULT,
                form.plan().done(Context.background()).orElse().run());
        waitsForEver(() -> form.plan().done(Context.background()).run());
    }

    /// There is no event to await for "never": the thread parks, and only an interrupt gets it out.
    private static void waitsForEver(Supplier<Happened> select) throws Exception {
        var running = new Running(select);
        Until.waits(running.thread);
        assertFalse(running.outcome.isDone());
        running.thread.interrupt();
        running.failure(InterruptedWaitException.class);
        assertTrue(running.interruptedAfterwards, "the interrupt status is set again");
    }

    // Closed channels.

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-09"})
    void receive_onClosed_isReadyWithoutValue_afterTheBufferIsEmpty(Form form) {
        var c = filled(2, 1, 2);
        c.close();
        var silent = Chan.<Integer>unbuffered();
        assertEquals(Happened.received(1, 1), form.plan().receive(silent).receive(c).run());
        assertEquals(
                Happened.received(0, 2),
                form.plan().receive(c).receive(silent).orElse().run());
        for (int i = 0; i < 3; i++) {
            assertEquals(Happened.closed(1), form.plan().receive(silent).receive(c).run());
            assertEquals(
                    Happened.closed(0),
                    form.plan().receive(c).receive(silent).orElse().run());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-10"})
    void send_onClosed_throws_alsoWithDefault(Form form) {
        var named = Chan.<Integer>named("jobs").buffered(1);
        named.close();
        var silent = Chan.<Integer>unbuffered();
        for (var plan : List.of(
                form.plan().send(named, 1),
                form.plan().receive(silent).send(named, 1),
                form.plan().send(named, 1).orElse(),
                form.plan().send(named, 1).timeout(HOUR))) {
            var e = assertThrows(ChanClosedException.class, plan::run);
            assertEquals("send on closed channel \"jobs\"", e.getMessage());
            assertEquals("jobs", e.channel());
            assertFalse(e.isAbandoned());
        }
        nobodyWaits(silent, named);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-11"})
    void send_onClosedAndAnotherReady_bothOccur(Form form) {
        var closed = ended();
        var open = filled(1, 5);
        int thrown = 0;
        int received = 0;
        var plan = form.plan().send(closed, 1).receive(open);
        for (int i = 0; i < 2_000; i++) {
            try {
                assertEquals(Happened.received(1, 5), plan.run());
                received++;
                open.send(5);
            } catch (ChanClosedException e) {
                thrown++;
            }
        }
        // Binomial with 2,000 and one half: 700 is over 13 standard deviations off.
        int fewer = Math.min(thrown, received);
        assertTrue(fewer > 700, thrown + " thrown, " + received + " received");
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-12"})
    void close_whileBlocked_endsTheReceiveCase(Form form) throws Exception {
        var a = Chan.<Integer>unbuffered();
        var b = filled(8);
        var running = new Running(() -> form.plan().receive(a).receive(b).run());
        queued(b, 0, 1);
        b.close();
        assertEquals(Happened.closed(1), running.get());
        nobodyWaits(a, b);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-12"})
    void close_whileBlocked_makesTheSendCaseThrow(Form form) throws Exception {
        var a = Chan.<Integer>unbuffered();
        var b = Chan.<Integer>named("b").unbuffered();
        var running = new Running(() -> form.plan().receive(a).send(b, 1).run());
        queued(b, 1, 0);
        b.close();
        assertEquals(
                "send on closed channel \"b\"",
                running.failure(ChanClosedException.class).getMessage());
        nobodyWaits(a, b);
    }

    @ParameterizedTest
    @EnumSource
    void closeWithCause_whileBlocked_reachesBothSides(Form form) throws Exception {
        for (boolean sends : new boolean[] {true, false}) {
            var c = Chan.<Integer>unbuffered();
            var cause = new IllegalStateException("broken");
            var running = new Running(
                    () -> (sends ? form.plan().send(c, 1) : form.plan().receive(c)).run());
            queued(c, sends ? 1 : 0, sends ? 0 : 1);
            c.close(cause);
            if (sends) {
                assertSame(cause, running.failure(ChanClosedException.class).getCause());
            } else {
                assertEquals(Happened.closed(0), running.get());
            }
            nobodyWaits(c);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abandon_whileBlocked_makesTheSendCaseThrowWithTheReason(Form form) throws Exception {
        var full = Chan.<Integer>named("out").buffered(1);
        full.send(0);
        var silent = Chan.<Integer>unbuffered();
        var running = new Running(() -> form.plan().receive(silent).send(full, 1).run());
        queued(full, 1, 0);
        full.abandon("enough");
        var e = running.failure(ChanClosedException.class);
        assertTrue(e.isAbandoned());
        assertEquals("send on abandoned channel \"out\": enough", e.getMessage());
        nobodyWaits(full, silent);
        assertThrows(
                ChanClosedException.class, () -> form.plan().send(full, 1).orElse().run());
    }

    @ParameterizedTest
    @EnumSource
    void abandon_whileReceiveIsBlocked_endsIt(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var running = new Running(() -> form.plan().receive(c).run());
        queued(c, 0, 1);
        c.abandon("enough");
        assertEquals(Happened.closed(0), running.get());
        nobodyWaits(c);
    }

    @ParameterizedTest
    @EnumSource
    void producer_thatIsDone_cannotSendInASelectEither(Form form) {
        var c = Chan.<Integer>buffered(4);
        var producers = c.producers(2);
        var first = producers.get(0);
        assertEquals(Happened.sent(0), form.plan().send(first, 1).run());
        var prepared = form.plan().send(first, 2);
        first.close();
        assertThrows(ChanClosedException.class, () -> first.send(2)); // so it is without select
        assertThrows(ChanClosedException.class, () -> form.plan().send(first, 2).run());
        assertThrows(ChanClosedException.class, prepared::run);
        assertEquals(Happened.sent(0), form.plan().send(producers.get(1), 3).run());
        assertEquals(2, c.len());
    }

    // The other kinds of channels.

    @ParameterizedTest
    @EnumSource
    void send_toAnUnlimitedChannel_isAlwaysReady(Form form) {
        var c = Chan.<Integer>unlimited();
        for (int i = 0; i < 100; i++) {
            assertEquals(Happened.sent(0), form.plan().send(c, i).orElse().run());
        }
        assertEquals(100, c.len());
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    Happened.received(0, i), form.plan().receive(c).orElse().run());
        }
        assertEquals(Happened.DEFAULT, form.plan().receive(c).orElse().run());
    }

    @ParameterizedTest
    @EnumSource
    void send_toADroppingChannel_isAlwaysReady(Form form) {
        var dropped = new ArrayList<Integer>();
        var latest = Chan.<Integer>onUndelivered(dropped::add).latest();
        var oldest = Chan.<Integer>onUndelivered(dropped::add).droppingOldest(2);
        var newest = Chan.<Integer>onUndelivered(dropped::add).droppingNewest(2);
        for (int i = 1; i <= 3; i++) {
            assertEquals(Happened.sent(0), form.plan().send(latest, i).timeout(Duration.ZERO).run());
            assertEquals(Happened.sent(0), form.plan().send(oldest, 10 * i).timeout(Duration.ZERO).run());
            assertEquals(Happened.sent(0), form.plan().send(newest, 100 * i).timeout(Duration.ZERO).run());
        }
        assertEquals(List.of(1, 2, 10, 300), dropped);
        assertEquals(3, latest.receive());
        assertEquals(List.of(20, 30), List.of(oldest.receive(), oldest.receive()));
        assertEquals(List.of(100, 200), List.of(newest.receive(), newest.receive()));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-15", "CH-25"})
    void sides_ofAnUnbufferedChannel_neverMeetThemselves(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var select = new Running(() -> form.plan().send(c.sendOnly(), 1).receive(c.receiveOnly()).run());
        queued(c, 1, 1);
        c.send(5);
        assertEquals(Happened.received(1, 5), select.get());
        nobodyWaits(c);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-16", "CH-25"})
    void sides_ofAChannel_areTheSameChannel(Form form) {
        var c = Chan.<Integer>buffered(1);
        var plan = form.plan().send(c.sendOnly(), 1).receive(c.receiveOnly());
        assertEquals(Happened.sent(0), plan.run());
        assertEquals(Happened.received(1, 1), plan.run());
    }

    // Evaluation.

    /// To take the lock of a case is no change of an earlier one of the same channel: the select looked again and again, for ever.
    @Test
    void ordered_sameChannelBefore_takesTheCaseThatIsReady() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            Chan<Integer> chan = Chan.buffered(1);
            Select<String> both = Select.<String>ordered().receive(chan, v -> "got " + v).send(chan, 7, () -> "sent");
            assertEquals("sent", both.run());
            assertEquals("got 7", both.run());
            assertEquals("sent", both.run());
            Select<String> twice = Select.<String>ordered().send(chan, 8, () -> "first").send(chan, 9, () -> "second")
                    .receive(chan, v -> "got " + v).receive(chan, v -> "then got " + v).orElse(() -> "none");
            assertEquals("got 7", twice.run());
            assertEquals("first", twice.run());
            assertEquals("got 8", twice.run());
        });
    }

    @Test
    @Item({"SEL-13"})
    void operands_areEvaluatedOnceEachInSourceOrder_whateverWins() {
        var log = new ArrayList<String>();
        var c = Chan.<Integer>unbuffered();
        class Source {
            Chan<Integer> chan(String name) {
                log.add(name);
                return c;
            }

            int value(int v) {
                log.add("v" + v);
                return v;
            }
        }
        var s = new Source();
        var order = List.of("a", "v1", "b", "c", "v2", "d", "e", "v3", "f", "v4");
        assertEquals(10, order.size());

        int chain = Select.<Integer>first()
                .send(s.chan("a"), s.value(1), () -> 0)
                .receive(s.chan("b"), v -> v)
                .send(s.chan("c"), s.value(2), () -> 0)
                .receive(s.chan("d"), v -> v)
                .send(s.chan("e"), s.value(3), () -> 0)
                .send(s.chan("f"), s.value(4), () -> 0)
                .orElse(() -> -1)
                .run();
        assertEquals(-1, chain);
        assertEquals(order, log);

        log.clear();
        int cases = Select.first(
                Case.send(s.chan("a"), s.value(1), () -> 0),
                Case.receive(s.chan("b"), v -> v),
                Case.send(s.chan("c"), s.value(2), () -> 0),
                Case.receive(s.chan("d"), v -> v),
                Case.send(s.chan("e"), s.value(3), () -> 0),
                Case.send(s.chan("f"), s.value(4), () -> 0),
                Case.orElse(() -> -1));
        assertEquals(-1, cases);
        assertEquals(order, log);

        log.clear();
        var selector = Selector.random();
        selector.send(s.chan("a"), s.value(1));
        selector.receive(s.chan("b"));
        selector.send(s.chan("c"), s.value(2));
        selector.receive(s.chan("d"));
        selector.send(s.chan("e"), s.value(3));
        selector.send(s.chan("f"), s.value(4));
        assertNull(selector.poll());
        assertEquals(order, log);
    }

    /// The case that happens stands between two whose operands were evaluated for nothing, as Go does it.
    @Test
    @Item({"SEL-13"})
    void operands_ofTheOtherCases_areEvaluatedOnceTooWhenOneWins() {
        var log = new ArrayList<String>();
        var silent = Chan.<Integer>unbuffered();
        class Source {
            Chan<Integer> chan(String name, Chan<Integer> chan) {
                log.add(name);
                return chan;
            }

            int value(int v) {
                log.add("v" + v);
                return v;
            }
        }
        var s = new Source();
        var order = List.of("a", "v1", "b", "c", "v2");

        int chain = Select.<Integer>first()
                .send(s.chan("a", silent), s.value(1), () -> 0)
                .receive(s.chan("b", filled(1, 7)), v -> v)
                .send(s.chan("c", silent), s.value(2), () -> 0)
                .run();
        assertEquals(7, chain);
        assertEquals(order, log);

        log.clear();
        int cases = Select.first(
                Case.send(s.chan("a", silent), s.value(1), () -> 0),
                Case.receive(s.chan("b", filled(1, 7)), v -> v),
                Case.send(s.chan("c", silent), s.value(2), () -> 0));
        assertEquals(7, cases);
        assertEquals(order, log);

        log.clear();
        var selector = Selector.random();
        selector.send(s.chan("a", silent), s.value(1));
        var receive = selector.receive(s.chan("b", filled(2, 7, 8)));
        selector.send(s.chan("c", silent), s.value(2));
        for (int v = 7; v <= 8; v++) {
            assertSame(receive, selector.await());
            assertEquals(v, (int) receive.value());
            assertEquals(order, log);
        }
    }

    @Test
    @Item({"SEL-14"})
    void handler_runsForTheWinnerOnly_andOnTheCallingThread() {
        var ran = new ArrayList<String>();
        var me = Thread.currentThread();
        for (int i = 0; i < 200; i++) {
            ran.clear();
            var a = filled(1, 1);
            var b = filled(1, 2);
            String answer = Select.<String>first()
                    .receive(a, v -> note(ran, "a" + v, me))
                    .next(b, got -> note(ran, "b" + got, me))
                    .send(filled(1), 3, () -> note(ran, "c", me))
                    .timeout(HOUR, () -> note(ran, "late", me))
                    .run();
            assertEquals(List.of(answer), ran);
        }
    }

    private static String note(List<String> log, String what, Thread expected) {
        assertSame(expected, Thread.currentThread());
        log.add(what);
        return what;
    }

    // One channel in several cases.

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-15"})
    void sendAndReceive_onOneUnbufferedChannel_meetAnotherOnlyAndNotThemselves(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        assertEquals(
                Happened.DEFAULT, form.plan().send(c, 1).receive(c).orElse().run());
        var first = new Running(() -> form.plan().send(c, 1).receive(c).run());
        queued(c, 1, 1);
        assertFalse(first.outcome.isDone());
        var second = new Running(() -> form.plan().receive(c).send(c, 2).run());
        Happened one = first.get();
        Happened two = second.get();
        assertTrue(
                one.equals(Happened.sent(0)) && two.equals(Happened.received(0, 1))
                        || one.equals(Happened.received(1, 2)) && two.equals(Happened.sent(1)),
                one + ", " + two);
        nobodyWaits(c);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-16"})
    void sendAndReceive_onOneBufferedChannel_alternate(Form form) {
        var c = Chan.<Integer>buffered(1);
        var plan = form.plan().send(c, 7).receive(c);
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Happened.sent(0), plan.run());
            assertEquals(Happened.received(1, 7), plan.run());
        }
        nobodyWaits(c);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-18"})
    void sameChannelTwice_isTakenOffProperly_soThatALaterWaiterIsWoken(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var d = Chan.<Integer>unbuffered();
        var a = new Running(() -> form.plan().receive(c).receive(c).receive(d).run());
        queued(c, 0, 2);
        var b = new Running(() -> Happened.received(0, c.receive()));
        queued(c, 0, 3);
        d.send(7);
        assertEquals(Happened.received(2, 7), a.get());
        queued(c, 0, 1);
        c.send(8);
        assertEquals(Happened.received(0, 8), b.get());
        nobodyWaits(c, d);

        var senders = new Running(
                () -> form.plan().send(c, 1).receive(d).send(c, 2).send(c, 3).run());
        queued(c, 3, 0);
        var later = new Running(() -> {
            c.send(4);
            return Happened.sent(0);
        });
        queued(c, 4, 0);
        d.send(9);
        assertEquals(Happened.received(1, 9), senders.get());
        assertEquals(4, c.receive());
        later.get();
        nobodyWaits(c, d);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-19"})
    void loser_isTakenOffBetweenOthers_bothSides(Form form) throws Exception {
        var c1 = Chan.<Integer>unbuffered();
        var c2 = Chan.<Integer>unbuffered();
        for (boolean sends : new boolean[] {false, true}) {
            var before = new Running(() -> plain(c1, sends, 1));
            queued(c1, sends ? 1 : 0, sends ? 0 : 1);
            var loser =
                    new Running(() -> (sends ? form.plan().send(c1, 2) : form.plan().receive(c1)).receive(c2).run());
            queued(c1, sends ? 2 : 0, sends ? 0 : 2);
            var after = new Running(() -> plain(c1, sends, 3));
            queued(c1, sends ? 3 : 0, sends ? 0 : 3);
            c2.send(5);
            assertEquals(Happened.received(1, 5), loser.get());
            if (sends) {
                assertEquals(List.of(1, 3), List.of(c1.receive(), c1.receive()));
            } else {
                c1.send(1);
                c1.send(3);
                assertEquals(Happened.received(0, 1), before.get());
                assertEquals(Happened.received(0, 3), after.get());
            }
            before.get();
            after.get();
            nobodyWaits(c1, c2);
        }
    }

    private static Happened plain(Chan<Integer> chan, boolean sends, int value) {
        if (sends) {
            chan.send(value);
            return Happened.sent(0);
        }
        return Happened.received(0, chan.receive());
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-18"})
    @Hazard(5)
    void winner_leavesTheOtherPlacesInTheSameQueue(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var select = new Running(() -> form.plan().receive(c).receive(c).receive(c).run());
        queued(c, 0, 3);
        c.send(1);
        assertEquals(Happened.received(0, 1), select.get());
        nobodyWaits(c);
        assertFalse(c.trySend(2), "nobody is left who receives");
    }

    // Events, timeouts, contexts.

    @ParameterizedTest
    @EnumSource
    void done_beforeAndWhileWaiting_happens(Form form) throws Exception {
        var silent = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var child = ctx.withTimeout(HOUR);
        assertEquals(
                Happened.DEFAULT,
                form.plan().receive(silent).done(child).orElse().run());
        var running = new Running(() -> form.plan().receive(silent).done(child).run());
        queued(silent, 0, 1);
        ctx.cancel();
        assertEquals(Happened.event(1), running.get());
        for (int i = 0; i < 3; i++) {
            assertEquals(Happened.event(1), form.plan().receive(silent).done(child).run());
            assertEquals(
                    Happened.event(0), form.plan().done(child).receive(silent).orElse().run());
        }
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    void done_ofTheSameContextTwice_happensOnce(Form form) throws Exception {
        var ctx = Context.background().withCancel();
        var silent = Chan.<Integer>unbuffered();
        var running =
                new Running(() -> form.plan().done(ctx).done(ctx).receive(silent).run());
        queued(silent, 0, 1);
        ctx.cancel();
        Happened got = running.get();
        assertTrue(got.equals(Happened.event(0)) || got.equals(Happened.event(1)), got::toString);
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    void completed_beforeAndWhileWaiting_happensInWhateverWayTheFutureEnds(Form form) throws Exception {
        var silent = Chan.<Integer>unbuffered();
        List<java.util.function.Consumer<CompletableFuture<String>>> ends =
                List.of(f -> f.complete("x"), f -> f.completeExceptionally(new RuntimeException()),
                        f -> f.cancel(false), f -> f
                                .complete(null));
        for (var end : ends) {
            var future = new CompletableFuture<String>();
            assertEquals(
                    Happened.DEFAULT,
                    form.plan().completed(future).receive(silent).orElse().run());
            var running =
                    new Running(() -> form.plan().receive(silent).completed(future).run());
            queued(silent, 0, 1);
            end.accept(future);
            assertEquals(Happened.event(1), running.get());
            assertEquals(
                    Happened.event(0), form.plan().completed(future).orElse().run());
        }
        nobodyWaits(silent);
        assertEquals(
                Happened.event(0),
                form.plan()
                        .completed(CompletableFuture.completedStage(1))
                        .orElse()
                        .run());
    }

    @ParameterizedTest
    @EnumSource
    void completed_ofAProcess_happensWhenItExits(Form form) throws Exception {
        var silent = Chan.<Integer>unbuffered();
        var process = new ProcessBuilder("cat").start(); // lives until its input ends
        var exit = process.onExit();
        assertEquals(
                Happened.DEFAULT,
                form.plan().completed(exit).receive(silent).orElse().run());
        var running = new Running(() -> form.plan().receive(silent).completed(exit).run());
        queued(silent, 0, 1);
        process.getOutputStream().close();
        assertEquals(Happened.event(1), running.get());
        assertFalse(process.isAlive());
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-24"})
    void timeout_onAVirtualClock_firesAtItsInstantAndNotBefore(Form form) {
        var time = new ManualScheduler();
        var got = new AtomicReference<Happened>();
        var silent = time.call(Chan::<Integer>unbuffered);
        time.go(() -> got.set(
                form.plan().receive(silent).timeout(Duration.ofSeconds(5)).run()));
        time.awaitIdle();
        assertEquals(1, time.timers());
        assertEquals(1, silent.snapshot().blockedReceivers());
        time.advance(Duration.ofSeconds(5).minusNanos(1));
        assertNull(got.get());
        time.advance(1);
        time.awaitIdle();
        assertEquals(Happened.LATE, got.get());
        assertEquals(0, time.timers());
        assertEquals(0, time.lowest());
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-24"})
    void timeout_thatLoses_leavesNoTimer(Form form) {
        var time = new ManualScheduler();
        var c = time.call(Chan::<Integer>unbuffered);
        var ready = filled(1, 1);
        time.run(() -> form.plan().receive(ready).timeout(HOUR).run());
        assertEquals(0, time.timers());
        var got = new AtomicReference<Happened>();
        time.go(() -> got.set(form.plan().receive(c).timeout(HOUR).run()));
        time.awaitIdle();
        assertEquals(1, time.timers());
        time.run(() -> c.send(3));
        time.awaitIdle();
        assertEquals(Happened.received(0, 3), got.get());
        assertEquals(0, time.timers());

        var ctx = time.call(() -> Context.background().withCancel());
        time.go(() -> got.set(form.plan().receive(c).done(ctx).timeout(HOUR).run()));
        time.awaitIdle();
        assertEquals(1, time.timers());
        time.run(ctx::cancel);
        time.awaitIdle();
        assertEquals(Happened.event(1), got.get());
        assertEquals(0, time.timers());
        assertEquals(0, time.lowest());
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-24"})
    void timeout_onTheRealClock_isNotEarly(Form form) {
        var silent = Chan.<Integer>unbuffered();
        long start = System.nanoTime();
        assertEquals(
                Happened.LATE,
                form.plan().receive(silent).timeout(Duration.ofMillis(5)).run());
        assertTrue(System.nanoTime() - start >= 5_000_000);
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    void timeout_ofZeroOrLess_isOverAtOnce_unlessSomethingIsReady(Form form) {
        var silent = Chan.<Integer>unbuffered();
        var ready = filled(3, 1, 2, 3);
        var spans = List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE));
        for (Duration span : spans) {
            assertEquals(Happened.LATE, form.plan().receive(silent).timeout(span).run());
            assertTrue(form.plan().receive(ready).timeout(span).run().ok());
        }
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource
    void timeout_ofTheLongestDuration_doesNotOverflow(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var running = new Running(() -> form.plan().receive(c).timeout(Duration.ofSeconds(Long.MAX_VALUE)).run());
        queued(c, 0, 1);
        c.send(1);
        assertEquals(Happened.received(0, 1), running.get());
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAIN", "SELECTOR"})
    void runUnderAContext_endsWithIt_andNothingWasDone(Form form) throws Exception {
        var silent = Chan.<Integer>unbuffered();
        var full = filled(1, 1);
        var ctx = Context.background().withCancel();
        var running =
                new Running(() -> form.plan().receive(silent).send(full, 2).run(ctx));
        queued(silent, 0, 1);
        ctx.cancel("stop it");
        var e = running.failure(CancelledException.class);
        assertTrue(e.getMessage().contains("cancel") || e.getMessage().contains("stop it"), e.getMessage());
        nobodyWaits(silent, full);
        assertEquals(1, full.len());
        assertFalse(running.interruptedAfterwards);

        var late = Context.background().withTimeout(Duration.ofMillis(2));
        assertThrows(
                DeadlineExceededException.class, () -> form.plan().receive(silent).run(late));
        nobodyWaits(silent);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAIN", "SELECTOR"})
    @Hazard(7)
    void runUnderAContext_thatHasEnded_doesNothingThoughACaseIsReady(Form form) {
        var ready = filled(1, 1);
        var ctx = Context.background().withCancel();
        ctx.cancel();
        assertThrows(CancelledException.class, () -> form.plan().receive(ready).run(ctx));
        assertEquals(1, ready.len());
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAIN", "SELECTOR"})
    void runUnderAContext_thatLives_doesACase_andLeavesItsContext(Form form) throws Exception {
        var c = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        assertEquals(Happened.received(0, 1), form.plan().receive(filled(1, 1)).run(ctx));
        var running = new Running(() -> form.plan().receive(c).run(ctx));
        queued(c, 0, 1);
        c.send(6);
        assertEquals(Happened.received(0, 6), running.get());
        assertEquals(0, SelectLeakTest.listeners(ctx));
        assertEquals(
                Happened.received(0, 2), form.plan().receive(filled(1, 2)).run(Context.background()));
    }

    @ParameterizedTest
    @EnumSource
    @Item({"SEL-25"})
    void loop_overWorkAndDone_endsAfterTheCancel(Form form) throws Exception {
        var work = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var afterCancel = new AtomicInteger();
        var threads = new Threads();
        threads.go(() -> {
            var plan = form.plan().receive(work).done(ctx);
            while (plan.run().index() == 0) {
                if (ctx.cause() != null) {
                    afterCancel.incrementAndGet();
                }
            }
            work.abandon("over");
        });
        threads.go(() -> {
            try {
                for (int i = 0;; i++) {
                    work.send(i);
                    if (i == 100) {
                        ctx.cancel();
                    }
                }
            } catch (ChanClosedException e) {
                assertTrue(e.isAbandoned());
            }
        });
        threads.join();
        // No priority: each further item is taken with one half at most. 60 by chance: less than once in 10^18.
        assertTrue(afterCancel.get() < 60, afterCancel + " items after the cancel");
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_whileWaiting_endsItAndNothingWasDone(Form form) throws Exception {
        var silent = Chan.<Integer>unbuffered();
        var full = filled(1, 1);
        var running = new Running(
                () -> form.plan().receive(silent).send(full, 2).timeout(HOUR).run());
        queued(silent, 0, 1);
        running.thread.interrupt();
        running.failure(InterruptedWaitException.class);
        assertTrue(running.interruptedAfterwards);
        nobodyWaits(silent, full);
        assertEquals(1, full.receive());
        assertEquals(0, full.len());
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_thatCameBefore_doesNotMatterWhenSomethingIsReady(Form form) {
        Thread.currentThread().interrupt();
        try {
            assertEquals(
                    Happened.received(0, 1), form.plan().receive(filled(1, 1)).run());
            assertEquals(
                    Happened.DEFAULT,
                    form.plan().receive(filled(1)).orElse().run());
            assertTrue(Thread.currentThread().isInterrupted());
            assertThrows(
                    InterruptedWaitException.class,
                    () -> form.plan().receive(filled(1)).run());
            assertTrue(Thread.currentThread().isInterrupted());
        } finally {
            Thread.interrupted();
        }
    }

    // Order.

    @ParameterizedTest
    @EnumSource
    void ordered_takesTheFirstThatIsReady(Form form) {
        var a = Chan.<Integer>buffered(1);
        var b = Chan.<Integer>buffered(1);
        var ctx = Context.background().withCancel();
        var future = new CompletableFuture<Integer>();
        var plan = form.ready(true).receive(a).done(ctx).receive(b).completed(future).send(filled(10_000), 1);
        for (int i = 0; i < 300; i++) {
            assertEquals(Happened.sent(4), plan.run());
        }
        future.complete(1);
        for (int i = 0; i < 100; i++) {
            assertEquals(Happened.event(3), plan.run());
            b.send(i);
            assertEquals(Happened.received(2, i), plan.run());
        }
        ctx.cancel();
        for (int i = 0; i < 100; i++) {
            b.trySend(i);
            assertEquals(Happened.event(1), plan.run());
            a.send(i);
            assertEquals(Happened.received(0, i), plan.run());
        }
    }

    // With handlers.

    @Test
    @Item({"SEL-23"})
    void never_inPlaceOfAChannel_disablesItsCase() {
        var a = filled(3, 1, 2, 3);
        a.close();
        var b = filled(2, 10, 20);
        b.close();
        ReceiveChan<Integer> left = a;
        ReceiveChan<Integer> right = b;
        var sum = 0;
        while (left != Chan.<Integer>never() || right != Chan.<Integer>never()) {
            Happened got = Select.first(
                    Case.next(left, r -> happened(0, r)),
                    Case.next(right, r -> happened(1, r)));
            if (got.ok()) {
                sum += (Integer) got.value();
            } else if (got.index() == 0) {
                left = Chan.never();
            } else {
                right = Chan.never();
            }
        }
        assertEquals(36, sum);
    }

    @Test
    void receive_onClosed_throwsInTheShortForm_andTellsInTheLongOne() {
        var closed = Chan.<Integer>named("in").unbuffered();
        var cause = new IllegalArgumentException("broken");
        closed.close(cause);
        var select = Select.<Integer>first().receive(closed, v -> v);
        var e = assertThrows(ChanClosedException.class, select::run);
        assertEquals("receive on closed channel \"in\": broken", e.getMessage());
        assertSame(cause, e.getCause());
        assertSame(
                cause,
                assertInstanceOf(
                        Received.Closed.class,
                        Select.<Received<Integer>>first()
                                .next(closed, got -> got)
                                .run())
                        .cause());
    }

    @Test
    void done_givesTheCause_andNullIsAnAnswer() {
        var ctx = Context.background().withCancel();
        var cause = new IllegalStateException("why");
        ctx.cancel(cause);
        assertSame(cause, Select.<Throwable>first().done(ctx, c -> c).run());
        assertNull(Select.<String>first().done(ctx, _ -> null).run());
        assertNull(Select.<String>first().orElse(() -> null).run());
        assertNull(Select.<String>first().timeout(Duration.ZERO, () -> null).run());
    }

    @Test
    @Item({"SEL-28"})
    void handler_thatThrows_leavesNoTrace_andTheSelectCanRunAgain() throws Exception {
        var silent = Chan.<Integer>unbuffered();
        var c = Chan.<Integer>unbuffered();
        var ctx = Context.background().withCancel();
        var failure = new IllegalStateException("from the handler");
        var select = Select.<Happened>first()
                .receive(silent, _ -> Happened.DEFAULT)
                .receive(c, v -> {
                    if (v == 1) {
                        throw failure;
                    }
                    return Happened.received(1, v);
                })
                .done(ctx, _ -> Happened.event(2));
        var first = new Running(select::run);
        queued(c, 0, 1);
        c.send(1);
        assertSame(failure, first.failure(IllegalStateException.class));
        nobodyWaits(silent, c);
        assertEquals(0, SelectLeakTest.listeners(ctx));
        var second = new Running(select::run);
        queued(c, 0, 1);
        c.send(2);
        assertEquals(Happened.received(1, 2), second.get());
        nobodyWaits(silent, c);
    }

    @Test
    void select_runFromItsOwnHandler_isAllowed_sinceItIsOver() {
        var c = filled(3, 1, 2, 3);
        var log = new ArrayList<Integer>();
        var select = Select.<Integer>first();
        select.receive(c, v -> {
            log.add(v);
            int deeper = v < 3 ? select.run() : 0;
            return v * 10 + deeper;
        });
        assertEquals(60, select.run());
        assertEquals(List.of(1, 2, 3), log);
    }

    @Test
    void select_onWhichAnotherGoroutineWaits_refusesASecondOne() throws Exception {
        var c = Chan.<Integer>unbuffered();
        var select = Select.<Happened>first().next(c, got -> happened(0, got));
        var running = new Running(select::run);
        queued(c, 0, 1);
        var e = assertThrows(IllegalStateException.class, select::run);
        assertTrue(e.getMessage().contains("each goroutine needs its own"), e.getMessage());
        assertAll(
                () -> assertThrows(IllegalStateException.class, () -> select.receive(c, _ -> Happened.DEFAULT)),
                () -> assertThrows(IllegalStateException.class, () -> select.send(c, 1, () -> Happened.DEFAULT)),
                () -> assertThrows(
                        IllegalStateException.class, () -> select.done(Context.background(), _ -> Happened.DEFAULT)));
        assertEquals(1, c.snapshot().blockedReceivers(), "the refusals change nothing");
        c.send(5);
        assertEquals(Happened.received(0, 5), running.get());
        c.close();
        assertEquals(Happened.closed(0), select.run());
    }

    @Test
    void select_preparedOnce_runsThousandsOfTimesWithDifferentOutcomes() {
        var a = Chan.<Integer>buffered(1);
        var b = Chan.<Integer>buffered(1);
        var ctx = Context.background().withCancel();
        var select = Select.<Happened>ordered()
                .next(a, got -> happened(0, got))
                .next(b, got -> happened(1, got))
                .done(ctx, _ -> Happened.event(2))
                .timeout(Duration.ZERO, () -> Happened.LATE);
        for (int i = 0; i < 5_000; i++) {
            assertEquals(Happened.LATE, select.run());
            a.send(i);
            assertEquals(Happened.received(0, i), select.run());
            b.send(-i);
            assertEquals(Happened.received(1, -i), select.run());
        }
        ctx.cancel();
        assertEquals(Happened.event(2), select.run());
        b.close();
        assertEquals(Happened.closed(1), select.run());
        a.send(1);
        assertEquals(Happened.received(0, 1), select.run());
        assertEquals(Happened.closed(1), select.run());
    }

    @Test
    void select_withTwoOfTimeoutAndDefault_isRefused() {
        var select = Select.<Integer>first().timeout(HOUR, () -> 1);
        assertThrows(IllegalStateException.class, () -> select.orElse(() -> 2));
        assertThrows(IllegalStateException.class, () -> select.timeout(HOUR, () -> 2));
        var other = Select.<Integer>first().orElse(() -> 3);
        assertThrows(IllegalStateException.class, () -> other.timeout(Duration.ZERO, () -> 2));
        assertEquals(3, other.run());
        assertThrows(
                IllegalStateException.class,
                () -> Select.first(Case.orElse(() -> 1), Case.<Integer>orElse(() -> 2)));
    }

    @Test
    void select_ofNull_isRefusedAndUnchanged() throws Exception {
        var c = Chan.<Integer>buffered(1);
        var select = Select.<Integer>first();
        assertAll(
                () -> assertThrows(NullPointerException.class, () -> select.receive(null, v -> 1)),
                () -> assertThrows(NullPointerException.class, () -> select.receive(c, null)),
                () -> assertThrows(NullPointerException.class, () -> select.next(c, null)),
                () -> assertThrows(NullPointerException.class, () -> select.send(c, null, () -> 1)),
                () -> assertThrows(NullPointerException.class, () -> select.send(c, 1, null)),
                () -> assertThrows(NullPointerException.class, () -> select.done(null, _ -> 1)),
                () -> assertThrows(NullPointerException.class, () -> select.done(Context.background(), null)),
                () -> assertThrows(NullPointerException.class, () -> select.completed(null, () -> 1)),
                () -> assertThrows(NullPointerException.class, () -> select.timeout(null, () -> 1)),
                () -> assertThrows(NullPointerException.class, () -> select.timeout(Duration.ZERO, null)),
                () -> assertThrows(NullPointerException.class, () -> select.orElse(null)));
        assertEquals("select (no cases)", select.toString());
        select.receive(c, v -> v);
        c.send(9);
        assertEquals(9, select.run());
        var blocked = new Running(() -> Happened.received(0, select.run()));
        Until.until(
                "waits or ends",
                () -> c.snapshot().blockedReceivers() == 1 || blocked.outcome.isDone());
        assertFalse(blocked.outcome.isDone(), "the timeout that was refused holds");
        c.send(4);
        assertEquals(Happened.received(0, 4), blocked.get());
    }

    @Test
    void run_onAThreadThatWaits_saysSelectInDumps() throws Exception {
        var c = Chan.<Integer>unbuffered();
        var thread = Thread.ofPlatform().daemon().start(() -> Select.<Integer>first()
                .receive(c, v -> v)
                .done(Context.background(), _ -> 0)
                .receive(c, v -> v)
                .run());
        queued(c, 0, 2);
        Until.until("parks", () -> java.util.concurrent.locks.LockSupport.getBlocker(thread) != null);
        assertEquals(
                "select (2 cases)",
                String.valueOf(java.util.concurrent.locks.LockSupport.getBlocker(thread)));
        c.send(1);
        Until.ended(thread);
    }

    @Test
    void toString_ofCasesWithNames_saysTheFirstOfThem() {
        var jobs = Chan.<Integer>named("jobs (of today)").buffered(3);
        var select = Select.<Integer>first().receive(jobs, v -> v).receive(Chan.<Integer>unbuffered(), v -> v)
                .send(jobs, 1, () -> 1).lock(Mutex.named("m"), () -> 1).done(Context.background(), _ -> 0);
        assertEquals("select of channel \"jobs (of today)\", mutex \"m\" (4 cases)", select.toString());
        try (var page = Context.background().withName("page").withCancel()) {
            select.done(page, _ -> 0).acquire(WeightedSemaphore.named("db", 3), 1, () -> 1);
            assertEquals(
                    "select of channel \"jobs (of today)\", mutex \"m\", done of \"page\", semaphore \"db\" (6 cases)",
                    select.toString());
            select.receive(Chan.<Integer>named("more").unbuffered(), v -> v);
            assertEquals(
                    "select of channel \"jobs (of today)\", mutex \"m\", done of \"page\", semaphore \"db\", … (7 cases)",
                    select.toString());
        }
    }
}
