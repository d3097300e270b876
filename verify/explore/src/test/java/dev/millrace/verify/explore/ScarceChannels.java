package dev.millrace.verify.explore;

import static dev.millrace.verify.explore.Scarcity.done;
import static dev.millrace.verify.explore.Scarcity.isScarcity;
import static dev.millrace.verify.explore.Scarcity.listen;
import static dev.millrace.verify.explore.Scarcity.made;
import static dev.millrace.verify.explore.Suite.check;
import static dev.millrace.verify.explore.Suite.go;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Operations of channels and selects for which there is no memory.
final class ScarceChannels {
    private ScarceChannels() {}

    /// One channel from its making to its end, without anybody who waits.
    private static void life(Scarcity.Making<Chan<Integer>> making, boolean keeps) throws Exception {
        Chan<Integer> chan = made(making);
        check(made(() -> chan.trySend(1)) == keeps, "sent: " + !keeps);
        if (keeps) {
            check(made(chan::len) == 1, "len");
            check(made(chan::receive) == 1, "not 1");
            done(() -> chan.send(2));
            check(made(chan::receiveOnly).len() == 1 && made(chan::sendOnly).len() == 1, "len of a view");
        }
        check(made(chan::snapshot).length() == (keeps ? 1 : 0), "snapshot");
        check(!made(chan::toString).isEmpty(), "no text");
        done(chan::close);
        check(chan.isClosed() && !made(chan::tryClose), "not closed");
        if (keeps) {
            check(made(chan::receive) == 2, "not 2");
        }
        try {
            made(chan::receive);
            throw new AssertionError("received from a closed one");
        } catch (ChanClosedException e) {
            check(!isScarcity(e), "closed by whom?");
        }
    }

    static void unbuffered() throws Exception {
        life(Chan::unbuffered, false);
    }

    static void buffered() throws Exception {
        life(() -> Chan.<Integer>named("b").buffered(1), true);
    }

    static void unlimited() throws Exception {
        life(Chan::unlimited, true);
    }

    static void latest() throws Exception {
        life(Chan::latest, true);
    }

    static void droppingOldest() throws Exception {
        life(() -> Chan.droppingOldest(1), true);
    }

    static void droppingNewest() throws Exception {
        life(() -> Chan.droppingNewest(1), true);
    }

    /// The forms that answer a [Received].
    static void received() throws Exception {
        Chan<Integer> chan = made(() -> Chan.buffered(4));
        for (int i = 1; i <= 4; i++) {
            int value = i;
            done(() -> chan.send(value));
        }
        CancellableContext ctx = made(() -> Context.background().withCancel());
        check(made(chan::tryReceive) instanceof Received.Value<Integer>(Integer a) && a == 1, "not 1");
        check(made(chan::next) instanceof Received.Value<Integer>(Integer b) && b == 2, "not 2");
        check(made(() -> chan.next(ctx)) instanceof Received.Value<Integer>(Integer c) && c == 3, "not 3");
        var each = made(chan::iterator);
        check(made(each::next) == 4, "not 4");
        check(made(chan::tryReceive) == null, "something");
        done(chan::close);
        check(!made(each::hasNext), "more");
        check(made(chan::next) instanceof Received.Closed<Integer>, "open");
    }

    static void nextWaits() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        var got = made(AtomicInteger::new);
        var receiver = go("receiver", () -> {
            if (made(chan::next) instanceof Received.Value<Integer>(Integer value)) {
                got.addAndGet(value);
            }
            if (made(chan::next) instanceof Received.Closed<Integer>) {
                got.addAndGet(10);
            }
        });
        done(() -> chan.send(1));
        done(chan::close);
        Suite.join(receiver);
        check(got.get() == 11, "got " + got.get());
    }

    /// What was accepted and is not received any more goes to the hook, each value once.
    static void abandon() throws Exception {
        var lost = made(AtomicInteger::new);
        Chan<Integer> chan = made(() -> Chan.<Integer>onUndelivered(lost::addAndGet).buffered(2));
        done(() -> chan.send(1));
        done(() -> chan.send(2));
        var sender = go("sender", () -> {
            try {
                done(() -> chan.send(4));
                throw new AssertionError("sent");
            } catch (ChanClosedException e) {
                check(!isScarcity(e), "closed by whom?");
            }
        });
        done(() -> chan.abandon("enough"));
        Suite.join(sender);
        check(lost.get() == 3, "lost " + lost.get());
    }

    static void closeWithCause() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        var why = made(() -> new IllegalStateException("why"));
        var receiver = go("receiver", () -> {
            try {
                made(chan::receive);
                throw new AssertionError("received");
            } catch (ChanClosedException e) {
                check(e.getCause() == why, "another cause");
            }
        });
        done(() -> chan.close(why));
        Suite.join(receiver);
    }

    static void producers() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        var both = made(() -> chan.producers(2));
        for (var producer : both) {
            var unused = go("producer", () -> {
                done(() -> producer.send(1));
                done(producer::close);
            });
        }
        check(made(chan::receive) + made(chan::receive) == 2, "not 2");
        try {
            made(chan::receive);
            throw new AssertionError("received");
        } catch (ChanClosedException e) {
            check(!isScarcity(e), "closed by whom?");
        }
    }

    /// The goroutine that fills it may find no memory: then it says so, and does not hang.
    static void from() throws Exception {
        listen();
        var chan = made(() -> Chan.from(Context.background(), List.of(1, 2)));
        try {
            check(made(chan::receive) == 1 && made(chan::receive) == 2, "not 1 and 2");
            made(chan::receive);
            throw new AssertionError("received");
        } catch (ChanClosedException e) {
            check(e.getCause() == null || isScarcity(e), "closed by whom?");
        }
    }

    /// A send that fails while it waits for one subscriber may have reached the others, as its documents say: here that is the one that waits.
    static void broadcast() throws Exception {
        Broadcast<Integer> all = made(Broadcast::new);
        var one = made(() -> all.subscribe(kind -> kind.latest()));
        var two = made(() -> all.subscribe(kind -> kind.unbuffered()));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        var receiver = go("receiver", () -> {
            check(made(two::receive) == 1, "not 1");
            done(() -> two.abandon("enough"));
        });
        done(() -> all.send(1));
        Suite.join(receiver);
        done(() -> all.send(ctx, 2));
        check(made(all::snapshot).sent() >= 2, "sent");
        check(made(one::receive) == 2, "not 2");
        done(all::close);
        try {
            made(one::receive);
            throw new AssertionError("received");
        } catch (ChanClosedException e) {
            check(!isScarcity(e), "closed by whom?");
        }
    }

    /// Cases of each kind, of which none is ready but the last.
    static void selectReady() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        Mutex mutex = made(Mutex::new);
        CancellableContext ctx = made(() -> Context.background().withCancel());
        int got = made(() -> Select.<Integer>first().receive(chan, v -> v).send(chan, 1, () -> 2)
                .done(ctx, e -> 3).lock(mutex, () -> 4).run());
        check(got == 4, "got " + got);
        check(!made(mutex::tryLock), "not locked");
        done(mutex::unlock);
        check(made(() -> Select.<Integer>first().receive(chan, v -> v).orElse(() -> 5).run()) == 5, "not 5");
        done(ctx::cancel);
        check(made(() -> Select.<Integer>ordered().done(ctx, e -> 6).lock(mutex, () -> 7).run()) == 6, "not 6");
        check(made(mutex::tryLock), "locked");
    }

    /// The same, waiting; a lock that the select does not take stays free.
    static void selectWaits() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        Mutex mutex = made(Mutex::new);
        WeightedSemaphore semaphore = made(() -> new WeightedSemaphore(1));
        CancellableContext ctx = made(() -> Context.background().withCancel());
        done(mutex::lock);
        done(() -> semaphore.acquire(1));
        var sender = go("sender", () -> done(() -> chan.send(1)));
        int got = made(() -> Select.<Integer>first().lock(mutex, () -> 4).acquire(semaphore, 1, () -> 5)
                .done(ctx, e -> 3).timeout(Duration.ofHours(1), () -> 6).receive(chan, v -> v).run(ctx));
        Suite.join(sender);
        check(got == 1, "got " + got);
        done(mutex::unlock);
        check(made(mutex::tryLock), "somebody waits");
        done(() -> semaphore.release(1));
        check(made(() -> semaphore.tryAcquire(1)), "somebody waits");
        check(!made(() -> chan.trySend(1)), "somebody receives");
    }

    static void selector() throws Exception {
        Chan<Integer> chan = made(Chan::unbuffered);
        Chan<Integer> out = made(() -> Chan.buffered(1));
        Selector selector = made(Selector::random);
        var receives = made(() -> selector.receive(chan));
        var sends = made(() -> selector.send(out, 7));
        check(made(selector::await) == sends, "not sent");
        sends.enabled(false);
        check(made(selector::poll) == null, "something is ready");
        var sender = go("sender", () -> done(() -> chan.send(1)));
        check(made(selector::await) == receives && receives.value() == 1, "not 1");
        Suite.join(sender);
        check(made(out::receive) == 7, "not 7");
    }
}
