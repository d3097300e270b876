package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One schedule of the program under test.
///
/// Its strands hand a baton on. Whoever has it is `running`, and is the only one that runs code of the program, that reads or writes a field of this class, or that
/// moves a strand from one state to another:
///
/// | step | by |
/// |---|---|
/// | a strand is made, READY | who starts it |
/// | the running one stays READY and gives the baton to another that can run | itself, at a point |
/// | the running one is WAITING, and gives it away | itself, in [#await] |
/// | a WAITING one gets the baton, is READY, and asks its condition again | itself |
/// | DONE | itself, at its end |
/// | `over` | who finds that nobody can run, or that something failed |
///
/// After `over` nobody runs until the driver unwinds those who are left, one after the other.
final class Run {
    private static final int READS_BEFORE_YIELD = 1_000;
    private static final int YIELDS_BEFORE_TIME = 200;
    private static final int YIELDS_BEFORE_LIVELOCK = 20_000;
    private static final long YIELD_NANOS = 1_000_000;
    private static final int DAEMON_ACTS = 10_000;
    private static final int MOST_STRANDS = 62;
    private static final long FIRST_ID = 1_000_000;

    final Catalog catalog;
    final Settings settings;
    final Monitors monitors;
    final Trace trace;
    final Cleanings cleanings = new Cleanings();
    private final Strategy strategy;
    private final Places places;
    private final boolean warming;
    private final boolean everywhere;
    private final Injection injection;
    private final Thread driver;
    private final List<Strand> strands = new ArrayList<>();
    private final IdentityHashMap<Thread, Long> ids = new IdentityHashMap<>();
    final IdentityHashMap<Thread, Boolean> standIns = new IdentityHashMap<>(); // see Platform
    private final StringBuilder choices = new StringBuilder();

    private Strand running;
    private long step;
    private final long start;
    private long clock;
    private int idle; // yields since somebody has written
    private long nextId = FIRST_ID;
    private boolean yielded; // somebody is behind others
    private long daemonsOnlySince = -1;
    private volatile @Nullable Failure failure;
    private volatile boolean over;

    /// @param warming whether all goes as by default, and nobody is asked
    Run(
            Catalog catalog, Settings settings, Strategy strategy, Places places, Injection injection, long clock,
            boolean warming, Thread driver, Thread main, boolean traced) {
        this.catalog = catalog;
        this.settings = settings;
        monitors = new Monitors(catalog, this);
        this.strategy = strategy;
        this.places = places;
        this.injection = injection;
        this.start = clock;
        this.clock = clock;
        this.warming = warming;
        this.driver = driver;
        everywhere = strategy.isEverywhere() || settings.full();
        trace = new Trace(catalog, traced);
        running = new Strand(0, main);
        strands.add(running);
    }

    // By the driver.

    /// Lets the first strand run, and returns when the schedule is over.
    void drive() {
        Strand main = running;
        main.thread.start();
        main.resume();
        while (!over) {
            LockSupport.park(this);
        }
    }

    /// Ends the strands that are left.
    void unwind() {
        for (int i = 0; i < strands.size(); i++) {
            Strand s = strands.get(i);
            if (s.state != Strand.State.DONE) {
                s.abort = true;
                running = s;
                s.resume();
                try {
                    s.thread.join(500);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Nullable Failure failure() {
        return failure;
    }

    boolean isOver() {
        return over;
    }

    String choices() {
        return choices.toString();
    }

    long step() {
        return step;
    }

    long clock() {
        return clock;
    }

    /// The clock since the run began: in each schedule from 0.
    long time() {
        return clock - start;
    }

    /// `s` has seen something that others may decide: the time, or what another strand is doing.
    void seen(Strand s, long what) {
        places.seen(s, what);
    }

    List<Strand> strands() {
        return strands;
    }

    /// Who runs. Only a hint for whoever does not.
    Strand running() {
        return running;
    }

    // By the strand that runs.

    /// The caller when it is the one that runs, null when it is none of ours.
    @Nullable Strand self() {
        Strand s = running;
        return s.thread == Thread.currentThread() ? s : null;
    }

    @Nullable Strand find(Thread thread) {
        for (int i = 0; i < strands.size(); i++) {
            if (strands.get(i).thread == thread) {
                return strands.get(i);
            }
        }
        return null;
    }

    /// An act at a place, announced: others may run before it.
    void act(Object object, int field, int index, int kind, int site) {
        Strand s = self();
        if (s == null || s.quiet > 0) {
            return;
        }
        boolean writes = (kind & Access.WRITE) != 0;
        s.reads = writes ? 0 : s.reads + 1;
        if (s.reads > READS_BEFORE_YIELD) {
            s.reads = 0;
            giveWay(s);
        }
        step(s, site);
        boolean coarse = catalog.site(site).coarse();
        if (!coarse && (everywhere || catalog.isPoint(field))) {
            point(s);
        }
        if ((kind & Access.DECIDED_LATER) != 0) {
            s.pendingObject = object;
            s.pendingField = field;
            s.pendingIndex = index;
            s.pendingKind = coarse ? kind | Access.COARSE : kind;
        } else {
            note(s, object, field, index, coarse ? kind | Access.COARSE : kind, site);
        }
    }

    /// Whether the last act, a compare-and-set, has written.
    void decided(boolean wrote) {
        Strand s = self();
        if (s != null && s.quiet == 0 && s.pendingField >= 0) {
            Object object = s.pendingObject;
            int field = s.pendingField;
            int kind = wrote ? s.pendingKind : s.pendingKind & ~(Access.WRITE | Access.RELEASE);
            s.pendingField = -1;
            s.pendingObject = null;
            note(s, object == null ? Catalog.STATICS : object, field, s.pendingIndex, kind, s.site);
        }
    }

    private void note(Strand s, Object object, int field, int index, int kind, int site) {
        if ((kind & Access.WRITE) != 0) {
            idle = 0;
        }
        Places.Race race = places.act(s, object, field, index, kind, site);
        if (race != null && !warming) {
            String name = catalog.fieldName(field);
            // Races within the library and the JDK are on purpose: our own suites say which of ours.
            if (settings.races() || Copies.isField(name) || Settings.LIBRARY.stream().anyMatch(name::startsWith)) {
                catalog.makePoint(field);
                catalog.raced(field);
            } else {
                fail(Failure.race(this, s, race));
            }
        }
    }

    /// An act on something of the model, which many use, is next: a monitor, a permit.
    void before(Strand s, Object object, int field) {
        if (s.quiet == 0) {
            step(s, Catalog.NOWHERE);
            if (!catalog.site(s.site).coarse() && (everywhere || catalog.isPoint(field))) {
                point(s);
            }
        }
    }

    /// It is done.
    void after(Strand s, Object object, int field, int kind) {
        if (s.quiet == 0) {
            boolean coarse = catalog.site(s.site).coarse();
            note(s, object, field, -1, coarse ? kind | Access.COARSE : kind, s.site);
        }
    }

    void step(Strand s, int site) {
        if (s.abort) {
            throw unwound(s);
        }
        if (site != Catalog.NOWHERE) {
            s.site = site;
        }
        step++;
        s.acts++;
        trace.act(step, s);
        if (yielded) {
            yielded = false;
            for (int i = 0; i < strands.size(); i++) {
                Strand t = strands.get(i);
                t.behind &= ~s.bit();
                yielded |= t.behind != 0;
            }
        }
        if (step > settings.acts()) {
            fail(Failure.tooLong(this, settings.acts()));
        }
        if (daemonsOnlySince >= 0 && step - daemonsOnlySince > DAEMON_ACTS) {
            stop(s);
        }
    }

    /// Others may go first.
    void point(Strand s) {
        Strand next = choose(s, true);
        if (next != null && next != s) {
            hand(s, next);
        }
    }

    /// Others go first.
    void giveWay(Strand s) {
        if (s.abort) {
            throw unwound(s);
        }
        step(s, Catalog.NOWHERE);
        idle++;
        if (idle > YIELDS_BEFORE_TIME) {
            clock += YIELD_NANOS;
            if (idle > YIELDS_BEFORE_LIVELOCK) {
                fail(Failure.livelock(this));
            }
        }
        long others = runnable() & ~s.bit();
        if (others == 0) {
            return;
        }
        s.behind = others;
        yielded = true;
        Strand next = choose(s, false, s.bit());
        if (next == s) {
            s.behind = 0; // it has spent a preemption on that
        } else if (next != null) {
            hand(s, next);
        }
    }

    enum Woken {
        READY(0),
        TIMED_OUT(1),
        INTERRUPTED(2);

        private final int number;

        Woken(int number) {
            this.number = number;
        }
    }

    /// Waits until `condition` holds, or the clock shows `deadline`, or an interrupt comes where that counts.
    ///
    /// @param waits what for, in words
    Woken await(Strand s, BooleanSupplier condition, long deadline, boolean interruptible, Object awaited,
            String waits) {
        for (;;) {
            if (s.abort) {
                throw unwound(s);
            }
            Woken woken = condition.getAsBoolean() ? Woken.READY
                    : interruptible && s.interrupted ? Woken.INTERRUPTED : deadline <= clock ? Woken.TIMED_OUT : null;
            if (woken != null) {
                places.seen(s, woken.number);
                return woken;
            }
            s.condition = condition;
            s.deadline = deadline;
            s.interruptible = interruptible;
            s.awaited = awaited;
            s.waits = waits;
            s.state = Strand.State.WAITING;
            step++;
            s.acts++;
            Strand next = chooseOrPass(s);
            if (next == null && daemonsOnlySince >= 0) {
                stop(s);
            } else if (next == null) {
                fail(Failure.stuck(this));
            } else if (next != s) {
                hand(s, next);
            }
            s.state = Strand.State.READY;
            s.deadline = Strand.NEVER;
            s.awaited = null;
        }
    }

    /// Somebody who can run when `s` cannot; the clock moves when there is nobody. Null when there is nobody then either.
    private @Nullable Strand chooseOrPass(Strand s) {
        for (;;) {
            Strand next = choose(s, false);
            if (next != null) {
                return next;
            }
            long soonest = Strand.NEVER;
            for (int i = 0; i < strands.size(); i++) {
                Strand t = strands.get(i);
                if (t.state == Strand.State.WAITING) {
                    soonest = Math.min(soonest, t.deadline);
                }
            }
            if (soonest == Strand.NEVER) {
                return null;
            }
            clock = Math.max(clock, soonest);
        }
    }

    private boolean canRun(Strand t) {
        return switch (t.state) {
            case READY -> true;
            case DONE -> false;
            case WAITING ->
                    t.deadline <= clock || (t.interruptible && t.interrupted) || t.condition.getAsBoolean();
        };
    }

    private long runnable() {
        long can = 0;
        for (int i = 0; i < strands.size(); i++) {
            if (canRun(strands.get(i))) {
                can |= 1L << i;
            }
        }
        return can;
    }

    private @Nullable Strand choose(Strand s, boolean goesOn) {
        return choose(s, goesOn, 0);
    }

    /// @param hasty those who may be chosen at the cost of a preemption: who gave way, when nobody made use of it
    private @Nullable Strand choose(Strand s, boolean goesOn, long hasty) {
        if (strands.size() == 1) {
            return canRun(s) ? s : null;
        }
        long can = runnable();
        if (yielded) {
            long first = can;
            for (int i = 0; i < strands.size(); i++) {
                if ((strands.get(i).behind & can) != 0) {
                    first &= ~(1L << i);
                }
            }
            can = first == 0 ? can : first;
        }
        if (can == 0) {
            return null;
        }
        long early = settings.early() && !warming && daemonsOnlySince < 0 ? early(can) : 0;
        early |= hasty & ~can;
        boolean stays = goesOn && (can & s.bit()) != 0;
        int byDefault = stays ? s.index : after(s.index, can);
        int chosen = byDefault;
        if (!warming && ((can | early) & ((can | early) - 1)) != 0) {
            try {
                chosen = strategy.choose(step, s.index, stays, can, early, byDefault, state(s, stays));
            } catch (Divergence e) {
                fail(Failure.divergence(this, e));
            }
        }
        if (chosen != byDefault) {
            note('=', chosen);
        }
        Strand next = strands.get(chosen);
        if ((early & next.bit()) != 0 && next.state == Strand.State.WAITING) {
            clock = Math.max(clock, next.deadline);
        }
        return next;
    }

    /// What has happened, where each strand is, who goes before whom, what time it is, and what is still to be injected.
    private long state(Strand s, boolean stays) {
        long state = places.state() + 31 * time() + 7L * injection.occasions();
        for (int i = 0; i < strands.size(); i++) {
            Strand t = strands.get(i);
            state = Places.mix(state + t.acts * 31L + t.behind);
        }
        return Places.mix(state + 2L * s.index + (stays ? 1 : 0));
    }

    private void note(char mark, int chosen) {
        if (!choices.isEmpty()) {
            choices.append(',');
        }
        choices.append(step).append(mark).append(chosen);
    }

    /// Those whose deadline is the next one, and who cannot run.
    private long early(long can) {
        long soonest = Strand.NEVER;
        long those = 0;
        for (int i = 0; i < strands.size(); i++) {
            Strand t = strands.get(i);
            if (t.state == Strand.State.WAITING && (can & t.bit()) == 0 && t.deadline <= soonest
                    && t.deadline != Strand.NEVER) {
                those = t.deadline < soonest ? t.bit() : those | t.bit();
                soonest = t.deadline;
            }
        }
        return those;
    }

    private static int after(int index, long can) {
        long later = index == 63 ? 0 : can & (-1L << (index + 1));
        return Long.numberOfTrailingZeros(later != 0 ? later : can);
    }

    /// A number below `n`, which is a choice.
    int number(int n) {
        if (n <= 1 || warming) {
            return 0;
        }
        step++;
        running.acts++;
        int chosen;
        try {
            chosen = strategy.number(step, n);
        } catch (Divergence e) {
            fail(Failure.divergence(this, e));
            return 0;
        }
        if (chosen != 0) {
            note('#', chosen);
        }
        places.seen(running, chosen);
        return chosen;
    }

    private void hand(Strand from, Strand to) {
        running = to;
        to.resume();
        from.pause();
        if (from.abort) {
            throw unwound(from);
        }
    }

    // Starts and ends.

    /// A new strand, which can run from now on.
    Strand started(Strand by, Thread thread) {
        if (strands.size() >= MOST_STRANDS) {
            fail(Failure.other(this, "more than " + MOST_STRANDS + " threads in one schedule", null));
        }
        Strand s = new Strand(strands.size(), thread);
        s.join(by.release());
        places.seen(by, s.index);
        places.seen(s, by.hash);
        strands.add(s);
        idle = 0;
        return s;
    }

    /// The body of `s` has ended.
    void ended(Strand s, @Nullable Throwable thrown) {
        s.state = Strand.State.DONE;
        if (s.abort || over) {
            return;
        }
        if (thrown != null) {
            over(Failure.thrown(this, s, thrown));
            return;
        }
        s.release();
        places.seen(s, -1);
        step++;
        s.acts++;
        idle = 0;
        boolean alive = false;
        boolean needed = false;
        for (int i = 0; i < strands.size(); i++) {
            Strand t = strands.get(i);
            alive |= t.state != Strand.State.DONE;
            needed |= t.state != Strand.State.DONE && !isDaemon(t);
        }
        if (!alive) {
            over(null);
            return;
        }
        if (!needed && daemonsOnlySince < 0) {
            daemonsOnlySince = step;
        }
        Strand next;
        try {
            next = chooseOrPass(s);
        } catch (Unwound e) {
            return; // failed in it
        }
        if (next != null) {
            running = next;
            next.resume();
        } else {
            over(needed ? Failure.stuck(this) : null);
        }
    }

    private static boolean isDaemon(Strand s) {
        return s.daemon || (!s.thread.isVirtual() && s.thread.isDaemon());
    }

    // The end.

    private void over(@Nullable Failure why) {
        if (why != null && failure == null) {
            failure = why;
        }
        over = true;
        LockSupport.unpark(driver);
    }

    /// Ends the schedule with a failure; the caller does not go on.
    void fail(Failure why) {
        Strand s = running;
        over(why);
        if (s.state != Strand.State.DONE) {
            s.pause();
        }
        throw unwound(s);
    }

    private void stop(Strand s) {
        over(null);
        s.pause();
        throw unwound(s);
    }

    private static Unwound unwound(Strand s) {
        s.abort = true;
        if (++s.aborts > 1_000) {
            for (;;) { // it catches everything, and goes on
                LockSupport.park();
            }
        }
        return new Unwound();
    }

    // What the sweeps and the model need.

    Injection injection() {
        return injection;
    }

    /// An interrupt comes now, when it is time for the one that is injected.
    void strikeInterrupt(Strand s) {
        if (injection.strikes(Settings.Sweep.INTERRUPT)) {
            s.interrupted = true;
        }
    }

    /// The number of `thread`: for one of the program the same in each schedule, also before it starts.
    long id(Thread thread) {
        if (find(thread) == null && thread.getState() != Thread.State.NEW) {
            Long known = ids.get(thread);
            return known == null ? thread.threadId() : known;
        }
        return ids.computeIfAbsent(thread, t -> nextId++);
    }
}
