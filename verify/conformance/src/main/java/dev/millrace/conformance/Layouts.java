package dev.millrace.conformance;

import java.util.Map;

/// All ops, by kind.
final class Layouts {
    static final Map<String, Layout> CONTEXT = Layout.table("""
            background => context
            todo => context
            withCancel parent:context => cancellable
            withCancelCause parent:context => causable
            withTimeout parent:context us:int => cancellable
            withTimeoutCause parent:context us:int cause:text? => cancellable
            withDeadline parent:context at:int => cancellable
            withDeadlineCause parent:context at:int cause:text? => cancellable
            withValue parent:context key:text value:text? => context
            withoutCancel parent:context => context
            cancel ctx:cancellable cause:text?
            afterFunc ctx:context cancels:cancellable? => function
            stop func:function -> stopped:flag
            await ctx:context => waiter
            sleep us:int
            observe ctx:context -> err:text? cause:text? done:done deadline:int? values:values""");

    static final Map<String, Layout> CHANNEL = Layout.table("""
            send ch:channel v:int
            recv ch:channel -> v:int? closed:flag?
            close ch:channel
            trySend ch:channel v:int -> ok:flag
            tryRecv ch:channel -> ok:flag v:int? closed:flag?
            len ch:channel -> len:int cap:int
            select cases:cases default:flag? timeout:int? -> case:int v:int? closed:flag?
            cancel ctx:context
            sleep us:int""");

    static final Map<String, Layout> SYNC = Layout.table("""
            wg.add on:waitgroup n:int
            wg.done on:waitgroup
            wg.wait on:waitgroup
            wg.go on:waitgroup us:int
            cond.wait on:cond
            cond.signal on:cond
            cond.broadcast on:cond
            sem.acquire on:semaphore n:int timeout:int? -> err:text?
            sem.tryAcquire on:semaphore n:int -> ok:flag
            sem.release on:semaphore n:int
            eg.go on:errgroup task:task
            eg.tryGo on:errgroup task:task -> ok:flag
            eg.wait on:errgroup -> err:text?
            eg.observe on:errgroup -> err:text? cause:text?
            sf.do on:singleflight key:text us:int v:int err:text? -> v:int err:text? shared:flag ran:flag
            sf.forget on:singleflight key:text
            timer.new on:timer us:int
            timer.stop on:timer -> was:flag
            timer.reset on:timer us:int -> was:flag
            timer.poll on:timer -> ok:flag at:int?
            timer.recv on:timer -> at:int
            ticker.new on:ticker us:int
            ticker.stop on:ticker
            ticker.reset on:ticker us:int
            ticker.poll on:ticker -> ok:flag at:int?
            ticker.recv on:ticker -> at:int
            mu.tryLock on:lock -> ok:flag
            mu.unlock on:lock
            mu.tryRLock on:rwmutex -> ok:flag
            mu.rUnlock on:rwmutex
            once.do on:once panics:flag -> ran:flag""");

    /// The sort of object stands in front, as in `map.load`: the same op has other fields for others.
    static final Map<String, Layout> DATA = Layout.table("""
            map.load k:text -> v:int? loaded:flag
            map.loadOrStore k:text v:int -> v:int? loaded:flag
            map.loadAndDelete k:text -> v:int? loaded:flag
            map.swap k:text v:int -> v:int? loaded:flag
            map.store k:text v:int
            map.delete k:text
            map.compareAndSwap k:text old:int new:int -> ok:flag
            map.compareAndDelete k:text old:int -> ok:flag
            map.clear
            map.range -> entries:entries
            number.add d:decimal -> v:decimal
            number.and m:decimal -> v:decimal
            number.or m:decimal -> v:decimal
            number.swap v:decimal -> v:decimal
            number.load -> v:decimal
            number.store v:decimal
            number.compareAndSwap old:decimal new:decimal -> ok:flag
            bool.swap v:flag -> v:flag
            bool.load -> v:flag
            bool.store v:flag
            bool.compareAndSwap old:flag new:flag -> ok:flag""");

    private Layouts() {}
}
