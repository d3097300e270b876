package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A node of the context tree: whether it has ended, and who is to hear of it.
///
/// The protocol is written down in `docs/design/context-protocol.md`; in short:
///
///  - `state` is null (or `REGISTERED`) while the node lives, then its [Ending] for ever: one compare-and-set, the only instant
///    at which a node ends.
///  - A new node is not known to its parent. It is *registered* (`edge`) only when something under it can be woken; until
///    then it looks up the tree when it is asked, and what it finds there becomes its own state. So a node that nobody
///    waits on costs its parent nothing, and goes when nobody refers to it.
///  - A registered node hears of its parent's end by the [Walk] of whoever ends it, and need not look.
///  - A node is registered only with a parent that is registered itself, or has none.
///
/// Locks: at most one node's lock is held at a time, for a few instructions; no other lock is taken under it.
public abstract class Node extends Hearers {
    /// Not known to the parent.
    static final byte NONE = 0;

    /// Known to the parent by a weak link: the node may go when nobody else refers to it.
    static final byte WEAK = 1;

    /// Known to the parent; also the edge of a node without parent.
    static final byte STRONG = 2;

    /// The state of a node that lives and is registered for good.
    private static final Ending REGISTERED = Ending.none();

    private static final VarHandle STATE;
    private static final VarHandle ARMED;
    private static final VarHandle FACE;
    private static final VarHandle WALK;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Node.class, "state", Ending.class);
            WALK = lookup.findVarHandle(Node.class, "walk", Walk.class);
            FACE = lookup.findVarHandle(Node.class, "face", Object.class);
            ARMED = lookup.findVarHandle(Node.class, "armed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final @Nullable Node up;
    final Scheduler scheduler;
    private final @Nullable Deadline inherited;
    private final Object tag; // the name; in debug mode with the place where the node was made

    private volatile @Nullable Ending state; // null, REGISTERED, or how it ended
    private volatile byte edge; // written under the parent's lock
    private volatile @Nullable Walk walk; // by which it was ended; set right after the state
    private volatile boolean armed;
    private boolean used; // somebody looked or derived: a hint, so plain
    private boolean tasked; // somebody started a task under it: same
    private volatile @Nullable Object face; // what the context package shows of the end as an event

    /// A node below `up`, null for one that only its owner ends.
    Node(@Nullable Node up, Scheduler scheduler, String name) {
        this.up = up;
        this.scheduler = scheduler;
        this.inherited = up == null ? null : up.deadline();
        this.tag = Debug.on() ? new Made(name, Sites.caller()) : name;
        if (up != null) {
            up.used = true;
        }
    }

    /// For a node without parent that nothing but its owner ends: it need not look anywhere.
    final void needsNoLook() {
        edge = STRONG;
        state = REGISTERED;
        used = true; // who polls it leaves no trace
    }

    /// To be called once after construction: tells the tap, and in debug mode makes the node known to its parent.
    public final void made() {
        Tap tap = Tap.current();
        if (tap != null) {
            tap.contextMade(this);
        }
        if (registersEarly() || Debug.on()) {
            register(WEAK);
        }
    }

    // What kinds of nodes add.

    /// Whether the node is registered as soon as it is made.
    boolean registersEarly() {
        return false;
    }

    /// Where `ending`, with which this node has ended, came from; null when it began here.
    public @Nullable Node cameFrom(Ending ending) {
        return up != null && up.ending() == ending ? up : null;
    }

    /// The end that has come to this node by itself and that nobody has brought yet, null when none has.
    @Nullable Ending due() {
        return null;
    }

    /// Makes sure that what ends this node by itself will call [#end]. Once, before it is registered; may end it.
    void arm() {}

    /// From now on something below can be woken. Called before the edge becomes strong, perhaps more than once.
    void strengthen() {}

    /// Releases what [#arm] took; the node has ended. Called once by whoever ended it, outside all locks.
    void disarm() {}

    /// Its list of who is to hear has become non-empty, outside the lock; see [ForeignNode].
    void occupied() {}

    /// Its list has become empty, outside the lock.
    void vacant() {}

    /// Whose deadline holds for this node: the nearest that has one, which is the earliest, since a later one below an
    /// earlier is never made. Null when there is none.
    public @Nullable Deadline deadline() {
        return inherited;
    }

    // Asking.

    /// How the node ended, null while it lives. One read for a registered node.
    public final @Nullable Ending ending() {
        Ending e = state;
        if (e == REGISTERED) {
            return null;
        }
        if (e != null || edge != NONE) {
            return e;
        }
        used = true;
        return look(true);
    }

    /// What the state says, without a look up the tree.
    private @Nullable Ending ended() {
        Ending e = state;
        return e == REGISTERED ? null : e;
    }

    /// Lets polls know by one read that they need not look; for a node with an edge that stays.
    private void showRegistered() {
        STATE.compareAndSet(this, null, REGISTERED);
    }

    /// Looks up the tree for an end that has not come down yet, and takes it over. After a long way it registers the node
    /// (`asked`) or its parent, so that the next look is short.
    private @Nullable Ending look(boolean asked) {
        int hops = 0;
        boolean found = false;
        boolean clocks = false;
        for (Node n = this; n != null; n = n.up) {
            if (n.ended() != null || n.due() != null) {
                found = true;
                break;
            }
            if (n.edge != NONE) {
                break;
            }
            hops++;
            clocks |= n.pollsClock();
        }
        if (found) {
            return settle();
        }
        if (hops > Tuning.POLL_HOPS || (clocks && asked)) {
            Node n = asked || up == null ? this : up;
            n.registerPath(WEAK);
        }
        return ended();
    }

    /// Whether polls of this node have read the clock so often that arming it is cheaper.
    boolean pollsClock() {
        return false;
    }

    /// Brings the ends that are due down to this node, from the highest such ancestor on: each node gets whichever came
    /// first, its own or its parent's.
    private @Nullable Ending settle() {
        var path = new ArrayList<Node>();
        for (Node n = this; n != null; n = n.up) {
            path.add(n);
            if (n.ended() != null || n.edge != NONE) {
                break;
            }
        }
        Ending inherited = null;
        for (Node n : path.reversed()) {
            if (n.ended() == null) {
                Ending e = Ending.earlier(inherited, n.due());
                if (e != null) {
                    n.end(e);
                }
            }
            inherited = n.ended();
        }
        return ended();
    }

    /// The one public object for this node, made by `maker` when it is first asked for.
    public final Object face(Function<Node, Object> maker) {
        Object known = face;
        if (known == null) {
            Object made = maker.apply(this);
            Object was = FACE.compareAndExchange(this, null, made);
            known = was == null ? made : was;
        }
        return known;
    }

    /// The nearest name above this node, looked for in a few steps; empty when there is none.
    final String below() {
        int steps = 0;
        for (Node n = up; n != null && steps < Tuning.NAME_HOPS; n = n.up, steps++) {
            if (!n.name().isEmpty()) {
                return n.name();
            }
        }
        return "";
    }

    public final String name() {
        return tag instanceof Made made ? made.name : (String) tag;
    }

    /// Where the node was made; known in debug mode only.
    public final @Nullable StackTraceElement madeAt() {
        return tag instanceof Made made ? made.at : null;
    }

    private record Made(String name, @Nullable StackTraceElement at) {}

    public final Scheduler scheduler() {
        return scheduler;
    }

    /// The nearest ancestor that can end, null when there is none.
    public final @Nullable Node up() {
        return up;
    }

    /// Whether this is `node` or below it.
    public final boolean isBelow(Node node) {
        for (Node n = this; n != null; n = n.up) {
            if (n == node) {
                return true;
            }
        }
        return false;
    }

    /// Notes that a task was started under this node, and so under all above: then a cancel says who, when and where.
    final void markTasked() {
        for (Node n = this; n != null && !n.tasked; n = n.up) {
            n.used = true;
            n.tasked = true;
        }
    }

    // Ending.

    /// Cancels the node. Does nothing when it has ended; but returns only when everything below has ended too, whoever
    /// does it.
    ///
    /// @param quiet whether the caller knows that nobody is left whom it could reach
    public final void cancel(@Nullable Throwable cause, boolean quiet) {
        if (ended() == null && edge == NONE) {
            look(false);
        }
        if (ended() == null) {
            end(cause == null && !used && first == null ? Ending.QUIET : cancelled(cause, quiet));
        }
        walk().awaitSettled();
    }

    /// Ends an event. Cannot fail, since others wait for it.
    public final void occur() {
        cancelCertainly(null, true);
    }

    /// Ends the node because what would have ended it could not be set: nobody may wait for an end that cannot come.
    final void endFor(Throwable failure) {
        while (!hasEnded()) {
            try {
                end(new Ending(
                        false, failure, name(), "", threadName(), scheduler, scheduler.nanoTime(), 0, null, null));
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    /// Like [#cancel], for an end that others rely on and that nobody would ask for again: without memory it tries again until there is some.
    public final void cancelCertainly(@Nullable Throwable cause) {
        cancelCertainly(cause, false);
    }

    private void cancelCertainly(@Nullable Throwable cause, boolean quiet) {
        for (;;) {
            try {
                cancel(cause, quiet);
                return;
            } catch (OutOfMemoryError e) {
                Spin.awaitMemory();
            }
        }
    }

    private Ending cancelled(@Nullable Throwable cause, boolean quiet) {
        return new Ending(
                false,
                cause,
                name(),
                below(),
                threadName(),
                scheduler,
                scheduler.nanoTime(),
                0,
                !quiet && (tasked || first != null) ? Sites.caller() : null,
                madeAt());
    }

    static String threadName() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        return name.isEmpty() ? "goroutine " + thread.threadId() : name;
    }

    /// Ends the node with `ending`, and everything registered below but what others are ending. False when it had ended before.
    final boolean end(Ending ending) {
        Room.needMuch(); // once the state is set, somebody may wait for the walk
        Walk prepared = first == null ? null : new Walk(ending); // before the state: nothing may fail in between
        long reach = 0;
        if (!tryEnd(ending)) {
            return false;
        }
        if (hasNobody()) {
            walk(Walk.NOTHING);
            tellTap(ending);
        } else {
            Walk mine = prepared == null ? Walk.certainly(ending) : prepared;
            walk(mine);
            reach = mine.tellBelow(this);
        }
        try {
            leaveParent();
        } finally {
            finish();
        }
        tellTap(ending, (int) (reach >>> 32), (int) reach);
        return true;
    }

    /// Tells a tap of an end that began here, when it is more than the close of something that nobody was left to hear of.
    private void tellTap(Ending ending, int contexts, int others) {
        Tap tap = Tap.current();
        if (tap == null || (contexts == 0 && others == 0 && ending.cause() == null && !ending.isDeadline())
                || cameFrom(ending) != null) {
            return;
        }
        try {
            tap.ended(this, ending, contexts, others);
        } catch (Throwable t) {
            Uncaught.giveLater(t);
        }
    }

    /// The one instant of ending. Who wins sees to everything else.
    final boolean tryEnd(Ending ending) {
        for (;;) {
            Ending e = state;
            if (e != null && e != REGISTERED) {
                return false;
            }
            if (STATE.compareAndSet(this, e, ending)) {
                return true;
            }
        }
    }

    /// What remains to be done for a node that was ended, outside all locks.
    final void finish() {
        if (armed) {
            try {
                disarm();
            } catch (Throwable t) {
                Uncaught.giveLater(t);
            }
        }
    }

    /// To be called right after the node was ended, before anybody below is told: a tap sees parents before their children.
    final void tellTap(Ending ending) {
        Tap tap = Tap.current();
        if (tap != null) {
            try {
                tap.contextEnded(this, ending);
            } catch (Throwable t) {
                Uncaught.giveLater(t); // no memory for the event: what follows is done all the same
            }
        }
    }

    /// Notes that another node looks here: then a cancel has a time.
    final void markUsed() {
        used = true;
    }

    /// Whether the state is set; does not look up the tree.
    final boolean hasEnded() {
        return ended() != null;
    }

    /// Release is enough: who needs it waits until it is there, and it is read with nothing else.
    final void walk(Walk walk) {
        WALK.setRelease(this, walk);
    }

    /// The walk by which this ended node was ended.
    final Walk walk() {
        Walk w = walk;
        for (int attempt = 0; w == null; attempt++) { // its winner is between two instructions
            Spin.pause(attempt);
            w = walk;
        }
        return w;
    }

    final void leaveParent() {
        if (edge != NONE && up != null) {
            up.removeChild(this);
        }
    }

    // Registering.

    /// Adds `link` to those who hear of the end, and registers this node. False when the node has ended: then `link` was
    /// not added, or is taken off and told by the walk; the caller looks at the state.
    public final boolean add(Link link) {
        if (!register(STRONG)) {
            return false;
        }
        boolean wasEmpty;
        lock();
        boolean live = ended() == null;
        wasEmpty = first == null;
        if (live) {
            append(link);
        }
        unlock();
        if (live && wasEmpty) {
            occupied();
        }
        return live;
    }

    /// Takes `link` off again. False when it was not in the list: it has been or is being told.
    public final boolean remove(Link link) {
        boolean empty = false;
        lock();
        Link list = first;
        boolean found = ended() == null && list != null && link.isLinked();
        if (found && list != null) {
            first = Link.remove(list, link);
            empty = first == null;
        }
        unlock();
        if (empty) {
            vacant();
        }
        return found;
    }

    private void removeChild(Node child) {
        boolean empty = false;
        lock();
        if (ended() == null && first != null) {
            Link link = child.parentLink();
            if (link != null) {
                first = Link.remove(first, link);
                empty = first == null;
            }
        }
        unlock();
        if (empty) {
            vacant();
        }
    }

    /// What stands for this node in its parent's list: itself, or the weak link that it keeps in the unused `prev`.
    private @Nullable Link parentLink() {
        if (edge == STRONG) {
            return isLinked() ? this : null;
        }
        Link weak = prev;
        return weak != null && weak.isLinked() ? weak : null;
    }

    /// Makes this node known to its parent, and that to its own, and so on. False when it has ended.
    ///
    /// @param want [#WEAK] or [#STRONG]
    final boolean register(byte want) {
        if (edge >= want) {
            return ended() == null;
        }
        // What is due must be taken over before the clocks are armed: the order of the ends is known only until then.
        return look(false) == null && registerPath(want);
    }

    private boolean registerPath(byte want) {
        if (want == WEAK && isBelowForeign()) {
            return ended() == null;
        }
        if (up == null || up.edge >= want) {
            return registerOne(want);
        }
        var path = new ArrayList<Node>();
        for (Node n = this; n != null && n.edge < want; n = n.up) {
            path.add(n);
        }
        for (Node n : path.reversed()) {
            n.registerOne(want);
        }
        return ended() == null;
    }

    /// Whether the way up to the first registered node, or the root, leads to a foreign one. A weak link there would keep the
    /// callback with the source for nobody.
    private boolean isBelowForeign() {
        Node n = this;
        while (n.up != null && n.up.edge == NONE) {
            n = n.up;
        }
        return n instanceof ForeignNode || n.up instanceof ForeignNode;
    }

    /// Registers this node with its parent, which is registered.
    private boolean registerOne(byte want) {
        WeakLink weak = want == WEAK && up != null ? new WeakLink(this) : null;
        used = true; // from now on polls leave no trace
        if (!armed && ARMED.compareAndSet(this, false, true)) {
            try {
                arm();
            } catch (Throwable t) {
                endFor(t); // no memory; others may trust that it is armed
                throw t;
            }
        }
        if (want == STRONG) {
            strengthen();
        }
        if (up == null) {
            becomeRegisteredRoot(want);
            return ended() == null;
        }
        Ending theirs = up.admit(this, want, weak);
        if (theirs != null) {
            end(theirs);
        }
        if (ended() != null) {
            leaveParent(); // it may have ended before it was admitted
            return false;
        }
        return true;
    }

    /// A node without parent is registered as soon as what ends it is armed; see [ForeignNode] for the exception.
    void becomeRegisteredRoot(byte want) {
        edge = want;
        showRegistered();
    }

    final void edge(byte edge) {
        this.edge = edge;
    }

    final byte edge() {
        return edge;
    }

    /// Puts `child` into the list. When this node has ended it does not, and answers the end.
    private @Nullable Ending admit(Node child, byte want, @Nullable WeakLink weak) {
        boolean wasEmpty = false;
        lock();
        Ending ended = ended();
        if (ended == null && child.ended() == null && child.edge < want) {
            Link old = child.edge == WEAK ? child.prev : null;
            wasEmpty = first == null;
            if (weak != null) {
                child.prev = weak;
                append(weak);
            } else if (old != null && old.isLinked() && first != null) {
                child.prev = null;
                first = Link.replace(first, old, child);
            } else {
                child.prev = null;
                append(child);
            }
            child.edge = want;
            child.showRegistered();
        }
        unlock();
        if (wasEmpty) {
            occupied();
        }
        return ended;
    }

    @Override
    final void hear(Walk walk) {
        walk.end(this);
    }

    // Tasks, and what can be seen.

    /// A goroutine of this context ends: when the context ended before, notes how long it took.
    final void taskEnded(Goroutine task) {
        Ending e = ending();
        if (e != null && e.hasTime()) {
            e.stopLog().add(new StopLog.Entry(task, this, scheduler.nanoTime() - e.nanos()));
        }
    }
}
