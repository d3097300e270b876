package dev.millrace.verify.jcstress;

import dev.millrace.verify.jcstress.Edit.LookFirst;
import dev.millrace.verify.jcstress.Edit.Mode;
import dev.millrace.verify.jcstress.Edit.NoFence;
import dev.millrace.verify.jcstress.Edit.Plain;
import dev.millrace.verify.jcstress.Edit.TwoStepExchange;
import dev.millrace.verify.jcstress.Edit.TwoSteps;
import java.util.List;

/// All twins. Each test has one that must fail.
final class Twins {
    private static final String INTERNAL = "dev.millrace.internal.";
    private static final String SYNC = "dev.millrace.sync.";

    private static final String WAITER = INTERNAL + "Waiter";
    private static final String COUNTDOWN = INTERNAL + "Countdown";
    private static final String NODE = INTERNAL + "Node";
    private static final String DEADLINE = INTERNAL + "DeadlineNode";
    private static final String GATE = INTERNAL + "Gate";
    private static final String SEQ = INTERNAL + "SeqLock";
    private static final String SPIN = INTERNAL + "SpinLock";
    private static final String LOCK = INTERNAL + "LockCore";
    private static final String SEMAPHORE = INTERNAL + "SemaphoreCore";
    private static final String STRIPE = INTERNAL + "Stash$Stripe";
    private static final String ASKING = INTERNAL + "OwnThenOther$Asking";

    private Twins() {}

    static final List<Twin> ALL = List.of(
            Twin.shown("WaiterHandshakes.Publishes", "state is plain", new Plain(WAITER, "state")),
            Twin.shown("WaiterHandshakes.IsClaimedOnce", "a claim in two steps", new TwoSteps(WAITER, "decide")),
            Twin.shown("WaiterHandshakes.ParksAgainstClaim", "PARKED is published in two steps",
                    new TwoSteps(WAITER, "await")),
            Twin.shown("CountdownHandshakes.Publishes", "word is plain", new Plain(COUNTDOWN, "word")),
            Twin.shown("CountdownHandshakes.CountsBoth", "an addition in two steps", new TwoSteps(COUNTDOWN, "add")),
            Twin.shown("CountdownHandshakes.AwaitAgainstZero", "WAITED is set in two steps",
                    new TwoSteps(COUNTDOWN, "enqueue")),
            Twin.shown("NodeHandshakes.AddAgainstCancel", "the end in two steps, read and release write",
                    new TwoSteps(NODE, "tryEnd")),
            Twin.shown("NodeHandshakes.RegisterAgainstCancelAbove", "the end in two steps, read and release write",
                    new TwoSteps(NODE, "tryEnd")),
            Twin.shown("NodeHandshakes.ArmAgainstDisarm", "the end in two steps, read and release write",
                    new TwoSteps(NODE, "tryEnd")),
            Twin.shown("NodeHandshakes.ArmAgainstDisarm", "timer is plain",
                    new Plain(DEADLINE, "timer")),
            Twin.shown("OwnThenOther.GateIsOpened", "opened by a release write, and a look before the exchange",
                    new Mode(GATE, "open", "setVolatile", "setRelease"), new LookFirst(GATE, "letThrough")),
            Twin.hidden("OwnThenOther.GateIsOpened", "a look before the exchange: the volatile write is enough here",
                    new LookFirst(GATE, "letThrough")),
            Twin.hidden("OwnThenOther.GateIsOpened", "shut by a release write: the exchange after it is a fence",
                    new Mode(GATE, "open", "setVolatile", "setRelease")),
            Twin.hidden("OwnThenOther.GateIsOpened", "shut is read plainly: the exchange before it is a fence",
                    new Mode(GATE, "hold", "getVolatile", "get")),
            Twin.shown("OwnThenOther.WardenIsAsked", "both are plain", new Plain(ASKING, "asked"),
                    new Plain(ASKING, "warden")),
            Twin.shown("LockHandshakes.SpinLockExcludes", "taken in two steps", new TwoSteps(SPIN, "lock")),
            Twin.hidden("LockHandshakes.SpinLockExcludes", "given back by a plain write",
                    new Mode(SPIN, "unlock", "setRelease", "set")),
            Twin.shown("LockHandshakes.SeqLockIsReadAtOneInstant", "no mode at all, taken in two steps",
                    new TwoSteps(SEQ, "tryLock"),
                    new NoFence(SEQ, "tryLock", "storeStoreFence"), new NoFence(SEQ, "unchanged", "acquireFence"),
                    new Mode(SEQ, "unlock", "setRelease", "set"), new Plain(SEQ, "word")),
            Twin.hidden("LockHandshakes.SeqLockIsReadAtOneInstant", "no acquire fence",
                    new NoFence(SEQ, "unchanged", "acquireFence")),
            Twin.hidden("LockHandshakes.SeqLockIsReadAtOneInstant", "no store-store fence",
                    new NoFence(SEQ, "tryLock", "storeStoreFence")),
            Twin.shown("LockHandshakes.SeqLockPublishes", "word is plain", new Plain(SEQ, "word")),
            Twin.hidden("LockHandshakes.SeqLockPublishes", "given back by a plain write",
                    new Mode(SEQ, "unlock", "setRelease", "set")),
            Twin.shown("LockHandshakes.PoolGivesToOne", "taken in two steps", new TwoStepExchange(STRIPE, "take")),
            Twin.hidden("LockHandshakes.PoolGivesToOne", "put by a plain write",
                    new Mode(STRIPE, "put", "setRelease", "set")),
            Twin.shown("SyncHandshakes.OncePublishes", "state is plain", new Plain(SYNC + "Once", "state")),
            Twin.shown("SyncHandshakes.OnceValuePublishes", "state is plain", new Plain(SYNC + "OnceValue", "state")),
            Twin.shown("SyncHandshakes.OnceEndsItsEvent", "state is plain, and the counter of those who wait no fence",
                    new Plain(SYNC + "Once", "state"), new TwoSteps(COUNTDOWN, "add")),
            Twin.hidden("SyncHandshakes.OnceEndsItsEvent", "state is plain: the counter after it is a fence",
                    new Plain(SYNC + "Once", "state")),
            Twin.shown("SyncHandshakes.OnceValueEndsItsEvent",
                    "state is plain, and the counter of those who wait no fence",
                    new Plain(SYNC + "OnceValue", "state"), new TwoSteps(COUNTDOWN, "add")),
            Twin.shown("SyncHandshakes.MutexIsTried", "taken in two steps", new TwoSteps(LOCK, "tryAcquire")),
            Twin.shown("SyncHandshakes.SemaphoreIsTried", "taken in two steps", new TwoSteps(SEMAPHORE, "takeOpen")),
            Twin.hidden("ChanHandshakes.TrySendPublishes",
                    "the lock is plain, in two steps: C2 keeps the order of these reads",
                    new TwoSteps(SEQ, "tryLock", true), new Mode(SEQ, "unlock", "setRelease", "set"),
                    new NoFence(SEQ, "tryLock", "storeStoreFence"), new Plain(SEQ, "word")),
            Twin.shown("ChanHandshakes.ValueIsReceivedOnce", "the lock is taken in two steps",
                    new TwoSteps(SEQ, "tryLock")),
            Twin.hidden("ChanHandshakes.SendOfNewObjectPublishes", "the lock is plain, in two steps",
                    new TwoSteps(SEQ, "tryLock", true), new Mode(SEQ, "unlock", "setRelease", "set"),
                    new NoFence(SEQ, "tryLock", "storeStoreFence"), new Plain(SEQ, "word")));
}
