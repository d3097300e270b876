package dev.millrace.internal;

/// Every number that was chosen by measurement, in one place. The measurements are in `docs/adr`.
public final class Tuning {
    /// The processors that the JVM may use.
    public static final int CPUS = Runtime.getRuntime().availableProcessors();

    /// Attempts at a spin lock before the first yield: on one processor the holder cannot go on while we spin.
    static final int SPINS_BEFORE_YIELD = CPUS > 1 ? 12 : 0;

    /// Between the first two of them a thread pauses once, then twice as often each time, up to so many times. To look at the word more often
    /// takes its line of memory from who has the lock.
    static final int MOST_SPIN_PAUSES = 16;

    /// The attempt from which it is that many.
    static final int SPINS_TO_MOST = 4;

    static final int YIELDS_BEFORE_PARK = 8;
    static final long SPIN_PARK_NANOS = 20_000;

    /// Attempts at one of several locks before a select that holds others gives those up.
    static final int SPINS_WITHIN_LOCKS = CPUS > 1 ? 64 : 0;

    /// Levels of unregistered contexts that a poll walks before it registers them, so that the next poll is one read.
    static final int POLL_HOPS = 4;

    /// Polls of a context with an own, unarmed deadline before the timer is armed: then a poll reads no clock.
    static final int POLLS_BEFORE_TIMER = 8;

    /// Ancestors in which a cancelled node's message looks for a name.
    static final int NAME_HOPS = 8;

    /// The registry's stripes: enough that two spawning carriers seldom meet.
    static final int REGISTRY_STRIPES = Math.max(16, Integer.highestOneBit(CPUS) * 8);

    /// The stripes of a stash, a power of two: enough that two threads that run at once seldom meet, few enough to look at all.
    static final int STASH_STRIPES = Math.max(4, Integer.highestOneBit(2 * CPUS - 1) * 2);

    /// How long the timer thread stays without timers before it ends.
    static final long TIMER_IDLE_NANOS = 5_000_000_000L;

    /// How long a platform thread waits for memory before it tries again.
    static final long MEMORY_PARK_NANOS = 1_000_000L;

    /// When a timer that found no memory is tried again.
    static final long TIMER_RETRY_NANOS = 5_000_000L;

    /// Entries that one cancellation keeps about the tasks that it stopped.
    static final int STOP_LOG_ENTRIES = 1_024;

    /// Entries up to which a context's values are a flat array; above, a hash trie.
    public static final int FLAT_VALUES = 8;

    /// From this capacity on, a channel with several waiters on a side wakes one at a time and lets others go first; below, each
    /// value is handed to the one who has waited longest.
    static final int BARGING_CAPACITY = 8;

    /// Races that a woken waiter loses, and nanoseconds after the first of them, before it is served directly.
    static final int RACES_BEFORE_HUNGER = 4;

    static final long HUNGER_NANOS = 1_000_000;

    /// Pauses that a thread makes at most before it parks at a place where partners meet one by one, while carriers are free.
    static final int MOST_PAUSES = 128;

    /// Where pauses have been in vain, so many are tried once in so many waits.
    static final int PROBE_PAUSES = 64;

    static final int WAITS_PER_PROBE = 32;

    /// Pauses that a thread makes at most before it parks again for a lock for which it was woken: some three microseconds.
    static final int MOST_PAUSES_AGAIN = 127;

    /// Pauses that a thread makes at most before it parks for a lock, and after how many it looks each time.
    static final int MOST_LOCK_PAUSES = 128;

    static final int LOCK_PAUSES_PER_LOOK = 16;

    /// So often a lock that looked free is missed, and paused for again, before a thread queues.
    static final int MISSES_BEFORE_QUEUE = 3;

    /// Pauses of a reader after a compare-and-set that another one was faster than; then twice as many each time, up to the most.
    static final int FIRST_BACK_OFF = 16;

    static final int MOST_BACK_OFF = 64;

    /// Yields in vain, at such a place, after which they are tried once in so many waits.
    static final int YIELD_CREDIT = 4;

    static final int WAITS_PER_YIELD = 16;

    /// So often it is looked, while goroutines wait, whether those from outside come to a carrier.
    static final long LOOK_NANOS = 100_000_000;

    /// And so often at most when one of them is known; while all is well the time doubles, up to the second.
    static final long SOON_NANOS = 10_000_000;

    static final long MOST_SOON_NANOS = 80_000_000;

    /// Waits at one place, without a park, after which the clock is read for that.
    static final int WAITS_PER_LOOK = 256;

    /// After this a look that nobody has answered counts as lost.
    static final long LOOK_LOST_NANOS = 1_000_000_000;

    /// Within this a virtual thread that comes from outside is expected to run.
    static final long PROBE_NANOS = 2_000_000;

    /// When it has not, those whom goroutines wake are held for so long at a time, and at most so many times.
    static final long HOLD_NANOS = 2_000_000;

    static final int MOST_HOLDS = 16;

    /// And for so long after it has run, for the others from outside.
    static final long PASS_NANOS = 100_000;

    private Tuning() {}
}
