/// The machinery, not exported. Everything in the library that blocks, wakes, spawns or keeps time goes through here.
///
/// # What is where
///
///  - **The tree.** [Node] is a context's node, with its kinds [PlainNode], [DeadlineNode], [MergeNode], [LingerNode]
///    and [ForeignNode]. [Ending] says how a node ended. [Walk] brings an end to all that is registered below; [Link]
///    is an element of the lists that it takes over, [Listener] and [Waiter] are what it tells. The protocol is
///    `docs/design/context-protocol.md`.
///  - **Waiting.** [Waiter] is one thread's wait for one of several things, decided by one compare-and-set. [Wait] puts
///    waiters under nodes and timers. [Countdown] and [Slots] are what wait groups and limits are made of. [Fairness] sees, by its [Gate],
///    to it that who comes from outside gets a carrier. See
///    `docs/design/waiting.md`.
///  - **Channels.** [ChanCore] is a channel, [SelectCore] a select with its [Offer]s; what can stand in one is
///    [Selectable] and has a [SeqLock]. [BroadcastCore] is the turn and the list of a broadcast. [Patience] is what a wait does before it parks. See `docs/design/channel-protocol.md`.
///  - **Locks.** [LockCore] is a mutex or a lock of readers and writers, [LockOrder] what debug mode knows of it; [SemaphoreCore] counts
///    tokens, [CondQueue] keeps who waits for a condition. [Stash] is what a pool is made of.
///  - **Time.** [TimeSource] gives a channel instants. [Scheduler] is the door to threads and clocks; [RealScheduler] is the production one, with its
///    [TimerHeap].
///  - **Goroutines.** [Goroutine] runs a body with its [Ambient] bound, is listed by the [Registry], and gives failures
///    to [Uncaught]. [SpawnHooks] carry what else must travel. [InterruptBridge] turns an end into an interrupt for a
///    region.
///  - **Observation.** [Tap] is where the probe listens, [StopLog] what is kept about tasks that stopped late, [Sites]
///    finds the user's line, [Debug] is the mode.
///
/// # Rules of this package
///
///  1. It knows no public package: contexts are `Object` here, and public classes extend what they need.
///  2. Nothing that a user wrote runs under a lock; nothing is allocated under a spin lock (but the instant
///     that a [TimeSource] gives, with a way out when there is no memory); at most one of the tree's locks is
///     held at a time. `docs/design/locks.md` lists all of them, and every field with access modes.
///  3. A wait parks without time limit and is ended by a claim; timers are ours. The exceptions are the last back-off of a spin lock, and
///     `Go.yield()` while the [Gate] is shut.
///  4. Numbers that were chosen by measurement stand in [Tuning], with the measurement in `docs/adr`.
package dev.millrace.internal;
