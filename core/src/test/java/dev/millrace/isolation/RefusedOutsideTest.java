package dev.millrace.isolation;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Broadcast;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Detach;
import dev.millrace.go.Interruptible;
import dev.millrace.group.SingleFlight;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ManualScheduler;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.OnceFunc;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.OnceValues;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncError;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.After;
import dev.millrace.time.Alarm;
import dev.millrace.time.RateLimiter;
import dev.millrace.time.Ticker;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What belongs to a bubble, used from outside: by a thread of no bubble and by a goroutine of another one. Each operation is refused, and
/// the object is as it was before.
class RefusedOutsideTest {
    private static final ManualScheduler A = new ManualScheduler("A");
    private static final ManualScheduler B = new ManualScheduler("B");

    private interface Use<T> {
        void by(T object) throws Throwable;
    }

    private interface Make<T> {
        T make() throws Exception;
    }

    /// @param words what the refusal says
    private record Row<T>(String name, String words, Make<T> make, Use<T> use, Function<T, String> state) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Rows {
        final List<Row<?>> all = new ArrayList<>();

        <T> void add(String kind, Make<T> make, Function<T, String> state, Object... nameWordsUse) {
            for (int i = 0; i < nameWordsUse.length; i += 3) {
                @SuppressWarnings("unchecked") // they are written for T
                Use<T> use = (Use<T>) nameWordsUse[i + 2];
                String name = kind + ": " + nameWordsUse[i];
                all.add(new Row<>(name, (String) nameWordsUse[i + 1], make, use, state));
            }
        }
    }

    private static <T> Use<T> use(Use<T> use) {
        return use;
    }

    private static String seen(Chan<Integer> chan) {
        return chan + " " + chan.snapshot() + " " + chan.isClosed();
    }

    private static final Context OUTSIDE = Context.background().withCancel();

    static List<Row<?>> channels() {
        var rows = new Rows();
        Make<Chan<Integer>> full = () -> {
            var chan = Chan.<Integer>named("jobs").buffered(2);
            chan.send(1);
            return chan;
        };
        Make<Chan<Integer>> closed = () -> {
            var chan = full.make();
            chan.close();
            return chan;
        };
        Object[] forms = {
            "send", "send on channel \"jobs\"", use((Chan<Integer> c) -> c.send(2)),
            "send under a context", "send on", use((Chan<Integer> c) -> c.send(OUTSIDE, 2)),
            "trySend", "send on", use((Chan<Integer> c) -> c.trySend(2)),
            "send by its side", "send on", use((Chan<Integer> c) -> c.sendOnly().send(2)),
            "receive", "receive on channel \"jobs\"", use((Chan<Integer> c) -> c.receive()),
            "receive under a context", "receive on", use((Chan<Integer> c) -> c.receive(OUTSIDE)),
            "receive by its side", "receive on", use((Chan<Integer> c) -> c.receiveOnly().receive()),
            "next", "receive on", use((Chan<Integer> c) -> c.next()),
            "tryReceive", "receive on", use((Chan<Integer> c) -> c.tryReceive()),
            "iteration", "receive on", use((Chan<Integer> c) -> assertTrue(c.iterator().hasNext())),
            "iteration under a context", "receive on",
            use((Chan<Integer> c) -> assertTrue(c.each(OUTSIDE).iterator().hasNext())),
            "close", "close of channel \"jobs\"", use((Chan<Integer> c) -> c.close()),
            "close with a cause", "close of", use((Chan<Integer> c) -> c.close(new Exception("cause"))),
            "tryClose", "close of", use((Chan<Integer> c) -> c.tryClose()),
            "abandon", "abandon of channel \"jobs\"", use((Chan<Integer> c) -> c.abandon("why")),
            "select receive", "select on channel \"jobs\"",
            use((Chan<Integer> c) -> Select.<Integer>first().receive(c, v -> v).run()),
            "select send", "select on",
            use((Chan<Integer> c) -> Select.<Integer>first().send(c, 2, () -> 0).run()),
            "select ordered", "select on",
            use((Chan<Integer> c) -> Select.<Integer>ordered().receive(c, v -> v).run()),
            "select with default", "select on",
            use((Chan<Integer> c) -> Select.<Integer>first().receive(c, v -> v).orElse(() -> 0).run()),
            "select with timeout", "select on",
            use((Chan<Integer> c) -> Select.<Integer>first().receive(c, v -> v).timeout(ofSeconds(1), () -> 0)
                    .run(OUTSIDE)),
            "select where another is ready", "select on", use((Chan<Integer> c) -> {
                var ready = Chan.<Integer>buffered(8);
                for (int i = 0; i < 8; i++) {
                    ready.send(i);
                }
                var select = Selector.random();
                for (int i = 0; i < 7; i++) {
                    select.receive(ready);
                }
                select.receive(c);
                try {
                    select.await();
                } finally {
                    assertEquals(8, ready.len(), "nothing was received");
                }
            }),
            "selector poll", "select on", use((Chan<Integer> c) -> {
                var select = Selector.ordered();
                select.send(c, 2);
                select.poll();
            }),
        };
        rows.add("buffered", full, RefusedOutsideTest::seen, forms);
        rows.add("closed", closed, RefusedOutsideTest::seen, forms);
        rows.add("unbuffered", () -> Chan.<Integer>named("jobs").unbuffered(), RefusedOutsideTest::seen, forms);
        rows.add("unlimited", () -> Chan.<Integer>named("jobs").unlimited(), RefusedOutsideTest::seen, forms);
        rows.add("latest", () -> Chan.<Integer>named("jobs").latest(), RefusedOutsideTest::seen, forms);
        rows.add(
                "dropping newest", () -> Chan.<Integer>named("jobs").droppingNewest(1), RefusedOutsideTest::seen,
                forms);
        rows.add(
                "producer",
                () -> Chan.<Integer>named("jobs").unlimited().producers(2).getFirst(),
                p -> p + " " + p.isClosed() + " " + p.snapshot(),
                "send",
                "send on",
                use((dev.millrace.chan.Producer<Integer> p) -> p.send(1)),
                "close",
                "close of a producer of channel \"jobs\"",
                use((dev.millrace.chan.Producer<Integer> p) -> p.close()),
                "tryClose with a cause",
                "close of a producer of",
                use((dev.millrace.chan.Producer<Integer> p) -> p.tryClose(new Exception("cause"))),
                "producers",
                "producers of",
                use((dev.millrace.chan.Producer<Integer> p) -> p.producers(2)));
        rows.add(
                "broadcast",
                () -> Broadcast.<Integer>named("prices"),
                b -> b.snapshot().toString(),
                "send",
                "send on broadcast \"prices\"",
                use((Broadcast<Integer> b) -> b.send(1)),
                "send under a context",
                "send on",
                use((Broadcast<Integer> b) -> b.send(OUTSIDE, 1)),
                "close",
                "close of broadcast",
                use((Broadcast<Integer> b) -> b.close()),
                "tryClose",
                "close of",
                use((Broadcast<Integer> b) -> b.tryClose()),
                "subscribe",
                "subscribe to broadcast",
                use((Broadcast<Integer> b) -> b.subscribe(m -> m.buffered(1))));
        return rows.all;
    }

    static List<Row<?>> timers() {
        var rows = new Rows();
        rows.add(
                "alarm",
                () -> Alarm.in(ofSeconds(3)),
                Alarm::toString,
                "stop",
                "stop of alarm",
                use((Alarm a) -> a.stop()),
                "reset",
                "reset of alarm",
                use((Alarm a) -> a.reset(ofSeconds(1))),
                "close",
                "stop of",
                use((Alarm a) -> a.close()),
                "receive",
                "receive on channel \"alarm\"",
                use((Alarm a) -> a.fired().receive()),
                "tryReceive",
                "receive on",
                use((Alarm a) -> a.fired().tryReceive()));
        rows.add(
                "ticker",
                () -> Ticker.every(ofSeconds(3)),
                Ticker::toString,
                "stop",
                "stop of ticker",
                use((Ticker t) -> t.stop()),
                "reset",
                "reset of ticker",
                use((Ticker t) -> t.reset(ofSeconds(1))),
                "close",
                "stop of",
                use((Ticker t) -> t.close()),
                "select",
                "select on channel \"ticker\"",
                use((Ticker t) -> Select.<Instant>first().receive(t.ticks(), v -> v).run()));
        rows.add(
                "delayed call",
                () -> After.afterFunc(ofSeconds(3), () -> {}),
                Object::toString,
                "stop",
                "stop of DelayedCall",
                use((dev.millrace.time.DelayedCall d) -> d.stop()),
                "reset",
                "reset of",
                use((dev.millrace.time.DelayedCall d) -> d.reset(ofSeconds(1))),
                "await",
                "wait for",
                use((dev.millrace.time.DelayedCall d) -> d.await()),
                "close",
                "stop of",
                use((dev.millrace.time.DelayedCall d) -> d.close()));
        rows.add(
                "limiter",
                () -> RateLimiter.perSecond(1, 2),
                RateLimiter::toString,
                "allow",
                "take from rate.Limiter",
                use((RateLimiter l) -> l.allow()),
                "reserve",
                "take from",
                use((RateLimiter l) -> l.reserve(1)),
                "await",
                "take from",
                use((RateLimiter l) -> l.await(OUTSIDE)),
                "set",
                "change of",
                use((RateLimiter l) -> l.set(3, 3)));
        rows.add(
                "reservation",
                () -> RateLimiter.perSecond(1, 2).reserve(2),
                Object::toString,
                "cancel",
                "cancel of reservation",
                use((dev.millrace.time.Reservation r) -> r.cancel()));
        return rows.all;
    }

    static List<Row<?>> locks() {
        var rows = new Rows();
        Make<Mutex> held = () -> {
            var mu = Mutex.named("mu");
            mu.lock();
            return mu;
        };
        Object[] forms = {
            "lock", "lock of mutex \"mu\"", use((Mutex m) -> m.lock()),
            "lock under a context", "lock of", use((Mutex m) -> m.lock(OUTSIDE)),
            "tryLock", "lock of", use((Mutex m) -> m.tryLock()),
            "unlock", "unlock of mutex \"mu\"", use((Mutex m) -> m.unlock()),
            "select", "select on mutex \"mu\"", use((Mutex m) -> Select.<Integer>first().lock(m, () -> 1).run()),
            "poll", "select on", use((Mutex m) -> {
                var select = Selector.random();
                select.lock(m);
                select.poll();
            }),
        };
        rows.add("mutex", () -> Mutex.named("mu"), m -> m.snapshot().toString(), forms);
        rows.add("held mutex", held, m -> m.snapshot().toString(), forms);
        Object[] rwForms = {
            "lock", "lock of rwmutex", use((RWMutex m) -> m.lock()),
            "tryLock", "lock of rwmutex", use((RWMutex m) -> m.tryLock()),
            "unlock", "unlock of rwmutex", use((RWMutex m) -> m.unlock()),
            "rLock", "read lock of rwmutex", use((RWMutex m) -> m.rLock()),
            "rLock under a context", "read lock of", use((RWMutex m) -> m.rLock(OUTSIDE)),
            "tryRLock", "read lock of", use((RWMutex m) -> m.tryRLock()),
            "rUnlock", "read unlock of", use((RWMutex m) -> m.rUnlock()),
            "select", "select on rwmutex",
            use((RWMutex m) -> Select.<Integer>first().lock(m.readLocker(), () -> 1).run()),
        };
        rows.add("rwmutex", RWMutex::new, m -> m.snapshot().toString(), rwForms);
        Make<RWMutex> read = () -> {
            var mu = new RWMutex();
            mu.rLock();
            return mu;
        };
        rows.add("read rwmutex", read, m -> m.snapshot().toString(), rwForms);
        Make<WeightedSemaphore> some = () -> {
            var sem = WeightedSemaphore.named("db", 3);
            sem.acquire(1);
            return sem;
        };
        rows.add(
                "semaphore",
                some,
                s -> s.snapshot().toString(),
                "acquire",
                "acquire of semaphore \"db\"",
                use((WeightedSemaphore s) -> s.acquire(1)),
                "acquire under a context",
                "acquire of",
                use((WeightedSemaphore s) -> s.acquire(OUTSIDE, 5)),
                "tryAcquire",
                "acquire of",
                use((WeightedSemaphore s) -> s.tryAcquire(1)),
                "tryAcquire too many",
                "acquire of",
                use((WeightedSemaphore s) -> s.tryAcquire(9)),
                "permit",
                "acquire of",
                use((WeightedSemaphore s) -> s.permit(OUTSIDE, 1)),
                "release",
                "release of",
                use((WeightedSemaphore s) -> s.release(1)),
                "resize",
                "resize of",
                use((WeightedSemaphore s) -> s.resize(7)),
                "select",
                "select on semaphore",
                use((WeightedSemaphore s) -> Select.<Integer>first().acquire(s, 1, () -> 1).run()));
        rows.add(
                "cond",
                () -> new Cond(new Mutex()),
                Cond::toString,
                "await",
                "wait on sync.Cond.Wait",
                use((Cond c) -> c.await()),
                "await under a context",
                "wait on",
                use((Cond c) -> c.await(OUTSIDE)),
                "signal",
                "fatal error: semaphore wake by signal on",
                use((Cond c) -> c.signal()),
                "broadcast",
                "fatal error: semaphore wake by broadcast on",
                use((Cond c) -> c.broadcast()));
        return rows.all;
    }

    static List<Row<?>> onces() {
        var rows = new Rows();
        Object[] forms = {
            "run", "call of sync.Once.Do", use((Once o) -> o.run(() -> {})),
            "run under a context", "call of sync.Once.Do", use((Once o) -> o.run(OUTSIDE, () -> {})),
        };
        rows.add("once", Once::new, o -> o + " " + o.isDone(), forms);
        Make<Once> done = () -> {
            var once = new Once();
            once.run(() -> {});
            return once;
        };
        rows.add("done once", done, o -> o + " " + o.isDone() + " " + o.snapshot(), forms);
        Object[] valueForms = {
            "get", "call of sync.OnceValue", use((OnceValue<Integer> o) -> o.get()),
            "get under a context", "call of sync.OnceValue", use((OnceValue<Integer> o) -> o.get(OUTSIDE)),
        };
        rows.add("once value", () -> OnceValue.of(() -> 1), o -> o + " " + o.isDone(), valueForms);
        Make<OnceValue<Integer>> got = () -> {
            var once = OnceValue.of(() -> 1);
            once.get();
            return once;
        };
        rows.add("done once value", got, o -> o + " " + o.isDone(), valueForms);
        rows.add(
                "once func",
                () -> OnceFunc.of(() -> {}),
                Object::toString,
                "run",
                "call of sync.OnceFunc",
                use((OnceFunc o) -> o.run()));
        rows.add(
                "once values",
                () -> OnceValues.of(() -> OnceValues.both(1, 2)),
                Object::toString,
                "get",
                "call of sync.OnceValues",
                use((OnceValues<Integer, Integer> o) -> o.get()));
        return rows.all;
    }

    static List<Row<?>> contexts() {
        var rows = new Rows();
        Make<CancellableContext> plain =
                () -> Context.background().withName("request").withCancel();
        rows.add(
                "context",
                plain,
                c -> c + " " + c.isDone() + " " + c.snapshot(),
                "cancel",
                "cancel of context \"request\"",
                use((CancellableContext c) -> c.cancel()),
                "cancel with a reason",
                "cancel of",
                use((CancellableContext c) -> c.cancel("why")),
                "cancel with a cause",
                "cancel of",
                use((CancellableContext c) -> c.cancel(new Exception("why"))),
                "close",
                "cancel of",
                use((CancellableContext c) -> c.close()),
                "withCancel",
                "derive from context \"request\"",
                use((CancellableContext c) -> c.withCancel()),
                "withTimeout",
                "derive from",
                use((CancellableContext c) -> c.withTimeout(ofSeconds(1))),
                "withDeadline",
                "derive from",
                use((CancellableContext c) -> c.withDeadline(Instant.now())),
                "lingering",
                "derive from",
                use((CancellableContext c) -> c.detach(Detach.lingering(ofSeconds(1)))),
                "anyOf first",
                "derive from",
                use((CancellableContext c) -> Context.anyOf(c, Context.background())),
                "anyOf second",
                "derive from",
                use((CancellableContext c) -> Context.anyOf(Context.background(), c)),
                "derived by a value",
                "derive from",
                use((CancellableContext c) -> c.withLabel("a", "b").withCancel()),
                "await",
                "wait for done of \"request\"",
                use((CancellableContext c) -> c.awaitDone()),
                "await with a timeout",
                "wait for",
                use((CancellableContext c) -> c.awaitDone(ofSeconds(0))),
                "await of the event",
                "wait for",
                use((CancellableContext c) -> c.view().done().await()),
                "sleep",
                "sleep under context \"request\"",
                use((CancellableContext c) -> c.sleep(ofSeconds(0))),
                "after-func",
                "after-func of context \"request\"",
                use((CancellableContext c) -> c.afterFunc(() -> {})),
                "interruptible",
                "interruptible region under",
                use((CancellableContext c) -> Interruptible.run(c, () -> {})),
                "select",
                "select on the end of context \"request\"",
                use((CancellableContext c) -> Select.<Integer>first().done(c, _ -> 1).orElse(() -> 2).run()),
                "select on the event",
                "select on the end of",
                use((CancellableContext c) -> Select.<Integer>first().event(c.done(), () -> 1).orElse(() -> 2).run()),
                "a wait for something else under it",
                "wait under context \"request\"",
                use((CancellableContext c) -> Chan.unbuffered().receive(c)),
                "a lock under it",
                "wait under",
                use((CancellableContext c) -> {
                    var mu = new Mutex();
                    mu.lock();
                    try {
                        mu.lock(c);
                    } finally {
                        assertEquals(0, mu.snapshot().waitingWriters());
                    }
                }),
                "a select under it",
                "wait under",
                use((CancellableContext c) -> Select.<Integer>first()
                        .receive(Chan.<Integer>unbuffered(), v -> v)
                        .run(c)));
        rows.add(
                "after-func",
                () -> Context.background().withCancel().afterFunc(() -> {}),
                Object::toString,
                "stop",
                "stop of AfterFunc",
                use((dev.millrace.context.AfterFunc a) -> a.stop()),
                "await",
                "wait for AfterFunc",
                use((dev.millrace.context.AfterFunc a) -> a.await()),
                "close",
                "stop of",
                use((dev.millrace.context.AfterFunc a) -> a.close()));
        rows.add(
                "once's event",
                () -> new Once().done(),
                d -> "" + d.isDone(),
                "await",
                "wait for done",
                use((dev.millrace.context.Done d) -> d.await()));
        return rows.all;
    }

    static List<Row<?>> groups() {
        var rows = new Rows();
        rows.add(
                "group",
                () -> TaskGroup.open(Context.background().withName("page")),
                Object::toString,
                "go",
                "go in errgroup.Wait \"page\"",
                use((TaskGroup g) -> g.go(_ -> {})),
                "tryGo",
                "go in",
                use((TaskGroup g) -> g.tryGo(_ -> {})),
                "fork",
                "go in",
                use((TaskGroup g) -> g.fork(_ -> 1)),
                "limit",
                "limit of",
                use((TaskGroup g) -> g.limit(1)),
                "join",
                "join of",
                use((TaskGroup g) -> g.join()),
                "join under a context",
                "join of",
                use((TaskGroup g) -> g.join(OUTSIDE)),
                "close",
                "close of",
                use((TaskGroup g) -> g.close()));
        rows.add(
                "singleflight",
                () -> new SingleFlight<String, Integer>("pages"),
                Object::toString,
                "run",
                "call of singleflight \"pages\"",
                use((SingleFlight<String, Integer> s) -> s.run(Context.background(), "key", _ -> 1)),
                "start",
                "call of",
                use((SingleFlight<String, Integer> s) -> s.start(Context.background(), "key", _ -> 1)));
        return rows.all;
    }

    private static <T> void refused(Row<T> row, ManualScheduler caller) throws Exception {
        T object = A.call(row.make::make);
        String before = row.state.apply(object);
        Throwable refusal = caller == null
                ? assertThrows(Throwable.class, () -> row.use.by(object))
                : caller.<Throwable, RuntimeException>call(
                        () -> assertThrows(Throwable.class, () -> row.use.by(object)));
        assertTrue(
                refusal.getClass() == IllegalStateException.class || refusal instanceof SyncError,
                () -> "refused by " + refusal);
        String text = refusal.getMessage();
        assertTrue(text.startsWith(row.words), text);
        assertTrue(text.contains(" of a bubble from outside it (it belongs to bubble A; called on "), text);
        assertTrue(text.endsWith("which is in " + (caller == null ? "no bubble)" : "bubble B)")), text);
        assertEquals(before, row.state.apply(object), "it is as it was");
        assertEquals(0, A.runnable());
        assertTrue(A.lowest() >= 0);
    }

    @ParameterizedTest
    @MethodSource("channels")
    @Item("ST-16")
    @Hazard(52)
    void channel_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @ParameterizedTest
    @MethodSource("timers")
    @Item("ST-17")
    @Hazard(52)
    void timer_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @ParameterizedTest
    @MethodSource("locks")
    @Item("ST-20")
    @Hazard(52)
    void lock_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @ParameterizedTest
    @MethodSource("onces")
    @Item("ST-20")
    void once_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @ParameterizedTest
    @MethodSource("contexts")
    @Item("ST-16")
    void context_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @ParameterizedTest
    @MethodSource("groups")
    @Item("ST-16")
    void group_usedFromOutside_isRefusedAndAsItWas(Row<?> row) throws Exception {
        refused(row, null);
        refused(row, B);
    }

    @Test
    @Item("ST-16")
    void refusal_saysWhatWasExpectedAndWhoCame() throws Exception {
        var jobs = A.call(() -> Chan.<Integer>named("jobs").buffered(1));
        var refusal = assertThrows(IllegalStateException.class, () -> jobs.send(1));
        assertEquals(
                "send on channel \"jobs\" (0 of 1) of a bubble from outside it (it belongs to bubble A; called on thread "
                        + Thread.currentThread().getName() + ", which is in no bubble)",
                refusal.getMessage());
        B.run(() -> {
            var theirs = assertThrows(IllegalStateException.class, () -> jobs.send(1));
            assertTrue(
                    theirs.getMessage()
                            .matches(".*\\(it belongs to bubble A; called on goroutine \\d+, which is in bubble B\\)"),
                    theirs.getMessage());
        });
    }

    @Test
    @Item("ST-16")
    void wait_ofTheBubble_isNotTouchedByARefusal() throws Exception {
        var jobs = A.call(Chan::<Integer>unbuffered);
        var receiver = A.go(() -> assertEquals(7, jobs.receive()));
        A.awaitIdle();
        assertThrows(IllegalStateException.class, () -> jobs.send(1));
        assertThrows(IllegalStateException.class, () -> jobs.trySend(1));
        assertThrows(IllegalStateException.class, () -> jobs.close());
        assertThrows(IllegalStateException.class, () -> Select.<Integer>first().send(jobs, 1, () -> 1).run());
        assertEquals(1, jobs.snapshot().blockedReceivers());
        assertEquals(0, A.runnable());
        A.run(() -> jobs.send(7));
        A.awaitIdle();
        receiver.check();
    }
}
